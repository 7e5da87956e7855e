-- Who granted what to whom in the last 30 days?
SELECT
    createdat AS happened,
    author ->> 'displayName' AS who,
    summary AS what,
    affectedobject ->> 'name' AS "on",
    associatedobjects -> 0 ->> 'name' AS "to",
    list_aggregate(
        list_transform(
            CAST(changedvalues AS JSON[]),
            lambda change: (change ->> 'name') || '=' || (change ->> 'newValue')
        ),
        'string_agg', ', '
    ) AS details
FROM audit_records
WHERE createdat > (SELECT max(createdat) FROM audit_records) - INTERVAL 30 DAY
    AND summary IN (
        'User added to group',
        'Space permission added',
        'Global permission added',
        'Content restriction removed',
        'Admin key enabled'
    )
ORDER BY happened DESC
