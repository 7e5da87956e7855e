-- One row an object of an event, affected or associated, and what kind of thing it is. Confluence puts
-- the person now on one side and now on the other, so that whoever looks for a person asks for the kind.
WITH objects AS (
    SELECT
        id,
        'affected' AS side,
        0 AS place,
        json_text(affected_object, 'name') AS name,
        json_text(affected_object, 'objectType') AS object_type
    FROM audit_source
    UNION ALL
    SELECT
        s.id,
        'associated' AS side,
        place + 1 AS place,
        json_text(item, 'name') AS name,
        json_text(item, 'objectType') AS object_type
    FROM audit_source AS s
    CROSS JOIN json_rows(s.associated_objects) AS o(item, place)
)

SELECT
    id,
    side,
    place,
    name,
    object_type,
    CASE
        WHEN lower(object_type) LIKE '%group%' THEN 'group'
        WHEN lower(object_type) LIKE '%user%' OR lower(object_type) LIKE '%account%' THEN 'person'
        WHEN lower(object_type) LIKE '%space%' THEN 'space'
        WHEN lower(object_type) LIKE '%template%' THEN 'template'
        WHEN lower(object_type) LIKE '%page%' OR lower(object_type) LIKE '%blog%' THEN 'page'
        WHEN lower(object_type) LIKE '%plugin%' OR lower(object_type) LIKE '%app%' THEN 'app'
        ELSE lower(object_type)
    END AS kind
FROM objects
WHERE COALESCE(name, '') <> '' OR COALESCE(object_type, '') <> ''
