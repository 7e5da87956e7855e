-- What each summary of this log means: the first row of the map whose pattern it matches.
WITH summaries AS (
    SELECT DISTINCT summary_key FROM audit_source
)

SELECT
    s.summary_key,
    m.action,
    m.sure,
    m.class_uid,
    m.class_name,
    m.activity_id,
    m.activity_name,
    m.severity
FROM summaries AS s
CROSS JOIN audit_event_map AS m
WHERE matches(s.summary_key, m.pattern)
QUALIFY row_number() OVER (PARTITION BY s.summary_key ORDER BY m.line) = 1
