-- Who came from an address in the last 7 days that they had never used before?
WITH seen AS (
    SELECT
        author ->> 'accountId' AS account,
        any_value(author ->> 'displayName') AS who,
        remoteaddress AS address,
        min(createdat) AS first_seen,
        count(*) AS events
    FROM audit_records
    WHERE remoteaddress <> '' AND (author ->> 'accountId') IS NOT NULL
    GROUP BY account, address
)

SELECT first_seen, who, address, events
FROM seen
WHERE first_seen > (SELECT max(createdat) FROM audit_records) - INTERVAL 7 DAY
    AND account IN (
        SELECT account FROM seen
        WHERE first_seen <= (SELECT max(createdat) FROM audit_records) - INTERVAL 7 DAY
    )
ORDER BY first_seen DESC
