-- On which day did someone do far more than they usually do?
WITH days AS (
    SELECT
        author ->> 'accountId' AS account,
        any_value(author ->> 'displayName') AS who,
        CAST(createdat AS DATE) AS day,
        count(*) AS events,
        mode(summary) AS mostly
    FROM audit_records
    WHERE (author ->> 'accountId') IS NOT NULL
    GROUP BY account, day
),

usual AS (
    SELECT account, avg(events) AS mean, stddev_pop(events) AS deviation
    FROM days
    GROUP BY account
    HAVING count(*) >= 5
)

SELECT day, who, events, round(mean, 1) AS usually, mostly
FROM days
INNER JOIN usual USING (account)
WHERE events > mean + 2 * greatest(deviation, 1)
ORDER BY (events - mean) / greatest(deviation, 1) DESC
