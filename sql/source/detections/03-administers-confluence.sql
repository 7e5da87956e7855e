-- A permission for the whole of Confluence was given.
-- Rests on: the summary ("Global permission added"), or an administering permission that is about no space.
-- How sure: documented. Atlassian says that such events are recorded; nobody has shown one.
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
FROM audit_events
WHERE action = 'global.permission_added'
    OR (
        permission_administers
        AND action IS NULL
        AND space IS NULL
        AND space_key IS NULL
        AND NOT matches(summary_key, '^.*(remov|delet|left|leav|revok|withdr).*$')
    )
ORDER BY happened DESC
