-- One person exported three times or more within ten minutes. One row a person and day (UTC): the peak.
-- Rests on: the summary, "export" or "backup", and the account.
-- How sure: documented, with guessed words, as in 06-exported.
WITH counted AS (
  SELECT
    *,
    COUNT(*) OVER (
      PARTITION BY cloud_id, COALESCE(actor_id, actor)
      ORDER BY happened_ms
      RANGE BETWEEN 600000 PRECEDING AND CURRENT ROW
    ) AS events
  FROM audit_events
  WHERE
    actor_kind <> 'system'
    AND (
      action LIKE '%.exported'
      OR (
        action IS NULL AND REGEXP_MATCHES(summary_key, '^.*(export|back ?up).*$')
      )
    )
), ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY cloud_id, COALESCE(actor_id, actor), happened_ms - happened_ms % 86400000
      ORDER BY events DESC, happened_ms, id
    ) AS nth
  FROM counted
  WHERE
    events >= 3
)
SELECT
  happened,
  8 AS severity,
  'many exports in ten minutes' AS finding,
  actor,
  actor_id,
  COALESCE(space, page, object_name, 'the site') AS object,
  address,
  events,
  id,
  cloud_id
FROM ranked
WHERE
  nth = 1
ORDER BY
  happened DESC;
