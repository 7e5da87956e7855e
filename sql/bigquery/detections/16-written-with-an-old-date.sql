-- A record that surfaced long after its date: older and newer ones had been read more than half an hour before it was.
-- Rests on: `creationDate`, and when Airbyte read the record. Whoever may write to the log can give a record any date.
-- How sure: captured (dates). Confluence itself delays records by some minutes. What is older than the setting Lookback when
-- it surfaces is never read, so that this sees no further back than Lookback reaches (an hour, unless you raise it).
WITH timed AS (
  SELECT
    *,
    MIN(read_ms) OVER (
      PARTITION BY cloud_id
      ORDER BY happened_ms, id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS older_read_ms,
    MIN(read_ms) OVER (
      PARTITION BY cloud_id
      ORDER BY happened_ms DESC, id DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS newer_read_ms
  FROM confluence.audit_events
)
SELECT
  happened,
  7 AS severity,
  'written with an old date' AS finding,
  actor,
  actor_id,
  summary || COALESCE(': ' || COALESCE(person, object_name), '') AS object,
  address,
  CAST(1 AS INT64) AS events,
  id,
  cloud_id
FROM timed
WHERE
  read_ms - older_read_ms > 1800000 AND read_ms - newer_read_ms > 1800000
ORDER BY
  happened DESC;
