-- How long or how much the audit log keeps was changed, or it was cleared.
-- Rests on: the summary, "audit" or "retention", or a changed value of such a name.
-- How sure: borrowed from Confluence Data Center; what Cloud writes is not known.
WITH told AS MATERIALIZED (
  SELECT
    id
  FROM audit_changes
  WHERE
    (
      LOWER(name) ~ '^.*(audit|retention).*$'
    )
)
SELECT
  happened,
  10 AS severity,
  'audit log settings changed' AS finding,
  actor,
  actor_id,
  COALESCE(change_name, summary) || COALESCE(': ' || old_value, '') || COALESCE(' -> ' || new_value, '') AS object,
  address,
  CAST(1 AS BIGINT) AS events,
  id,
  cloud_id
FROM audit_events
WHERE
  action = 'audit.settings_changed'
  OR id IN (
    SELECT
      id
    FROM told
  )
  OR (
    action IS NULL
    AND (
      summary_key ~ '^(.*(audit|retention).*(chang|updat|modif|disabl|clear|delet|purg).*|.*(disabl|clear|delet|purg|chang).*audit.*)$'
    )
  )
ORDER BY
  happened DESC NULLS LAST;
