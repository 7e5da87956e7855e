-- The destination's table by names of ours, each record once (a table in append mode may hold one twice
-- after a crash; the first time it was read counts).
SELECT DISTINCT ON (id)
    id,
    cloudid AS cloud_id,
    createdat AS happened,
    creationdate AS happened_ms,
    millis(_airbyte_extracted_at) AS read_ms,
    author,
    remoteaddress AS address,
    summary,
    description,
    category,
    sysadmin AS sys_admin,
    superadmin AS super_admin,
    affectedobject AS affected_object,
    changedvalues AS changed_values,
    associatedobjects AS associated_objects,
    lower(trim(one_line(COALESCE(summary, '')))) AS summary_key
FROM audit_records
ORDER BY id, _airbyte_extracted_at
