-- Who was switched on or off, and when: every change of "Active", with the person it names. A record "User
-- deactivated" names nobody; `nameless_id` is the one that belongs to the change (captured 11 to 72 ms
-- apart). Where several people are deactivated in a row, the n-th record belongs to the n-th change, and
-- where the counts differ, nobody is named: a wrong name is worse than none.
WITH steps AS (
    SELECT
        c.id,
        c.cloud_id,
        c.happened,
        c.happened_ms,
        'named' AS step,
        o.name AS person,
        CASE
            WHEN lower(c.new_value) IN ('no', 'false', 'inactive', 'deactivated') THEN 0
            ELSE 1
        END AS is_active
    FROM audit_changes AS c
    INNER JOIN audit_objects AS o ON c.id = o.id AND o.kind = 'person'
    WHERE lower(c.name) LIKE '%active%' AND c.new_value IS NOT NULL
    UNION ALL
    SELECT
        s.id,
        s.cloud_id,
        s.happened,
        s.happened_ms,
        'nameless' AS step,
        CAST(NULL AS TEXT) AS person,
        0 AS is_active
    FROM audit_source AS s
    INNER JOIN audit_meanings AS m ON s.summary_key = m.summary_key
    WHERE m.action = 'user.deactivated'
        AND COALESCE(json_text(s.affected_object, 'name'), '') = ''
),

marked AS (
    SELECT
        *,
        CASE
            WHEN happened_ms - LAG(happened_ms) OVER (
                PARTITION BY cloud_id, is_active ORDER BY happened_ms, id
            ) <= 250 THEN 0
            ELSE 1
        END AS begins
    FROM steps
),

runs AS (
    SELECT
        *,
        SUM(begins) OVER (
            PARTITION BY cloud_id, is_active ORDER BY happened_ms, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS run
    FROM marked
),

numbered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY cloud_id, is_active, run, step ORDER BY happened_ms, id
        ) AS nth,
        COUNT(*) OVER (PARTITION BY cloud_id, is_active, run, step) AS steps_in_run
    FROM runs
)

SELECT
    a.id,
    a.cloud_id,
    a.happened,
    a.happened_ms,
    a.person,
    a.is_active,
    b.id AS nameless_id
FROM numbered AS a
LEFT JOIN numbered AS b
    ON a.cloud_id = b.cloud_id
    AND a.is_active = b.is_active
    AND a.run = b.run
    AND a.nth = b.nth
    AND a.steps_in_run = b.steps_in_run
    AND b.step = 'nameless'
WHERE a.step = 'named'
