-- Someone was added to a group that administers.
-- Rests on: an object of type User and one of type Group, and the group's name, which has "admin" in it.
-- How sure: captured. Words that the map does not know count, too, unless they say that someone left.
SELECT
  happened,
  severity AS severity,
  'joined an administrators\' group' AS finding,
  actor,
  actor_id,
  person || ' -> ' || group_name AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM audit_events
WHERE
  group_administers
  AND NOT person IS NULL
  AND (
    action = 'group.user_added'
    OR (
      action IS NULL
      AND NOT REGEXP_LIKE(summary_key, '^.*(remov|delet|left|leav|revok|withdr).*$')
    )
  )
ORDER BY
  happened DESC NULLS LAST;
