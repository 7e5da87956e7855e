-- An account that was deactivated still acts.
-- Rests on: the change of "Active" from Yes to No, and the name: objects have no account ids. One minute is allowed for
-- what was under way; who was activated again is left out.
-- How sure: captured (deactivations and their siblings). Two people of one name are one here: look at `actor_id`.
WITH events AS (
  SELECT
    *
  FROM audit_events
), people AS (
  SELECT
    a.cloud_id,
    e.person,
    a.happened_ms,
    a.is_active,
    a.id
  FROM audit_activations AS a
  INNER JOIN events AS e
    ON a.id = e.id
  UNION ALL
  SELECT
    cloud_id,
    person,
    happened_ms,
    CASE WHEN action = 'user.deactivated' THEN 0 ELSE 1 END AS is_active,
    id
  FROM events
  WHERE
    action IN ('user.deactivated', 'user.reactivated', 'user.created')
    AND NOT person IS NULL
), spans AS (
  SELECT
    *,
    LEAD(happened_ms) OVER (PARTITION BY cloud_id, person ORDER BY happened_ms, id) AS ends_ms
  FROM people
)
SELECT
  e.happened,
  9 AS severity,
  'a deactivated account acts' AS finding,
  e.actor,
  e.actor_id,
  e.summary || COALESCE(': ' || COALESCE(e.person, e.object_name), '') AS object,
  e.address,
  CAST(1 AS BIGINT) AS events,
  e.id,
  e.cloud_id
FROM events AS e
INNER JOIN spans AS s
  ON e.cloud_id = s.cloud_id AND e.actor = s.person
WHERE
  s.is_active = 0
  AND e.actor_kind <> 'system'
  AND e.happened_ms > s.happened_ms + 60000
  AND (
    s.ends_ms IS NULL OR e.happened_ms < s.ends_ms
  )
ORDER BY
  happened DESC;
