-- A silence more than twice as long as any of the four weeks before it, and more than two hours long. The last one lasts
-- until now: it also tells of syncs that stopped. One row a silence: the record before it.
-- Rests on: times alone, a hundred records and ten days of history before the silence.
-- How sure: captured (times).
WITH followed AS (
  SELECT
    *,
    LEAD(happened_ms) OVER (PARTITION BY cloud_id ORDER BY happened_ms, id) AS next_ms,
    LAG(happened_ms) OVER (PARTITION BY cloud_id ORDER BY happened_ms, id) AS previous_ms
  FROM confluence.audit_events
), measured AS (
  SELECT
    *,
    COALESCE(next_ms, UNIX_MILLIS(CURRENT_TIMESTAMP())) - happened_ms AS silence_ms,
    MAX(happened_ms - previous_ms) OVER four_weeks AS usual_ms,
    COUNT(*) OVER four_weeks AS earlier,
    MIN(happened_ms) OVER four_weeks AS since_ms
  FROM followed
  WINDOW four_weeks AS (
    PARTITION BY cloud_id
    ORDER BY happened_ms
    RANGE BETWEEN 2419200000 PRECEDING AND CURRENT ROW
  )
)
SELECT
  happened,
  7 AS severity,
  'no record for longer than usual' AS finding,
  actor,
  actor_id,
  CAST(CAST(FLOOR(silence_ms / 60000) AS INT64) AS STRING) || ' minutes of silence' AS object,
  address,
  CAST(1 AS INT64) AS events,
  id,
  cloud_id
FROM measured
WHERE
  silence_ms > 2 * usual_ms
  AND silence_ms > 7200000
  AND earlier >= 100
  AND happened_ms - since_ms > 864000000
ORDER BY
  happened DESC;
