-- One row an event: who did what to whom and where. Names and values stand on one line (runs of white
-- space become a blank), people without Confluence's " (Deactivated)" or " (Unlicensed)". `severity` is
-- 0 to 10; `sure` says how sure the meaning is, and is empty, as `action` is, for what the map does not know.
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY id, kind ORDER BY place) AS nth
    FROM audit_objects
),

named AS (
    SELECT
        id,
        MAX(CASE WHEN place = 0 THEN object_type END) AS object_type,
        MAX(CASE WHEN place = 0 THEN one_line(name) END) AS object_name,
        MAX(CASE WHEN kind = 'person' AND nth = 1 THEN one_line(name) END) AS person,
        MAX(CASE WHEN kind = 'group' AND nth = 1 THEN one_line(name) END) AS group_name,
        MAX(CASE WHEN kind = 'space' AND nth = 1 THEN one_line(name) END) AS space,
        MAX(CASE WHEN kind = 'page' AND nth = 1 THEN one_line(name) END) AS page
    FROM ranked
    GROUP BY id
),

changed AS (
    SELECT
        id,
        COUNT(*) AS changes,
        MAX(one_line(name)) AS change_name,
        MAX(one_line(old_value)) AS old_value,
        MAX(one_line(new_value)) AS new_value,
        MAX(CASE WHEN lower(name) = 'user' THEN one_line(COALESCE(new_value, old_value)) END) AS person,
        MAX(CASE WHEN lower(name) = 'group' THEN one_line(COALESCE(new_value, old_value)) END)
            AS group_name,
        MAX(
            CASE
                WHEN lower(name) IN ('type', 'permission')
                    THEN one_line(COALESCE(new_value, old_value))
            END
        ) AS permission,
        MAX(
            CASE
                WHEN lower(name) IN ('space', 'space key', 'key')
                    THEN one_line(COALESCE(new_value, old_value))
            END
        ) AS space_key
    FROM audit_changes
    GROUP BY id
),

joined AS (
    SELECT
        s.*,
        m.action,
        m.sure,
        m.class_uid,
        m.class_name,
        m.activity_id,
        m.activity_name,
        COALESCE(m.severity, 3) AS base_severity,
        n.object_type,
        n.object_name,
        COALESCE(n.person, c.person, one_line(d.person)) AS raw_person,
        COALESCE(n.group_name, c.group_name) AS raw_group,
        n.space,
        n.page,
        c.space_key,
        c.permission,
        COALESCE(c.changes, 0) AS changes,
        CASE WHEN c.changes = 1 THEN c.change_name END AS change_name,
        CASE WHEN c.changes = 1 THEN c.old_value END AS old_value,
        CASE WHEN c.changes = 1 THEN c.new_value END AS new_value,
        json_text(s.author, 'accountId') AS actor_id,
        one_line(json_text(s.author, 'displayName')) AS raw_actor,
        COALESCE(json_text(s.author, 'isGuest'), 'false') = 'true'
        OR COALESCE(json_text(s.author, 'isExternalCollaborator'), 'false') = 'true'
        OR COALESCE(json_text(s.author, 'externalCollaborator'), 'false') = 'true' AS is_guest
    FROM audit_source AS s
    LEFT JOIN audit_meanings AS m ON s.summary_key = m.summary_key
    LEFT JOIN named AS n ON s.id = n.id
    LEFT JOIN changed AS c ON s.id = c.id
    LEFT JOIN audit_activations AS d ON s.id = d.nameless_id
),

cleaned AS (
    SELECT
        *,
        CASE
            WHEN lower(raw_actor) LIKE '% (deactivated)'
                THEN SUBSTRING(raw_actor, 1, LENGTH(raw_actor) - 14)
            WHEN lower(raw_actor) LIKE '% (unlicensed)'
                THEN SUBSTRING(raw_actor, 1, LENGTH(raw_actor) - 13)
            ELSE raw_actor
        END AS actor,
        CASE
            WHEN lower(raw_person) LIKE '% (deactivated)'
                THEN SUBSTRING(raw_person, 1, LENGTH(raw_person) - 14)
            WHEN lower(raw_person) LIKE '% (unlicensed)'
                THEN SUBSTRING(raw_person, 1, LENGTH(raw_person) - 13)
            ELSE raw_person
        END AS person,
        matches(
            lower(raw_group),
            '^.*:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
        ) AS has_group_id
    FROM joined
),

parted AS (
    SELECT
        *,
        CASE
            WHEN has_group_id THEN SUBSTRING(raw_group, 1, LENGTH(raw_group) - 37)
            ELSE raw_group
        END AS group_name,
        CASE
            WHEN has_group_id THEN SUBSTRING(raw_group, LENGTH(raw_group) - 35, 36)
        END AS group_id
    FROM cleaned
),

judged AS (
    SELECT
        *,
        COALESCE(
            matches(lower(group_name), '^(.*[^a-z])?(sys|super)?admin[a-z]*([^a-z].*)?$'), FALSE
        ) AS group_administers,
        COALESCE(matches(lower(permission), '^.*(setspacepermissions|admin).*$'), FALSE)
            AS permission_administers
    FROM parted
)

SELECT
    id,
    cloud_id,
    happened,
    happened_ms,
    read_ms,
    actor_id,
    actor,
    CASE
        WHEN actor_id IS NOT NULL AND is_guest THEN 'guest'
        WHEN actor_id IS NOT NULL THEN 'person'
        WHEN lower(actor) = 'system' THEN 'system'
        ELSE 'unknown'
    END AS actor_kind,
    NULLIF(address, '') AS address,
    category,
    summary,
    summary_key,
    action,
    sure,
    CASE
        WHEN action = 'group.user_added' AND group_administers THEN 9
        WHEN action = 'space.permission_added' AND permission_administers THEN 9
        ELSE base_severity
    END AS severity,
    NULLIF(object_type, '') AS object_type,
    NULLIF(object_name, '') AS object_name,
    person,
    group_name,
    group_id,
    group_administers,
    space,
    space_key,
    page,
    permission,
    permission_administers,
    changes,
    change_name,
    old_value,
    new_value,
    description,
    sys_admin,
    class_uid,
    class_name,
    activity_id,
    activity_name
FROM judged
