-- Administration at night or at a weekend by someone who otherwise keeps office hours.
-- Rests on: the time and the account; events of severity 4 and more. Night is 20 to 6 o'clock UTC: for another zone change
-- the 0 of `zone_ms` to its distance from UTC in milliseconds (7200000 for two hours east).
-- How sure: captured (times and accounts).
WITH zoned AS (
  SELECT
    *,
    happened_ms + 0 AS zone_ms
  FROM audit_events
  WHERE
    actor_kind IN ('person', 'guest')
), timed AS (
  SELECT
    *,
    CASE
      WHEN zone_ms % 86400000 < 21600000 OR zone_ms % 86400000 >= 72000000
      THEN 1
      WHEN zone_ms % 604800000 >= 172800000 AND zone_ms % 604800000 < 345600000
      THEN 1
      ELSE 0
    END AS is_off
  FROM zoned
), shared AS (
  SELECT
    *,
    SUM(is_off) OVER (PARTITION BY cloud_id, actor_id) AS off_events,
    COUNT(*) OVER (PARTITION BY cloud_id, actor_id) AS all_events
  FROM timed
)
SELECT
  happened,
  severity,
  'administration outside of office hours' AS finding,
  actor,
  actor_id,
  summary || COALESCE(': ' || COALESCE(person, object_name), '') AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM shared
WHERE
  is_off = 1 AND severity >= 4 AND all_events >= 20 AND off_events * 10 <= all_events
ORDER BY
  happened DESC;
