-- Someone used the admin key, which opens restricted pages to an administrator.
-- Rests on: the words "admin key" in the summary or among the changed values.
-- How sure: documented that it is recorded, with guessed words. What the field superAdmin means is not documented.
WITH told AS (
  SELECT
    id
  FROM confluence.audit_changes
  WHERE
    LOWER(REGEXP_REPLACE(name, '[[:space:]]+', ' ')) LIKE '%admin key%'
)
SELECT
  happened,
  9 AS severity,
  'admin key used' AS finding,
  actor,
  actor_id,
  COALESCE(page, object_name, 'the site') AS object,
  address,
  CAST(1 AS INT64) AS events,
  id,
  cloud_id
FROM confluence.audit_events
WHERE
  action IN ('admin_key.used', 'page.viewed_with_admin_key')
  OR summary_key LIKE '%admin key%'
  OR id IN (
    SELECT
      id
    FROM told
  )
ORDER BY
  happened DESC;
