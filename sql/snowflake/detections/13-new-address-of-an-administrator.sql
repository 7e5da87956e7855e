-- An administrator came from an address that they had never used before. One row an account and address.
-- Rests on: the account, the address, and that the account had been seen for seven days before. An administrator is
-- who changes permissions, people, settings or apps in this log.
-- How sure: captured (accounts and addresses). Some records have no address; those say nothing.
WITH administrators AS (
  SELECT DISTINCT
    cloud_id,
    actor_id
  FROM audit_events
  WHERE
    NOT actor_id IS NULL
    AND (
      severity >= 4
      OR sys_admin
      OR REGEXP_LIKE(LOWER(category), '^.*(user|group|permission|administ|secur|audit|app).*$')
    )
), ranked AS (
  SELECT
    e.*,
    MIN(e.happened_ms) OVER (PARTITION BY e.cloud_id, e.actor_id) AS known_since,
    COUNT(*) OVER (PARTITION BY e.cloud_id, e.actor_id, e.address) AS events,
    ROW_NUMBER() OVER (PARTITION BY e.cloud_id, e.actor_id, e.address ORDER BY e.happened_ms, e.id) AS nth
  FROM audit_events AS e
  INNER JOIN administrators AS a
    ON e.cloud_id = a.cloud_id AND e.actor_id = a.actor_id
  WHERE
    NOT e.address IS NULL
)
SELECT
  happened,
  6 AS severity,
  'an administrator\'s new address' AS finding,
  actor,
  actor_id,
  summary AS object,
  address,
  events,
  id,
  cloud_id
FROM ranked
WHERE
  nth = 1 AND happened_ms - known_since > 604800000
ORDER BY
  happened DESC NULLS LAST;
