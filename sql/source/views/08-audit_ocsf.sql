-- One row an event of OCSF 1.8 (https://schema.ocsf.io/1.8.0): the numbers and names to filter by, and `event`,
-- the whole event as JSON, with the record in `raw_data`. What the map does not know is a Web Resources
-- Activity of the activity Other.
WITH classed AS (
    SELECT
        e.*,
        CASE
            WHEN class_uid = 3005 AND person IS NULL AND group_name IS NOT NULL THEN 3006
            ELSE COALESCE(class_uid, 6001)
        END AS ocsf_class,
        COALESCE(activity_id, 99) AS ocsf_activity,
        COALESCE(activity_name, 'Other') AS ocsf_activity_name,
        CASE
            WHEN class_uid = 3005 AND person IS NULL AND group_name IS NOT NULL
                THEN 'Group Management'
            ELSE COALESCE(class_name, 'Web Resources Activity')
        END AS ocsf_class_name,
        CASE
            WHEN severity >= 10 THEN 5
            WHEN severity >= 7 THEN 4
            WHEN severity >= 4 THEN 3
            WHEN severity >= 2 THEN 2
            ELSE 1
        END AS severity_id,
        CASE WHEN action = 'login.failed' THEN 2 ELSE 1 END AS status_id,
        CASE
            WHEN actor_kind = 'system' THEN 3
            WHEN actor_kind IN ('person', 'guest') THEN 1
            ELSE 0
        END AS actor_type_id,
        COALESCE(object_name, page, space, person, group_name) AS resource_name,
        matches(
            lower(address), '^(([0-9]{1,3}[.]){3}[0-9]{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})$'
        ) AS is_ip
    FROM audit_events AS e
),

told AS (
    SELECT
        *,
        ocsf_class * 100 + ocsf_activity AS type_uid,
        CASE WHEN ocsf_class < 6000 THEN 3 ELSE 6 END AS category_uid,
        CASE
            WHEN ocsf_class < 6000 THEN 'Identity & Access Management'
            ELSE 'Application Activity'
        END AS category_name,
        CASE severity_id
            WHEN 5 THEN 'Critical'
            WHEN 4 THEN 'High'
            WHEN 3 THEN 'Medium'
            WHEN 2 THEN 'Low'
            ELSE 'Informational'
        END AS severity_name,
        CASE WHEN status_id = 2 THEN 'Failure' ELSE 'Success' END AS status_name,
        CASE actor_type_id WHEN 3 THEN 'System' WHEN 1 THEN 'User' ELSE 'Unknown' END AS actor_type,
        CASE
            WHEN ocsf_class = 3002 THEN COALESCE(person, actor, 'Unknown')
            WHEN ocsf_class IN (3001, 3005) THEN COALESCE(person, 'Unknown')
            WHEN ocsf_class = 3006 THEN person
        END AS user_name,
        CASE WHEN ocsf_class = 3006 THEN COALESCE(group_name, 'Unknown') END AS ocsf_group
    FROM classed
)

SELECT
    t.id,
    t.cloud_id,
    t.happened,
    t.happened_ms,
    t.ocsf_class AS class_uid,
    t.ocsf_class_name AS class_name,
    t.category_uid,
    t.category_name,
    t.ocsf_activity AS activity_id,
    t.ocsf_activity_name AS activity_name,
    t.type_uid,
    t.severity_id,
    t.severity_name AS severity,
    t.status_id,
    t.actor_id AS actor_uid,
    t.actor AS actor_name,
    t.user_name,
    t.ocsf_group AS group_name,
    t.resource_name,
    t.address AS src_address,
    obj(
        'activity_id', t.ocsf_activity,
        'activity_name', t.ocsf_activity_name,
        'category_uid', t.category_uid,
        'category_name', t.category_name,
        'class_uid', t.ocsf_class,
        'class_name', t.ocsf_class_name,
        'type_uid', t.type_uid,
        'type_name', t.ocsf_class_name || ': ' || t.ocsf_activity_name,
        'time', t.happened_ms,
        'severity_id', t.severity_id,
        'severity', t.severity_name,
        'status_id', t.status_id,
        'status', t.status_name,
        'message', t.summary,
        'metadata', obj(
            'version', '1.8.0',
            'profiles', arr('host'),
            'product', obj('name', 'Confluence Cloud', 'vendor_name', 'Atlassian'),
            'uid', t.id,
            'tenant_uid', t.cloud_id,
            'log_name', 'audit',
            'event_code', t.summary_key
        ),
        'actor', obj(
            'user', obj(
                'uid', t.actor_id,
                'name', COALESCE(t.actor, 'Unknown'),
                'type_id', t.actor_type_id,
                'type', t.actor_type
            )
        ),
        'src_endpoint', CASE
            WHEN t.address IS NOT NULL AND t.ocsf_class <> 6002 THEN obj(
                'ip', CASE WHEN t.is_ip THEN t.address END,
                'name', CASE WHEN NOT t.is_ip THEN t.address END
            )
        END,
        'user', CASE WHEN t.user_name IS NOT NULL THEN obj('name', t.user_name) END,
        'group', CASE
            WHEN t.ocsf_group IS NOT NULL THEN obj('name', t.ocsf_group, 'uid', t.group_id)
        END,
        'privileges', CASE
            WHEN t.ocsf_class = 3005 OR (t.ocsf_class = 3006 AND t.permission IS NOT NULL)
                THEN arr(COALESCE(t.permission, 'Unknown'))
        END,
        'resource', CASE
            WHEN t.ocsf_class IN (3005, 3006) AND t.space IS NOT NULL
                THEN obj('name', t.space, 'uid', t.space_key, 'type', 'Space')
        END,
        'entity', CASE
            WHEN t.ocsf_class = 3004 THEN obj(
                'name', COALESCE(t.resource_name, 'Confluence Cloud'),
                'uid', CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
                'type', COALESCE(t.object_type, 'Site')
            )
        END,
        'service', CASE WHEN t.ocsf_class = 3002 THEN obj('name', 'Confluence Cloud') END,
        'app', CASE
            WHEN t.ocsf_class = 6002 THEN obj('name', COALESCE(t.resource_name, 'Unknown'))
        END,
        'web_resources', CASE
            WHEN t.ocsf_class = 6001 THEN arr(
                obj(
                    'name', COALESCE(t.resource_name, 'Confluence Cloud'),
                    'uid', CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
                    'type', COALESCE(t.object_type, 'Site')
                )
            )
        END,
        'unmapped', obj(
            'category', t.category,
            'space', t.space,
            'space_key', t.space_key,
            'address', t.address,
            'sys_admin', t.sys_admin
        ),
        'raw_data', raw_text(
            'author', as_json(s.author),
            'remoteAddress', s.address,
            'creationDate', s.happened_ms,
            'summary', s.summary,
            'description', s.description,
            'category', s.category,
            'sysAdmin', s.sys_admin,
            'superAdmin', s.super_admin,
            'affectedObject', as_json(s.affected_object),
            'changedValues', as_json(s.changed_values),
            'associatedObjects', as_json(s.associated_objects)
        )
    ) AS event
FROM told AS t
INNER JOIN audit_source AS s ON t.id = s.id
