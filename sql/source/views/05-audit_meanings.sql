-- What each summary of this log means: the first row of the map whose pattern it matches.
WITH summaries AS (
    SELECT DISTINCT summary_key FROM audit_source
),

ranked AS (
    SELECT
        s.summary_key,
        m.*,
        row_number() OVER (PARTITION BY s.summary_key ORDER BY m.line) AS nth
    FROM summaries AS s
    CROSS JOIN audit_event_map AS m
    WHERE matches(s.summary_key, m.pattern)
)

SELECT
    summary_key,
    action,
    sure,
    class_uid,
    class_name,
    activity_id,
    activity_name,
    severity
FROM ranked
WHERE nth = 1
