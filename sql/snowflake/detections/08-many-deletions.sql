-- One person deleted or trashed ten things or more within ten minutes. One row a person and day (UTC): the peak.
-- Rests on: the summary, a word for deleting, and the account. Memberships and permissions that end do not count.
-- How sure: documented, with guessed words. Archiving (captured) counts, since it takes things out of sight.
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
      action IN (
        'space.deleted',
        'space.trashed',
        'space.trash_emptied',
        'space.archived',
        'page.deleted',
        'page.archived',
        'user.deleted',
        'group.deleted',
        'template.removed'
      )
      OR (
        action IS NULL
        AND REGEXP_LIKE(summary_key, '^.*(delet|remov|purg|trash|emptied).*$')
        AND NOT REGEXP_LIKE(summary_key, '^.*(permission|restriction|from group).*$')
      )
    )
), ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY cloud_id, COALESCE(actor_id, actor), happened_ms - happened_ms % 86400000
      ORDER BY events DESC NULLS LAST, happened_ms, id
    ) AS nth
  FROM counted
  WHERE
    events >= 10
)
SELECT
  happened,
  8 AS severity,
  'many deletions in ten minutes' AS finding,
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
  happened DESC NULLS LAST;
