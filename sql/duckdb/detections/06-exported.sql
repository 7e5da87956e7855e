-- Content left Confluence: a space, the site, a backup, or the audit log itself was exported.
-- Rests on: the summary, "export" or "backup".
-- How sure: documented that space exports are recorded; the words are guessed. An export of a single page is not recorded.
SELECT
  happened,
  9 AS severity,
  'exported' AS finding,
  actor,
  actor_id,
  COALESCE(space, object_name, 'the site') AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM audit_events
WHERE
  action IN ('space.exported', 'site.exported', 'audit.exported')
  OR (
    action IS NULL
    AND REGEXP_MATCHES(summary_key, '^.*(export|back ?up).*$')
    AND NOT REGEXP_MATCHES(summary_key, '^.*(permission|setting|schedule).*$')
  )
ORDER BY
  happened DESC;
