-- What all detections find, in one view. Whoever looks at it on a schedule asks for what
-- happened since, or joins audit_events by `id` and asks for what was read since (`read_ms`).
CREATE OR REPLACE VIEW audit_findings AS
WITH every_event AS MATERIALIZED (
  SELECT
    *
  FROM audit_events
)
SELECT
  '01-joined-administrators' AS detection,
  d.*
FROM (
  SELECT
    happened,
    severity AS severity,
    'joined an administrators'' group' AS finding,
    actor,
    actor_id,
    person || ' -> ' || group_name AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    group_administers
    AND NOT person IS NULL
    AND (
      action = 'group.user_added'
      OR (
        action IS NULL
        AND NOT (
          summary_key ~ '^.*(remov|delet|left|leav|revok|withdr).*$'
        )
      )
    )
) AS d
UNION ALL
SELECT
  '02-administers-a-space' AS detection,
  d.*
FROM (
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
  FROM every_event
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
) AS d
UNION ALL
SELECT
  '03-administers-confluence' AS detection,
  d.*
FROM (
  SELECT
    happened,
    9 AS severity,
    'may do more in all of Confluence' AS finding,
    actor,
    actor_id,
    COALESCE(person, group_name, object_name, 'somebody') || ' -> ' || COALESCE(permission, 'a permission') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    action = 'global.permission_added'
    OR (
      permission_administers
      AND action IS NULL
      AND space IS NULL
      AND space_key IS NULL
      AND NOT (
        summary_key ~ '^.*(remov|delet|left|leav|revok|withdr).*$'
      )
    )
) AS d
UNION ALL
SELECT
  '04-opened-to-anyone' AS detection,
  d.*
