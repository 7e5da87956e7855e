-- Someone, or a group, was given the right to administer a space.
-- Rests on: the changed value "Type" (SETSPACEPERMISSIONS, or a word with "admin" in it) and an object of type Space.
-- How sure: captured, for SETSPACEPERMISSIONS given to a user. For a group the shape is inferred.
SELECT
  happened,
  9 AS severity,
  'may administer a space' AS finding,
  actor,
  actor_id,
  COALESCE(person, group_name, 'somebody') || ' -> ' || COALESCE(space, space_key, 'a space') AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM audit_events
WHERE
  permission_administers
  AND (
    NOT space IS NULL OR NOT space_key IS NULL
  )
  AND (
    action = 'space.permission_added'
    OR (
      action IS NULL
      AND NOT (
        summary_key ~ '^.*(remov|delet|left|leav|revok|withdr).*$'
      )
    )
  )
ORDER BY
  happened DESC NULLS LAST;
