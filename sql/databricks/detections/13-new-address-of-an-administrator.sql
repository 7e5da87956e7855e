-- An administrator came from an address that they had never used before. One row an account and address.
-- Rests on: the account, the address, and that the account had been seen for seven days before. An administrator is
-- who changes permissions, people, settings or apps in this log.
-- How sure: captured (accounts and addresses). Some records have no address; those say nothing.
WITH ranked AS (
  SELECT
    *,
    MAX(
      CASE
        WHEN severity >= 4 OR sys_admin
        THEN 1
        WHEN (
          REGEXP_LIKE(LOWER(category), '^.*(user|group|permission|administ|secur|audit|app).*$')
        )
        THEN 1
        ELSE 0
      END
    ) OVER (PARTITION BY cloud_id, actor_id) AS administers,
    MIN(happened_ms) OVER (PARTITION BY cloud_id, actor_id) AS known_since,
    COUNT(*) OVER (PARTITION BY cloud_id, actor_id, address) AS events,
    ROW_NUMBER() OVER (PARTITION BY cloud_id, actor_id, address ORDER BY happened_ms, id) AS nth
  FROM audit_events
  WHERE
    NOT actor_id IS NULL
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
  nth = 1
  AND NOT address IS NULL
  AND administers = 1
  AND happened_ms - known_since > 604800000
ORDER BY
  happened DESC;
