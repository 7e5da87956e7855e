-- A kind of event that this log had not had before, once it is two weeks old. One row a summary: the first time.
-- Rests on: the summary, whatever it is, so that it finds what no other detection and no map knows.
-- How sure: captured (every record has a summary).
WITH ranked AS (
  SELECT
    *,
    MIN(happened_ms) OVER (PARTITION BY cloud_id) AS log_begins_ms,
    COUNT(*) OVER (PARTITION BY cloud_id, summary_key) AS events,
    ROW_NUMBER() OVER (PARTITION BY cloud_id, summary_key ORDER BY happened_ms, id) AS nth
  FROM audit_events
)
SELECT
  happened,
  severity,
  'never seen before' AS finding,
  actor,
  actor_id,
  summary AS object,
  address,
  events,
  id,
  cloud_id
FROM ranked
WHERE
  nth = 1 AND happened_ms - log_begins_ms > 1209600000
ORDER BY
  happened DESC;
