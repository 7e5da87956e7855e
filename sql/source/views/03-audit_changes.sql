-- One row a changed value. An empty text is no value: what came into being has no old one.
SELECT
    s.id,
    s.cloud_id,
    s.happened,
    s.happened_ms,
    s.summary,
    place,
    json_text(item, 'name') AS name,
    NULLIF(json_text(item, 'oldValue'), '') AS old_value,
    NULLIF(json_text(item, 'newValue'), '') AS new_value,
    NULLIF(json_text(item, 'hiddenOldValue'), '') AS hidden_old_value,
    NULLIF(json_text(item, 'hiddenNewValue'), '') AS hidden_new_value
FROM audit_source AS s
CROSS JOIN json_rows(s.changed_values) AS o(item, place)
