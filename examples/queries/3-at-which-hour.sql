-- Who works at night or at weekends (UTC), and how much of their work is that?
SELECT
    author ->> 'displayName' AS who,
    count(*) FILTER (hour(createdat) NOT BETWEEN 6 AND 19 OR isodow(createdat) > 5) AS off_hours,
    count(*) AS total,
    round(100.0 * off_hours / total, 1) AS percent,
    mode(hour(createdat)) AS usual_hour
FROM audit_records
WHERE (author ->> 'accountId') IS NOT NULL
GROUP BY author ->> 'accountId', who
HAVING off_hours > 0
ORDER BY percent DESC, off_hours DESC