FROM (
  WITH told AS MATERIALIZED (
    SELECT
      id
    FROM audit_changes
    WHERE
      (
        (
          LOWER(name) ~ '^.*(anonymous|public (link|access|site)).*$'
        )
        AND (
          LOWER(new_value) ~ '^(on|yes|true|enabled|allowed|active|1)$'
        )
      )
      OR (
        LOWER(name) IN ('user', 'group', 'user/group', 'type')
        AND (
          LOWER(new_value) ~ '^.*(anonym|public|everyone|anyone).*$'
        )
      )
    UNION ALL
    SELECT
      id
    FROM audit_objects
    WHERE
      (
        NOT kind IN ('page', 'space', 'template', 'app') OR kind IS NULL
      )
      AND (
        LOWER(REGEXP_REPLACE(name, '[[:space:]]+', ' ', 'g')) ~ '^.*(anonymous|public access|everyone|anyone).*$'
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
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    action = 'public_link.enabled'
    OR (
      (
        action LIKE '%.permission_added'
        OR action IS NULL
        OR action = 'global.settings_changed'
      )
      AND NOT (
        summary_key ~ '^.*(remov|delet|revok|withdr|disabl).*$'
      )
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
) AS d
UNION ALL
SELECT
  '05-restriction-lifted' AS detection,
  d.*
FROM (
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
  FROM every_event
  WHERE
    action = 'content.restriction_removed'
    OR (
      action IS NULL
      AND (
        summary_key ~ '^.*restriction.*(remov|lift|delet|clear).*$'
      )
    )
) AS d
UNION ALL
SELECT
  '06-exported' AS detection,
  d.*
FROM (
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
  FROM every_event
  WHERE
    action IN ('space.exported', 'site.exported', 'audit.exported')
    OR (
      action IS NULL
      AND (
        summary_key ~ '^.*(export|back ?up).*$'
      )
      AND NOT (
        summary_key ~ '^.*(permission|setting|schedule).*$'
      )
    )
) AS d
UNION ALL
SELECT
  '07-many-exports' AS detection,
  d.*
FROM (
  WITH counted AS MATERIALIZED (
    SELECT
      *,
      COUNT(*) OVER (
        PARTITION BY cloud_id, COALESCE(actor_id, actor)
        ORDER BY happened_ms
        RANGE BETWEEN 600000 PRECEDING AND CURRENT ROW
      ) AS events
    FROM every_event
    WHERE
      actor_kind <> 'system'
      AND (
        action LIKE '%.exported'
        OR (
          action IS NULL AND (
            summary_key ~ '^.*(export|back ?up).*$'
          )
        )
      )
  ), ranked AS MATERIALIZED (
    SELECT
      *,
      ROW_NUMBER() OVER (
        PARTITION BY cloud_id, COALESCE(actor_id, actor), happened_ms - happened_ms % 86400000
        ORDER BY events DESC NULLS LAST, happened_ms, id
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
) AS d
UNION ALL
SELECT
  '08-many-deletions' AS detection,
  d.*
FROM (
  WITH counted AS MATERIALIZED (
    SELECT
      *,
      COUNT(*) OVER (
        PARTITION BY cloud_id, COALESCE(actor_id, actor)
        ORDER BY happened_ms
        RANGE BETWEEN 600000 PRECEDING AND CURRENT ROW
      ) AS events
    FROM every_event
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
          AND (
            summary_key ~ '^.*(delet|remov|purg|trash|emptied).*$'
          )
          AND NOT (
            summary_key ~ '^.*(permission|restriction|from group).*$'
          )
        )
      )
  ), ranked AS MATERIALIZED (
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
) AS d
UNION ALL
SELECT
  '09-many-permission-changes' AS detection,
  d.*
FROM (
  WITH counted AS MATERIALIZED (
    SELECT
      *,
      COUNT(*) OVER (
        PARTITION BY cloud_id, COALESCE(actor_id, actor)
        ORDER BY happened_ms
        RANGE BETWEEN 600000 PRECEDING AND CURRENT ROW
      ) AS events
    FROM every_event
    WHERE
      actor_kind <> 'system'
      AND (
        (
          summary_key ~ '^.*(permission|restriction).*$'
        )
        OR LOWER(category) LIKE '%permission%'
      )
  ), ranked AS MATERIALIZED (
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
    'many permission changes in ten minutes' AS finding,
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
) AS d
UNION ALL
SELECT
  '10-app-changed' AS detection,
  d.*
FROM (
  SELECT
    happened,
    severity AS severity,
    'app installed, removed or switched' AS finding,
    actor,
    actor_id,
    COALESCE(object_name, 'an app') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    action IN ('app.installed', 'app.removed', 'app.enabled', 'app.disabled')
    OR (
      action IS NULL
      AND (
        (
          LOWER(object_type) ~ '^.*(plugin|add-?on|app).*$'
        )
        OR (
          summary_key ~ '^(.* )?(apps?|plugins?|add-?ons?)( .*)?$'
        )
      )
      AND (
        summary_key ~ '^.*(install|remov|enabl|disabl|add).*$'
      )
    )
) AS d
UNION ALL
SELECT
  '11-audit-settings-changed' AS detection,
  d.*
FROM (
  WITH told AS MATERIALIZED (
    SELECT
      id
    FROM audit_changes
    WHERE
      (
        LOWER(name) ~ '^.*(audit|retention).*$'
      )
  )
  SELECT
    happened,
    10 AS severity,
    'audit log settings changed' AS finding,
    actor,
    actor_id,
    COALESCE(change_name, summary) || COALESCE(': ' || old_value, '') || COALESCE(' -> ' || new_value, '') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    action = 'audit.settings_changed'
    OR id IN (
      SELECT
        id
      FROM told
    )
    OR (
      action IS NULL
      AND (
        summary_key ~ '^(.*(audit|retention).*(chang|updat|modif|disabl|clear|delet|purg).*|.*(disabl|clear|delet|purg|chang).*audit.*)$'
      )
    )
) AS d
UNION ALL
SELECT
  '12-admin-key-used' AS detection,
  d.*
FROM (
  WITH told AS MATERIALIZED (
    SELECT
      id
    FROM audit_changes
    WHERE
      LOWER(REGEXP_REPLACE(name, '[[:space:]]+', ' ', 'g')) LIKE '%admin key%'
  )
  SELECT
    happened,
    9 AS severity,
    'admin key used' AS finding,
    actor,
    actor_id,
    COALESCE(page, object_name, 'the site') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM every_event
  WHERE
    action IN ('admin_key.used', 'page.viewed_with_admin_key')
    OR summary_key LIKE '%admin key%'
    OR id IN (
      SELECT
        id
      FROM told
    )
) AS d
UNION ALL
SELECT
  '13-new-address-of-an-administrator' AS detection,
  d.*
FROM (
  WITH ranked AS MATERIALIZED (
    SELECT
      *,
      MAX(
        CASE
          WHEN severity >= 4 OR sys_admin
          THEN 1
          WHEN (
            LOWER(category) ~ '^.*(user|group|permission|administ|secur|audit|app).*$'
          )
          THEN 1
          ELSE 0
        END
      ) OVER (PARTITION BY cloud_id, actor_id) AS administers,
      MIN(happened_ms) OVER (PARTITION BY cloud_id, actor_id) AS known_since,
      COUNT(*) OVER (PARTITION BY cloud_id, actor_id, address) AS events,
      ROW_NUMBER() OVER (PARTITION BY cloud_id, actor_id, address ORDER BY happened_ms, id) AS nth
    FROM every_event
    WHERE
      NOT actor_id IS NULL
  )
  SELECT
    happened,
    6 AS severity,
    'an administrator''s new address' AS finding,
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
) AS d
UNION ALL
SELECT
  '14-administration-at-night' AS detection,
  d.*
FROM (
  WITH zoned AS MATERIALIZED (
    SELECT
      *,
      happened_ms + 0 AS zone_ms
    FROM every_event
    WHERE
      actor_kind IN ('person', 'guest')
  ), timed AS MATERIALIZED (
    SELECT
      *,
      CASE
        WHEN zone_ms % 86400000 < 21600000 OR zone_ms % 86400000 >= 72000000
        THEN 1
        WHEN zone_ms % 604800000 >= 172800000 AND zone_ms % 604800000 < 345600000
        THEN 1
        ELSE 0
      END AS is_off
    FROM zoned
  ), shared AS MATERIALIZED (
    SELECT
      *,
      SUM(is_off) OVER (PARTITION BY cloud_id, actor_id) AS off_events,
      COUNT(*) OVER (PARTITION BY cloud_id, actor_id) AS all_events
    FROM timed
  )
  SELECT
    happened,
    severity,
    'administration outside of office hours' AS finding,
    actor,
    actor_id,
    summary || COALESCE(': ' || COALESCE(person, object_name), '') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM shared
  WHERE
    is_off = 1 AND severity >= 4 AND all_events >= 20 AND off_events * 10 <= all_events
) AS d
UNION ALL
SELECT
  '15-deactivated-account-acts' AS detection,
  d.*
FROM (
  WITH events AS MATERIALIZED (
    SELECT
      *
    FROM every_event
  ), people AS MATERIALIZED (
    SELECT
      a.cloud_id,
      e.person,
      a.happened_ms,
      a.is_active,
      a.id
    FROM audit_activations AS a
    INNER JOIN events AS e
      ON a.id = e.id
    UNION ALL
    SELECT
      cloud_id,
      person,
      happened_ms,
      CASE WHEN action = 'user.deactivated' THEN 0 ELSE 1 END AS is_active,
      id
    FROM events
    WHERE
      action IN ('user.deactivated', 'user.reactivated', 'user.created')
      AND NOT person IS NULL
  ), spans AS MATERIALIZED (
    SELECT
      *,
      LEAD(happened_ms) OVER (PARTITION BY cloud_id, person ORDER BY happened_ms, id) AS ends_ms
    FROM people
  )
  SELECT
    e.happened,
    9 AS severity,
    'a deactivated account acts' AS finding,
    e.actor,
    e.actor_id,
    e.summary || COALESCE(': ' || COALESCE(e.person, e.object_name), '') AS object,
    e.address,
    CAST(1 AS BIGINT) AS events,
    e.id,
    e.cloud_id
  FROM events AS e
  INNER JOIN spans AS s
    ON e.cloud_id = s.cloud_id AND e.actor = s.person
  WHERE
    s.is_active = 0
    AND e.actor_kind <> 'system'
    AND e.happened_ms > s.happened_ms + 60000
    AND (
      s.ends_ms IS NULL OR e.happened_ms < s.ends_ms
    )
) AS d
UNION ALL
SELECT
  '16-written-with-an-old-date' AS detection,
  d.*
FROM (
  WITH timed AS MATERIALIZED (
    SELECT
      *,
      MIN(read_ms) OVER (
        PARTITION BY cloud_id
        ORDER BY happened_ms, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS older_read_ms,
      MIN(read_ms) OVER (
        PARTITION BY cloud_id
        ORDER BY happened_ms DESC NULLS LAST, id DESC NULLS LAST
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS newer_read_ms
    FROM every_event
  )
  SELECT
    happened,
    7 AS severity,
    'written with an old date' AS finding,
    actor,
    actor_id,
    summary || COALESCE(': ' || COALESCE(person, object_name), '') AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM timed
  WHERE
    read_ms - older_read_ms > 1800000 AND read_ms - newer_read_ms > 1800000
) AS d
UNION ALL
SELECT
  '17-gap' AS detection,
  d.*
FROM (
  WITH followed AS MATERIALIZED (
    SELECT
      *,
      COALESCE(
        LEAD(happened_ms) OVER in_order,
        CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)
      ) - happened_ms AS silence_ms,
      ROW_NUMBER() OVER in_order AS nth,
      MIN(happened_ms) OVER (PARTITION BY cloud_id) AS log_begins_ms
    FROM every_event
    WINDOW in_order AS (PARTITION BY cloud_id ORDER BY happened_ms, id)
  ), compared AS MATERIALIZED (
    SELECT
      *,
      MAX(silence_ms) OVER (
        PARTITION BY cloud_id
        ORDER BY happened_ms
        RANGE BETWEEN 2419200000 PRECEDING AND 1 PRECEDING
      ) AS usual_ms
    FROM followed
    WHERE
      silence_ms >= 900000
  )
  SELECT
    happened,
    7 AS severity,
    'no record for longer than usual' AS finding,
    actor,
    actor_id,
    CAST(CAST(FLOOR(CAST(silence_ms AS DOUBLE PRECISION) / 60000) AS BIGINT) AS TEXT) || ' minutes of silence' AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM compared
  WHERE
    silence_ms > 2 * COALESCE(usual_ms, 900000)
    AND silence_ms > 7200000
    AND nth >= 100
    AND happened_ms - log_begins_ms > 864000000
) AS d
UNION ALL
SELECT
  '18-never-seen-before' AS detection,
  d.*
FROM (
  WITH ranked AS MATERIALIZED (
    SELECT
      *,
      MIN(happened_ms) OVER (PARTITION BY cloud_id) AS log_begins_ms,
      COUNT(*) OVER (PARTITION BY cloud_id, summary_key) AS events,
      ROW_NUMBER() OVER (PARTITION BY cloud_id, summary_key ORDER BY happened_ms, id) AS nth
    FROM every_event
  )
  SELECT
    happened,
    severity,
    'never seen before' AS finding,
    actor,
    actor_id,
    summary AS object,
    address,
    events,
    id,
    cloud_id
  FROM ranked
  WHERE
    nth = 1 AND happened_ms - log_begins_ms > 1209600000
) AS d;
