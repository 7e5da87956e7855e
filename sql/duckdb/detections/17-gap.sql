-- A silence more than twice as long as any of the four weeks before it, and more than two hours long. The last one lasts
-- until now: it also tells of syncs that stopped. One row a silence: the record before it.
-- Rests on: times alone, after a hundred records and ten days. Silences under a quarter of an hour are not looked at.
-- How sure: captured (times).
WITH followed AS (
  SELECT
    *,
    COALESCE(LEAD(happened_ms) OVER in_order, EPOCH_MS(CURRENT_TIMESTAMP)) - happened_ms AS silence_ms,
    ROW_NUMBER() OVER in_order AS nth,
    MIN(happened_ms) OVER (PARTITION BY cloud_id) AS log_begins_ms
  FROM audit_events
  WINDOW in_order AS (PARTITION BY cloud_id ORDER BY happened_ms, id)
), compared AS (
  SELECT
    *,
    MAX(silence_ms) OVER (
      PARTITION BY cloud_id
      ORDER BY happened_ms
      RANGE BETWEEN 2419200000 PRECEDING AND 1 PRECEDING
    ) AS usual_ms
  FROM followed
  WHERE
    silence_ms >= 900000
)
SELECT
  happened,
  7 AS severity,
  'no record for longer than usual' AS finding,
  actor,
  actor_id,
  CAST(CAST(FLOOR(silence_ms / 60000) AS BIGINT) AS TEXT) || ' minutes of silence' AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM compared
WHERE
  silence_ms > 2 * COALESCE(usual_ms, 900000)
  AND silence_ms > 7200000
  AND nth >= 100
  AND happened_ms - log_begins_ms > 864000000
ORDER BY
  happened DESC;
