-- What all detections find, in one view: by `happened`, or by `read_ms` of audit_events for what is new.
CREATE OR REPLACE VIEW audit_findings AS
SELECT
  '01-joined-administrators' AS detection,
  d.*
FROM (
  SELECT
    happened,
    severity,
    'joined an administrators\' group' AS finding,
    actor,
    actor_id,
    person || ' -> ' || group_name AS object,
    address,
    CAST(1 AS BIGINT) AS events,
    id,
    cloud_id
  FROM audit_events
  WHERE
    group_administers
    AND NOT person IS NULL
    AND (
      action = 'group.user_added'
      OR (
        action IS NULL
        AND NOT REGEXP_LIKE(summary_key, '^.*(remov|delet|left|leav|revok).*$')
      )
    )
  ORDER BY
    happened DESC NULLS LAST
) AS d;
