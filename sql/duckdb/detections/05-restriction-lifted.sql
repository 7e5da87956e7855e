-- A restriction on a page was lifted, so that more people can read or edit it.
-- Rests on: the summary, "restriction" with a word for taking away.
-- How sure: sample. "Content restriction removed" stands in a sample that its author edited.
SELECT
  happened,
  severity AS severity,
  'restriction lifted' AS finding,
  actor,
  actor_id,
  COALESCE(page, object_name, 'a page') || CASE WHEN space IS NULL THEN '' ELSE ' in ' || space END AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM audit_events
WHERE
  action = 'content.restriction_removed'
  OR (
    action IS NULL
    AND REGEXP_MATCHES(summary_key, '^.*restriction.*(remov|lift|delet|clear).*$')
  )
ORDER BY
  happened DESC;
