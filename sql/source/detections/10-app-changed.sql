-- An app was installed, removed, enabled or disabled.
-- Rests on: an object of type Plugin or App, or the summary.
-- How sure: documented in 2016, with guessed words. Today most of this stands in the organisation's log.
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
FROM audit_events
WHERE action IN ('app.installed', 'app.removed', 'app.enabled', 'app.disabled')
    OR (
        action IS NULL
        AND (
            matches(lower(object_type), '^.*(plugin|add-?on|app).*$')
            OR matches(summary_key, '^(.* )?(apps?|plugins?|add-?ons?)( .*)?$')
        )
        AND matches(summary_key, '^.*(install|remov|enabl|disabl|add).*$')
    )
ORDER BY happened DESC
