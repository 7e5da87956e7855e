-- What was opened to the outside or taken out, by whom and from where?
SELECT
    createdat AS happened,
    summary AS what,
    affectedobject ->> 'name' AS "on",
    author ->> 'displayName' AS who,
    remoteaddress AS address,
    (author ->> 'isGuest') = 'true' AS by_guest
FROM audit_records
WHERE summary IN ('Public link enabled', 'Space exported', 'Page viewed with admin key')
ORDER BY happened DESC
