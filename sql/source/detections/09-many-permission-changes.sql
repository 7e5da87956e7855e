-- One person changed ten permissions or restrictions or more within ten minutes. One row a person and day (UTC): the peak.
-- Rests on: the category or the summary, "permission" or "restriction", and the account.
-- How sure: captured, for space permissions; a sample for restrictions. What an identity provider does is System's, and not counted.
WITH counted AS (
    SELECT
        *,
        COUNT(*) OVER (
            PARTITION BY cloud_id, COALESCE(actor_id, actor)
            ORDER BY happened_ms
            RANGE BETWEEN 600000 PRECEDING AND CURRENT ROW
        ) AS events
    FROM audit_events
    WHERE actor_kind <> 'system'
        AND (
            matches(summary_key, '^.*(permission|restriction).*$')
            OR lower(category) LIKE '%permission%'
        )
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY cloud_id, COALESCE(actor_id, actor), happened_ms - happened_ms % 86400000
            ORDER BY events DESC, happened_ms, id
        ) AS nth
    FROM counted
    WHERE events >= 10
)

SELECT
    happened,
    8 AS severity,
    'many permission changes in ten minutes' AS finding,
    actor,
    actor_id,
    COALESCE(space, page, object_name, 'the site') AS object,
    address,
    events,
    id,
    cloud_id
FROM ranked
WHERE nth = 1
ORDER BY happened DESC
