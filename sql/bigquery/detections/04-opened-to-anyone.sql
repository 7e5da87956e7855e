-- Something was opened to people without an account: a permission for anonymous, or a public link.
-- Rests on: a permission that was added for a grantee named "anonymous", "public" or the like, or for nobody at all (a
-- record that names nothing but a space); a public link that was enabled; a changed value about public access.
-- How sure: documented that it is recorded; the words are guessed, which is why they are matched so widely.
WITH told AS (
  SELECT
    id
  FROM confluence.audit_changes
  WHERE
    (
      REGEXP_CONTAINS(LOWER(name), '^.*(anonymous|public (link|access|site)).*$')
      AND REGEXP_CONTAINS(LOWER(new_value), '^(on|yes|true|enabled|allowed|active|1)$')
    )
    OR (
      LOWER(name) IN ('user', 'group', 'user/group', 'type')
      AND REGEXP_CONTAINS(LOWER(new_value), '^.*(anonym|public|everyone|anyone).*$')
    )
  UNION ALL
  SELECT
    id
  FROM confluence.audit_objects
  WHERE
    (
      NOT kind IN ('page', 'space', 'template', 'app') OR kind IS NULL
    )
    AND REGEXP_CONTAINS(
      LOWER(REGEXP_REPLACE(name, '[[:space:]]+', ' ')),
      '^.*(anonymous|public access|everyone|anyone).*$'
    )
)
SELECT
  happened,
  9 AS severity,
  'opened to anyone' AS finding,
  actor,
  actor_id,
  COALESCE(page, space, space_key, object_name, 'the site') AS object,
  address,
  CAST(1 AS INT64) AS events,
  id,
  cloud_id
FROM confluence.audit_events
WHERE
  action = 'public_link.enabled'
  OR (
    (
      action LIKE '%.permission_added'
      OR action IS NULL
      OR action = 'global.settings_changed'
    )
    AND NOT REGEXP_CONTAINS(summary_key, '^.*(remov|delet|revok|withdr|disabl).*$')
    AND id IN (
      SELECT
        id
      FROM told
    )
  )
  OR (
    action = 'space.permission_added'
    AND person IS NULL
    AND group_name IS NULL
    AND (
      object_name IS NULL OR object_name = space
    )
  )
ORDER BY
  happened DESC;
