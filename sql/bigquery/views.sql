-- The destination's table by names of ours, each record once (a table in append mode may hold one twice
-- after a crash; the first time it was read counts).
CREATE OR REPLACE VIEW confluence.audit_source AS
SELECT
  id,
  cloud_id,
  happened,
  happened_ms,
  read_ms,
  author,
  address,
  summary,
  description,
  category,
  sys_admin,
  super_admin,
  affected_object,
  changed_values,
  associated_objects,
  summary_key
FROM (
  SELECT
    id AS id,
    cloudid AS cloud_id,
    createdat AS happened,
    creationdate AS happened_ms,
    UNIX_MILLIS(_airbyte_extracted_at) AS read_ms,
    author AS author,
    remoteaddress AS address,
    summary AS summary,
    description AS description,
    category AS category,
    sysadmin AS sys_admin,
    superadmin AS super_admin,
    affectedobject AS affected_object,
    changedvalues AS changed_values,
    associatedobjects AS associated_objects,
    LOWER(TRIM(REGEXP_REPLACE(COALESCE(summary, ''), '[[:space:]]+', ' '))) AS summary_key,
    ROW_NUMBER() OVER (PARTITION BY id ORDER BY id, _airbyte_extracted_at) AS _row_number
  FROM confluence.audit_records
) AS _t
WHERE
  _row_number = 1;

-- One row an object of an event, affected or associated, and what kind of thing it is. Confluence puts
-- the person now on one side and now on the other, so that whoever looks for a person asks for the kind.
CREATE OR REPLACE VIEW confluence.audit_objects AS
WITH objects AS (
  SELECT
    id,
    'affected' AS side,
    0 AS place,
    JSON_VALUE(affected_object, '$.name') AS name,
    JSON_VALUE(affected_object, '$.objectType') AS object_type
  FROM confluence.audit_source
  UNION ALL
  SELECT
    s.id,
    'associated' AS side,
    place + 1 AS place,
    JSON_VALUE(item, '$.name') AS name,
    JSON_VALUE(item, '$.objectType') AS object_type
  FROM confluence.audit_source AS s
  CROSS JOIN UNNEST(JSON_QUERY_ARRAY(s.associated_objects, '$')) AS item WITH OFFSET AS place
)
SELECT
  id,
  side,
  place,
  name,
  object_type,
  CASE
    WHEN LOWER(object_type) LIKE '%group%'
    THEN 'group'
    WHEN LOWER(object_type) LIKE '%user%' OR LOWER(object_type) LIKE '%account%'
    THEN 'person'
    WHEN LOWER(object_type) LIKE '%space%'
    THEN 'space'
    WHEN LOWER(object_type) LIKE '%template%'
    THEN 'template'
    WHEN LOWER(object_type) LIKE '%page%' OR LOWER(object_type) LIKE '%blog%'
    THEN 'page'
    WHEN LOWER(object_type) LIKE '%plugin%' OR LOWER(object_type) LIKE '%app%'
    THEN 'app'
    ELSE LOWER(object_type)
  END AS kind
FROM objects
WHERE
  COALESCE(name, '') <> '' OR COALESCE(object_type, '') <> '';

-- One row a changed value. An empty text is no value: what came into being has no old one.
CREATE OR REPLACE VIEW confluence.audit_changes AS
SELECT
  s.id,
  s.cloud_id,
  s.happened,
  s.happened_ms,
  s.summary,
  place,
  JSON_VALUE(item, '$.name') AS name,
  NULLIF(JSON_VALUE(item, '$.oldValue'), '') AS old_value,
  NULLIF(JSON_VALUE(item, '$.newValue'), '') AS new_value,
  NULLIF(JSON_VALUE(item, '$.hiddenOldValue'), '') AS hidden_old_value,
  NULLIF(JSON_VALUE(item, '$.hiddenNewValue'), '') AS hidden_new_value
FROM confluence.audit_source AS s
CROSS JOIN UNNEST(JSON_QUERY_ARRAY(s.changed_values, '$')) AS item WITH OFFSET AS place;

-- The map of sql/event-map.tsv, which has the sources of each line, too.
CREATE OR REPLACE VIEW confluence.audit_event_map AS
SELECT * FROM UNNEST([STRUCT(1 AS line, 'user.created' AS action, '^users? (was |were |has been |have been )?(created|added)$' AS pattern, 'User created' AS summary, 'Users and groups' AS category, 'captured' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 3 AS severity),
  STRUCT(2 AS line, 'user.updated' AS action, '^users?( account)? (details?|profiles?) (was |were |has been |have been )?(updated|changed|edited|modified)$' AS pattern, 'User details updated' AS summary, 'Users and groups' AS category, 'captured' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 99 AS activity_id, 'Update' AS activity_name, 3 AS severity),
  STRUCT(3 AS line, 'user.deactivated' AS action, '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(deactivated|disabled|suspended)$' AS pattern, 'User deactivated' AS summary, 'Users and groups' AS category, 'captured' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 5 AS activity_id, 'Disable' AS activity_name, 4 AS severity),
  STRUCT(4 AS line, 'group.user_added' AS action, '^(users?|members?|accounts?) (was |were |has been |have been )?added to (a |an |the )?(user )?groups?$' AS pattern, 'User added to group' AS summary, 'Users and groups' AS category, 'captured' AS sure, 3006 AS class_uid, 'Group Management' AS class_name, 3 AS activity_id, 'Add User' AS activity_name, 4 AS severity),
  STRUCT(5 AS line, 'group.user_removed' AS action, '^(users?|members?|accounts?) (was |were |has been |have been )?(removed|deleted) from (a |an |the )?(user )?groups?$' AS pattern, 'User removed from group' AS summary, 'Users and groups' AS category, 'sample' AS sure, 3006 AS class_uid, 'Group Management' AS class_name, 4 AS activity_id, 'Remove User' AS activity_name, 3 AS severity),
  STRUCT(6 AS line, 'group.created' AS action, '^(user )?groups? (was |were |has been |have been )?(created|added)$' AS pattern, 'Group created' AS summary, 'Users and groups' AS category, 'captured' AS sure, 3006 AS class_uid, 'Group Management' AS class_name, 6 AS activity_id, 'Create' AS activity_name, 3 AS severity),
  STRUCT(7 AS line, 'space.created' AS action, '^(new )?(personal )?spaces? (was |were |has been |have been )?(created|added)$' AS pattern, 'Space created' AS summary, 'Spaces' AS category, 'captured' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 1 AS severity),
  STRUCT(8 AS line, 'space.updated' AS action, '^space (configuration|settings?|details?|name|description) (was |were |has been |have been )?(updated|changed|edited|modified)$' AS pattern, 'Space configuration updated' AS summary, 'Spaces' AS category, 'captured' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 2 AS severity),
  STRUCT(9 AS line, 'space.logo_changed' AS action, '^space (logo|icon|avatar) (was |were |has been |have been )?(uploaded|updated|changed|removed)$' AS pattern, 'Space logo uploaded' AS summary, 'Spaces' AS category, 'captured' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(10 AS line, 'space.permission_added' AS action, '^space permissions? (was |were |has been |have been )?(added|granted|given|assigned)$' AS pattern, 'Space permission added' AS summary, 'Permissions' AS category, 'captured' AS sure, 3005 AS class_uid, 'User Access Management' AS class_name, 1 AS activity_id, 'Assign Privileges' AS activity_name, 6 AS severity),
  STRUCT(11 AS line, 'page.archived' AS action, '^(pages?|blog ?posts?|content) (was |were |has been |have been )?archived$' AS pattern, 'Page archived' AS summary, 'Page' AS category, 'captured' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(12 AS line, 'space.permission_removed' AS action, '^space permissions? (was |were |has been |have been )?(removed|revoked|deleted|withdrawn)$' AS pattern, 'Space permission removed' AS summary, 'Permissions' AS category, 'documented' AS sure, 3005 AS class_uid, 'User Access Management' AS class_name, 2 AS activity_id, 'Revoke Privileges' AS activity_name, 4 AS severity),
  STRUCT(13 AS line, 'global.permission_added' AS action, '^global permissions? (was |were |has been |have been )?(added|granted|given|assigned)$' AS pattern, 'Global permission added' AS summary, 'Permissions' AS category, 'documented' AS sure, 3005 AS class_uid, 'User Access Management' AS class_name, 1 AS activity_id, 'Assign Privileges' AS activity_name, 9 AS severity),
  STRUCT(14 AS line, 'global.permission_removed' AS action, '^global permissions? (was |were |has been |have been )?(removed|revoked|deleted|withdrawn)$' AS pattern, 'Global permission removed' AS summary, 'Permissions' AS category, 'documented' AS sure, 3005 AS class_uid, 'User Access Management' AS class_name, 2 AS activity_id, 'Revoke Privileges' AS activity_name, 5 AS severity),
  STRUCT(15 AS line, 'content.restriction_added' AS action, '^(content|pages?|blog ?posts?) restrictions? (was |were |has been |have been )?(added|set|applied|created)$' AS pattern, 'Content restriction added' AS summary, 'Permissions' AS category, 'sample' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 3 AS severity),
  STRUCT(16 AS line, 'content.restriction_removed' AS action, '^(content|pages?|blog ?posts?) restrictions? (was |were |has been |have been )?(removed|lifted|deleted|cleared)$' AS pattern, 'Content restriction removed' AS summary, 'Permissions' AS category, 'sample' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 6 AS severity),
  STRUCT(17 AS line, 'space.archived' AS action, '^spaces? (was |were |has been |have been )?archived$' AS pattern, 'Space archived' AS summary, 'Spaces' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 3 AS severity),
  STRUCT(18 AS line, 'space.unarchived' AS action, '^spaces? (was |were |has been |have been )?(unarchived|un-archived|restored from (the )?archive)$' AS pattern, 'Space unarchived' AS summary, 'Spaces' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 3 AS severity),
  STRUCT(19 AS line, 'space.deleted' AS action, '^spaces? (was |were |has been |have been )?(permanently )?(deleted|removed|purged)$' AS pattern, 'Space deleted' AS summary, 'Spaces' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 9 AS severity),
  STRUCT(20 AS line, 'space.trashed' AS action, '^spaces? (was |were |has been |have been )?(marked as deleted|trashed|moved to (the )?trash)$' AS pattern, 'Space marked as deleted' AS summary, 'Spaces' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 8 AS severity),
  STRUCT(21 AS line, 'space.restored' AS action, '^((deleted |trashed )?spaces? (was |were |has been |have been )?restored|space (was |were |has been |have been )?restored from (the )?trash)$' AS pattern, 'Deleted space restored' AS summary, 'Spaces' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 3 AS severity),
  STRUCT(22 AS line, 'space.exported' AS action, '^(spaces? (was |were |has been |have been )?export(ed)?( .*)?|(export(ed)?|exporting) (of )?(a |the )?space.*)$' AS pattern, 'Space exported' AS summary, 'Spaces' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 7 AS activity_id, 'Export' AS activity_name, 9 AS severity),
  STRUCT(23 AS line, 'space.imported' AS action, '^(spaces? (was |were |has been |have been )?import(ed)?( .*)?|(import(ed)?|importing) (of )?(a |the )?space.*)$' AS pattern, 'Space imported' AS summary, 'Spaces' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 6 AS activity_id, 'Import' AS activity_name, 7 AS severity),
  STRUCT(24 AS line, 'space.trash_emptied' AS action, '^((space )?trash (was |were |has been |have been )?(emptied|purged|cleared)|(emptied|purged) (the )?(space )?trash.*)$' AS pattern, 'Space trash emptied' AS summary, 'Spaces' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 6 AS severity),
  STRUCT(25 AS line, 'space.key_changed' AS action, '^space key (was |were |has been |have been )?(updated|changed|modified)$' AS pattern, 'Space key updated' AS summary, 'Spaces' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 2 AS severity),
  STRUCT(26 AS line, 'space.owner_changed' AS action, '^space owner(ship)? (was |were |has been |have been )?(updated|changed|transferred|modified)$' AS pattern, 'Space owner updated' AS summary, 'Spaces' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 5 AS severity),
  STRUCT(27 AS line, 'site.exported' AS action, '^(((full )?site|confluence|instance|all spaces)( data)? (was |were |has been |have been )?export(ed)?( .*)?|.*backup.*(created|exported|downloaded|generated|requested).*)$' AS pattern, 'Site exported' AS summary, NULL AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 7 AS activity_id, 'Export' AS activity_name, 10 AS severity),
  STRUCT(28 AS line, 'site.imported' AS action, '^(((full )?site|confluence|instance|all spaces)( data)? (was |were |has been |have been )?import(ed)?( .*)?|.*backup.*(imported|restored).*)$' AS pattern, 'Site imported' AS summary, NULL AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 6 AS activity_id, 'Import' AS activity_name, 9 AS severity),
  STRUCT(29 AS line, 'user.reactivated' AS action, '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(reactivated|re-activated|activated|enabled|unsuspended)$' AS pattern, 'User reactivated' AS summary, 'Users and groups' AS category, 'documented' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 2 AS activity_id, 'Enable' AS activity_name, 5 AS severity),
  STRUCT(30 AS line, 'user.deleted' AS action, '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(deleted|removed)$' AS pattern, 'User deleted' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 6 AS activity_id, 'Delete' AS activity_name, 4 AS severity),
  STRUCT(31 AS line, 'user.renamed' AS action, '^(users?|accounts?) (was |were |has been |have been )?renamed$' AS pattern, 'User renamed' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 99 AS activity_id, 'Other' AS activity_name, 3 AS severity),
  STRUCT(32 AS line, 'user.password_reset' AS action, '^(user )?passwords? (was |were |has been |have been )?reset$' AS pattern, 'Password reset' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 4 AS activity_id, 'Password Reset' AS activity_name, 6 AS severity),
  STRUCT(33 AS line, 'group.deleted' AS action, '^(user )?groups? (was |were |has been |have been )?(deleted|removed)$' AS pattern, 'Group deleted' AS summary, 'Users and groups' AS category, 'documented' AS sure, 3006 AS class_uid, 'Group Management' AS class_name, 5 AS activity_id, 'Delete' AS activity_name, 5 AS severity),
  STRUCT(34 AS line, 'directory.created' AS action, '^user director(y|ies) (was |were |has been |have been )?(created|added)$' AS pattern, 'User directory created' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 8 AS severity),
  STRUCT(35 AS line, 'directory.updated' AS action, '^user director(y|ies) (was |were |has been |have been )?(updated|changed|modified|enabled|disabled)$' AS pattern, 'User directory updated' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 8 AS severity),
  STRUCT(36 AS line, 'directory.deleted' AS action, '^user director(y|ies) (was |were |has been |have been )?(deleted|removed)$' AS pattern, 'User directory deleted' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 8 AS severity),
  STRUCT(37 AS line, 'global.settings_changed' AS action, '^(global|general|site|security) (configurations?|settings?) (was |were |has been |have been )?(changed|updated|modified|edited)$' AS pattern, 'Global settings changed' AS summary, 'Global administration' AS category, 'documented' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 8 AS severity),
  STRUCT(38 AS line, 'site.logo_changed' AS action, '^site logo (was |were |has been |have been )?(changed|updated|uploaded|removed)$' AS pattern, 'Site logo changed' AS summary, 'Global administration' AS category, 'documented' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(39 AS line, 'site.colours_changed' AS action, '^colou?r schemes? (was |were |has been |have been )?(modified|changed|updated|reset)$' AS pattern, 'Color scheme modified' AS summary, 'Global administration' AS category, 'documented' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(40 AS line, 'site.favicon_changed' AS action, '^(site )?favicons? (was |were |has been |have been )?(uploaded|changed|updated|reset)$' AS pattern, 'Favicon uploaded' AS summary, 'Global administration' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(41 AS line, 'site.theme_changed' AS action, '^(global |site |space )?themes? (was |were |has been |have been )?(changed|updated|modified)$' AS pattern, 'Theme changed' AS summary, 'Global administration' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(42 AS line, 'site.stylesheet_added' AS action, '^(global |site |space )?style ?sheets? (was |were |has been |have been )?(added|changed|updated|modified)$' AS pattern, 'Stylesheet added' AS summary, 'Global administration' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 5 AS severity),
  STRUCT(43 AS line, 'site.stylesheet_removed' AS action, '^(global |site |space )?style ?sheets? (was |were |has been |have been )?(removed|deleted)$' AS pattern, 'Stylesheet removed' AS summary, 'Global administration' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 2 AS severity),
  STRUCT(44 AS line, 'site.decorator_changed' AS action, '^(global |site |space )?(decorators?|layouts?) (was |were |has been |have been )?(changed|updated|modified|reset)$' AS pattern, 'Decorator changed' AS summary, 'Global administration' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 5 AS severity),
  STRUCT(45 AS line, 'public_link.enabled' AS action, '^(public links?.* (enabled|created|added|activated|shared|turned on|switched on)|(enabled|created|activated) (a |the )?public links?.*)$' AS pattern, 'Public link enabled' AS summary, 'Public links' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 8 AS activity_id, 'Share' AS activity_name, 9 AS severity),
  STRUCT(46 AS line, 'public_link.disabled' AS action, '^(public links?.* (disabled|removed|deleted|revoked|deactivated|turned off|switched off)|(disabled|removed|revoked) (a |the )?public links?.*)$' AS pattern, 'Public link disabled' AS summary, 'Public links' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 3 AS severity),
  STRUCT(47 AS line, 'page.restored' AS action, '^(pages?|blog ?posts?|content) (was |were |has been |have been )?restored$' AS pattern, 'Page restored' AS summary, 'Page' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 2 AS severity),
  STRUCT(48 AS line, 'page.viewed_with_admin_key' AS action, '^.*(viewed|accessed|opened|read).* admin key.*$' AS pattern, 'Page viewed with admin key' AS summary, 'Page' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 2 AS activity_id, 'Read' AS activity_name, 8 AS severity),
  STRUCT(49 AS line, 'admin_key.used' AS action, '^(.* )?admin key.*$' AS pattern, 'Admin key used' AS summary, NULL AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 8 AS activity_id, 'Enable' AS activity_name, 9 AS severity),
  STRUCT(50 AS line, 'page.moved' AS action, '^(pages?|blog ?posts?|content) (was |were |has been |have been )?moved$' AS pattern, 'Page moved' AS summary, 'Content management' AS category, 'sample' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(51 AS line, 'template.created' AS action, '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(created|added)$' AS pattern, 'Template created' AS summary, 'Page templates' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 1 AS severity),
  STRUCT(52 AS line, 'template.updated' AS action, '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(updated|changed|modified|edited)$' AS pattern, 'Template updated' AS summary, 'Page templates' AS category, 'documented' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 1 AS severity),
  STRUCT(53 AS line, 'template.removed' AS action, '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(removed|deleted)$' AS pattern, 'Template removed' AS summary, 'Page templates' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 2 AS severity),
  STRUCT(54 AS line, 'app.installed' AS action, '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?(installed|added)$' AS pattern, 'App installed' AS summary, NULL AS category, 'documented' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 1 AS activity_id, 'Install' AS activity_name, 9 AS severity),
  STRUCT(55 AS line, 'app.removed' AS action, '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?(uninstalled|removed|deleted)$' AS pattern, 'App uninstalled' AS summary, NULL AS category, 'documented' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 2 AS activity_id, 'Remove' AS activity_name, 5 AS severity),
  STRUCT(56 AS line, 'app.enabled' AS action, '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?enabled$' AS pattern, 'App enabled' AS summary, NULL AS category, 'documented' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 6 AS activity_id, 'Enable' AS activity_name, 6 AS severity),
  STRUCT(57 AS line, 'app.disabled' AS action, '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?disabled$' AS pattern, 'App disabled' AS summary, NULL AS category, 'documented' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 7 AS activity_id, 'Disable' AS activity_name, 6 AS severity),
  STRUCT(58 AS line, 'app.module_enabled' AS action, '^(app|plugin|add-?on) modules? (was |were |has been |have been )?enabled$' AS pattern, 'App module enabled' AS summary, NULL AS category, 'borrowed' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 6 AS activity_id, 'Enable' AS activity_name, 2 AS severity),
  STRUCT(59 AS line, 'app.module_disabled' AS action, '^(app|plugin|add-?on) modules? (was |were |has been |have been )?disabled$' AS pattern, 'App module disabled' AS summary, NULL AS category, 'borrowed' AS sure, 6002 AS class_uid, 'Application Lifecycle' AS class_name, 7 AS activity_id, 'Disable' AS activity_name, 2 AS severity),
  STRUCT(60 AS line, 'audit.settings_changed' AS action, '^(audit.*(configuration|settings?|retention|coverage|level).*|.*retention (period )?(was |were |has been |have been )?(updated|changed|modified|set).*|audit ?log(ging|s)? (was |were |has been |have been )?(disabled|enabled|cleared|deleted|purged))$' AS pattern, 'Audit Log configuration updated' AS summary, NULL AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 3 AS activity_id, 'Update' AS activity_name, 10 AS severity),
  STRUCT(61 AS line, 'audit.exported' AS action, '^audit( ?logs?| records?)? (was |were |has been |have been )?export(ed)?( .*)?$' AS pattern, 'Audit log exported' AS summary, NULL AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 7 AS activity_id, 'Export' AS activity_name, 7 AS severity),
  STRUCT(62 AS line, 'login.succeeded' AS action, '^audit[.]logging[.]summary[.]login[.]success$' AS pattern, 'audit.logging.summary.login.success' AS summary, 'Authentication' AS category, 'borrowed' AS sure, 3002 AS class_uid, 'Authentication' AS class_name, 1 AS activity_id, 'Logon' AS activity_name, 1 AS severity),
  STRUCT(63 AS line, 'login.failed' AS action, '^audit[.]logging[.]summary[.]login[.]failed$' AS pattern, 'audit.logging.summary.login.failed' AS summary, 'Authentication' AS category, 'borrowed' AS sure, 3002 AS class_uid, 'Authentication' AS class_name, 1 AS activity_id, 'Logon' AS activity_name, 5 AS severity),
  STRUCT(64 AS line, 'login.ended' AS action, '^audit[.]logging[.]summary[.]user[.]logout$' AS pattern, 'audit.logging.summary.user.logout' AS summary, 'Authentication' AS category, 'borrowed' AS sure, 3002 AS class_uid, 'Authentication' AS class_name, 2 AS activity_id, 'Logoff' AS activity_name, 1 AS severity),
  STRUCT(65 AS line, 'login.elevated' AS action, '^audit[.]logging[.]summary[.]sudo[.]auth[.]successful$' AS pattern, 'audit.logging.summary.sudo.auth.successful' AS summary, 'Authentication' AS category, 'borrowed' AS sure, 3002 AS class_uid, 'Authentication' AS class_name, 1 AS activity_id, 'Logon' AS activity_name, 5 AS severity),
  STRUCT(66 AS line, 'user.password_changed' AS action, '^audit[.]logging[.]summary[.]user[.]password[.]changed$' AS pattern, 'audit.logging.summary.user.password.changed' AS summary, 'Users and groups' AS category, 'borrowed' AS sure, 3001 AS class_uid, 'Account Change' AS class_name, 3 AS activity_id, 'Password Change' AS activity_name, 5 AS severity),
  STRUCT(67 AS line, 'token.created' AS action, '^personal[.]access[.]tokens[.]audit[.]log[.]summary[.]token[.]created$' AS pattern, 'personal.access.tokens.audit.log.summary.token.created' AS summary, 'Security' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 9 AS severity),
  STRUCT(68 AS line, 'token.deleted' AS action, '^personal[.]access[.]tokens[.]audit[.]log[.]summary[.]token[.]deleted$' AS pattern, 'personal.access.tokens.audit.log.summary.token.deleted' AS summary, 'Security' AS category, 'borrowed' AS sure, 3004 AS class_uid, 'Entity Management' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 4 AS severity),
  STRUCT(69 AS line, 'page.created' AS action, '^audit[.]logging[.]summary[.]page[.]created$' AS pattern, 'audit.logging.summary.page.created' AS summary, 'Pages' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 1 AS activity_id, 'Create' AS activity_name, 1 AS severity),
  STRUCT(70 AS line, 'page.deleted' AS action, '^audit[.]logging[.]summary[.]page[.]deleted$' AS pattern, 'audit.logging.summary.page.deleted' AS summary, 'Pages' AS category, 'borrowed' AS sure, 6001 AS class_uid, 'Web Resources Activity' AS class_name, 4 AS activity_id, 'Delete' AS activity_name, 3 AS severity)]) AS m;

-- What each summary of this log means: the first row of the map whose pattern it matches.
CREATE OR REPLACE VIEW confluence.audit_meanings AS
WITH summaries AS (
  SELECT DISTINCT
    summary_key
  FROM confluence.audit_source
), ranked AS (
  SELECT
    s.summary_key,
    m.*,
    ROW_NUMBER() OVER (PARTITION BY s.summary_key ORDER BY m.line) AS nth
  FROM summaries AS s
  CROSS JOIN confluence.audit_event_map AS m
  WHERE
    REGEXP_CONTAINS(s.summary_key, m.pattern)
)
SELECT
  summary_key,
  action,
  sure,
  class_uid,
  class_name,
  activity_id,
  activity_name,
  severity
FROM ranked
WHERE
  nth = 1;

-- Who was switched on or off, and when: every change of "Active", with the person it names. A record "User
-- deactivated" names nobody; `nameless_id` is the one that belongs to the change (captured 11 to 72 ms
-- apart). Where several people are deactivated in a row, the n-th record belongs to the n-th change, and
-- where the counts differ, nobody is named: a wrong name is worse than none.
CREATE OR REPLACE VIEW confluence.audit_activations AS
WITH steps AS (
  SELECT
    c.id,
    c.cloud_id,
    c.happened,
    c.happened_ms,
    'named' AS step,
    o.name AS person,
    CASE
      WHEN LOWER(c.new_value) IN ('no', 'false', 'inactive', 'deactivated')
      THEN 0
      ELSE 1
    END AS is_active
  FROM confluence.audit_changes AS c
  INNER JOIN confluence.audit_objects AS o
    ON c.id = o.id AND o.kind = 'person'
  WHERE
    LOWER(c.name) LIKE '%active%' AND NOT c.new_value IS NULL
  UNION ALL
  SELECT
    s.id,
    s.cloud_id,
    s.happened,
    s.happened_ms,
    'nameless' AS step,
    CAST(NULL AS STRING) AS person,
    0 AS is_active
  FROM confluence.audit_source AS s
  INNER JOIN confluence.audit_meanings AS m
    ON s.summary_key = m.summary_key
  WHERE
    m.action = 'user.deactivated'
    AND COALESCE(JSON_VALUE(s.affected_object, '$.name'), '') = ''
), marked AS (
  SELECT
    *,
    CASE
      WHEN happened_ms - LAG(happened_ms) OVER (PARTITION BY cloud_id, is_active ORDER BY happened_ms, id) <= 250
      THEN 0
      ELSE 1
    END AS begins
  FROM steps
), runs AS (
  SELECT
    *,
    SUM(begins) OVER (
      PARTITION BY cloud_id, is_active
      ORDER BY happened_ms, id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS run
  FROM marked
), numbered AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY cloud_id, is_active, run, step ORDER BY happened_ms, id) AS nth,
    COUNT(*) OVER (PARTITION BY cloud_id, is_active, run, step) AS steps_in_run
  FROM runs
)
SELECT
  a.id,
  a.cloud_id,
  a.happened,
  a.happened_ms,
  a.person,
  a.is_active,
  b.id AS nameless_id
FROM numbered AS a
LEFT JOIN numbered AS b
  ON a.cloud_id = b.cloud_id
  AND a.is_active = b.is_active
  AND a.run = b.run
  AND a.nth = b.nth
  AND a.steps_in_run = b.steps_in_run
  AND b.step = 'nameless'
WHERE
  a.step = 'named';

-- One row an event: who did what to whom and where. Names and values stand on one line (runs of white
-- space become a blank), people without Confluence's " (Deactivated)" or " (Unlicensed)". `severity` is
-- 0 to 10; `sure` says how sure the meaning is, and is empty, as `action` is, for what the map does not know.
CREATE OR REPLACE VIEW confluence.audit_events AS
WITH ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY id, kind ORDER BY place) AS nth
  FROM confluence.audit_objects
), named AS (
  SELECT
    id,
    MAX(CASE WHEN place = 0 THEN object_type END) AS object_type,
    MAX(CASE WHEN place = 0 THEN REGEXP_REPLACE(name, '[[:space:]]+', ' ') END) AS object_name,
    MAX(
      CASE
        WHEN kind = 'person' AND nth = 1
        THEN REGEXP_REPLACE(name, '[[:space:]]+', ' ')
      END
    ) AS person,
    MAX(
      CASE
        WHEN kind = 'group' AND nth = 1
        THEN REGEXP_REPLACE(name, '[[:space:]]+', ' ')
      END
    ) AS group_name,
    MAX(
      CASE
        WHEN kind = 'space' AND nth = 1
        THEN REGEXP_REPLACE(name, '[[:space:]]+', ' ')
      END
    ) AS space,
    MAX(
      CASE
        WHEN kind = 'page' AND nth = 1
        THEN REGEXP_REPLACE(name, '[[:space:]]+', ' ')
      END
    ) AS page
  FROM ranked
  GROUP BY
    id
), changed AS (
  SELECT
    id,
    COUNT(*) AS changes,
    MAX(REGEXP_REPLACE(name, '[[:space:]]+', ' ')) AS change_name,
    MAX(REGEXP_REPLACE(old_value, '[[:space:]]+', ' ')) AS old_value,
    MAX(REGEXP_REPLACE(new_value, '[[:space:]]+', ' ')) AS new_value,
    MAX(
      CASE
        WHEN LOWER(name) = 'user'
        THEN REGEXP_REPLACE(COALESCE(new_value, old_value), '[[:space:]]+', ' ')
      END
    ) AS person,
    MAX(
      CASE
        WHEN LOWER(name) = 'group'
        THEN REGEXP_REPLACE(COALESCE(new_value, old_value), '[[:space:]]+', ' ')
      END
    ) AS group_name,
    MAX(
      CASE
        WHEN LOWER(name) IN ('type', 'permission')
        THEN REGEXP_REPLACE(COALESCE(new_value, old_value), '[[:space:]]+', ' ')
      END
    ) AS permission,
    MAX(
      CASE
        WHEN LOWER(name) IN ('space', 'space key', 'key')
        THEN REGEXP_REPLACE(COALESCE(new_value, old_value), '[[:space:]]+', ' ')
      END
    ) AS space_key
  FROM confluence.audit_changes
  GROUP BY
    id
), joined AS (
  SELECT
    s.*,
    m.action,
    m.sure,
    m.class_uid,
    m.class_name,
    m.activity_id,
    m.activity_name,
    COALESCE(m.severity, 3) AS base_severity,
    n.object_type,
    n.object_name,
    COALESCE(n.person, c.person, REGEXP_REPLACE(d.person, '[[:space:]]+', ' ')) AS raw_person,
    COALESCE(n.group_name, c.group_name) AS raw_group,
    n.space,
    n.page,
    c.space_key,
    c.permission,
    COALESCE(c.changes, 0) AS changes,
    CASE WHEN c.changes = 1 THEN c.change_name END AS change_name,
    CASE WHEN c.changes = 1 THEN c.old_value END AS old_value,
    CASE WHEN c.changes = 1 THEN c.new_value END AS new_value,
    JSON_VALUE(s.author, '$.accountId') AS actor_id,
    REGEXP_REPLACE(JSON_VALUE(s.author, '$.displayName'), '[[:space:]]+', ' ') AS raw_actor,
    COALESCE(JSON_VALUE(s.author, '$.isGuest'), 'false') = 'true'
    OR COALESCE(JSON_VALUE(s.author, '$.isExternalCollaborator'), 'false') = 'true'
    OR COALESCE(JSON_VALUE(s.author, '$.externalCollaborator'), 'false') = 'true' AS is_guest
  FROM confluence.audit_source AS s
  LEFT JOIN confluence.audit_meanings AS m
    ON s.summary_key = m.summary_key
  LEFT JOIN named AS n
    ON s.id = n.id
  LEFT JOIN changed AS c
    ON s.id = c.id
  LEFT JOIN confluence.audit_activations AS d
    ON s.id = d.nameless_id
), cleaned AS (
  SELECT
    *,
    CASE
      WHEN LOWER(raw_actor) LIKE '% (deactivated)'
      THEN SUBSTRING(raw_actor, 1, LENGTH(raw_actor) - 14)
      WHEN LOWER(raw_actor) LIKE '% (unlicensed)'
      THEN SUBSTRING(raw_actor, 1, LENGTH(raw_actor) - 13)
      ELSE raw_actor
    END AS actor,
    CASE
      WHEN LOWER(raw_person) LIKE '% (deactivated)'
      THEN SUBSTRING(raw_person, 1, LENGTH(raw_person) - 14)
      WHEN LOWER(raw_person) LIKE '% (unlicensed)'
      THEN SUBSTRING(raw_person, 1, LENGTH(raw_person) - 13)
      ELSE raw_person
    END AS person,
    REGEXP_CONTAINS(
      LOWER(raw_group),
      '^.*:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    ) AS has_group_id
  FROM joined
), parted AS (
  SELECT
    *,
    CASE
      WHEN has_group_id
      THEN SUBSTRING(raw_group, 1, LENGTH(raw_group) - 37)
      ELSE raw_group
    END AS group_name,
    CASE WHEN has_group_id THEN SUBSTRING(raw_group, LENGTH(raw_group) - 35, 36) END AS group_id
  FROM cleaned
), judged AS (
  SELECT
    *,
    COALESCE(
      REGEXP_CONTAINS(LOWER(group_name), '^(.*[^a-z])?(sys|super)?admin[a-z]*([^a-z].*)?$'),
      FALSE
    ) AS group_administers,
    COALESCE(REGEXP_CONTAINS(LOWER(permission), '^.*(setspacepermissions|admin).*$'), FALSE) AS permission_administers
  FROM parted
)
SELECT
  id,
  cloud_id,
  happened,
  happened_ms,
  read_ms,
  actor_id,
  actor,
  CASE
    WHEN NOT actor_id IS NULL AND is_guest
    THEN 'guest'
    WHEN NOT actor_id IS NULL
    THEN 'person'
    WHEN LOWER(actor) = 'system'
    THEN 'system'
    ELSE 'unknown'
  END AS actor_kind,
  NULLIF(address, '') AS address,
  category,
  summary,
  summary_key,
  action,
  sure,
  CASE
    WHEN action = 'group.user_added' AND group_administers
    THEN 9
    WHEN action = 'space.permission_added' AND permission_administers
    THEN 9
    ELSE base_severity
  END AS severity,
  NULLIF(object_type, '') AS object_type,
  NULLIF(object_name, '') AS object_name,
  person,
  group_name,
  group_id,
  group_administers,
  space,
  space_key,
  page,
  permission,
  permission_administers,
  changes,
  change_name,
  old_value,
  new_value,
  description,
  sys_admin,
  class_uid,
  class_name,
  activity_id,
  activity_name
FROM judged;

-- One row an event of OCSF 1.8 (https://schema.ocsf.io/1.8.0): the numbers and names to filter by, and `event`,
-- the whole event as JSON, with the record in `raw_data`. What the map does not know is a Web Resources
-- Activity of the activity Other.
CREATE OR REPLACE VIEW confluence.audit_ocsf AS
WITH classed AS (
  SELECT
    e.*,
    CASE
      WHEN class_uid = 3005 AND person IS NULL AND NOT group_name IS NULL
      THEN 3006
      ELSE COALESCE(class_uid, 6001)
    END AS ocsf_class,
    COALESCE(activity_id, 99) AS ocsf_activity,
    COALESCE(activity_name, 'Other') AS ocsf_activity_name,
    CASE
      WHEN class_uid = 3005 AND person IS NULL AND NOT group_name IS NULL
      THEN 'Group Management'
      ELSE COALESCE(class_name, 'Web Resources Activity')
    END AS ocsf_class_name,
    CASE
      WHEN severity >= 10
      THEN 5
      WHEN severity >= 7
      THEN 4
      WHEN severity >= 4
      THEN 3
      WHEN severity >= 2
      THEN 2
      ELSE 1
    END AS severity_id,
    CASE WHEN action = 'login.failed' THEN 2 ELSE 1 END AS status_id,
    CASE
      WHEN actor_kind = 'system'
      THEN 3
      WHEN actor_kind IN ('person', 'guest')
      THEN 1
      ELSE 0
    END AS actor_type_id,
    COALESCE(object_name, page, space, person, group_name) AS resource_name,
    REGEXP_CONTAINS(
      LOWER(address),
      '^(([0-9]{1,3}[.]){3}[0-9]{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})$'
    ) AS is_ip
  FROM confluence.audit_events AS e
), told AS (
  SELECT
    *,
    ocsf_class * 100 + ocsf_activity AS type_uid,
    CASE WHEN ocsf_class < 6000 THEN 3 ELSE 6 END AS category_uid,
    CASE
      WHEN ocsf_class < 6000
      THEN 'Identity & Access Management'
      ELSE 'Application Activity'
    END AS category_name,
    CASE severity_id
      WHEN 5
      THEN 'Critical'
      WHEN 4
      THEN 'High'
      WHEN 3
      THEN 'Medium'
      WHEN 2
      THEN 'Low'
      ELSE 'Informational'
    END AS severity_name,
    CASE WHEN status_id = 2 THEN 'Failure' ELSE 'Success' END AS status_name,
    CASE actor_type_id WHEN 3 THEN 'System' WHEN 1 THEN 'User' ELSE 'Unknown' END AS actor_type,
    CASE
      WHEN ocsf_class = 3002
      THEN COALESCE(person, actor, 'Unknown')
      WHEN ocsf_class IN (3001, 3005)
      THEN COALESCE(person, 'Unknown')
      WHEN ocsf_class = 3006
      THEN person
    END AS user_name,
    CASE WHEN ocsf_class = 3006 THEN COALESCE(group_name, 'Unknown') END AS ocsf_group
  FROM classed
)
SELECT
  t.id,
  t.cloud_id,
  t.happened,
  t.happened_ms,
  t.ocsf_class AS class_uid,
  t.ocsf_class_name AS class_name,
  t.category_uid,
  t.category_name,
  t.ocsf_activity AS activity_id,
  t.ocsf_activity_name AS activity_name,
  t.type_uid,
  t.severity_id,
  t.severity_name AS severity,
  t.status_id,
  t.actor_id AS actor_uid,
  t.actor AS actor_name,
  t.user_name,
  t.ocsf_group AS group_name,
  t.resource_name,
  t.address AS src_address,
  JSON_STRIP_NULLS(
    JSON_OBJECT(
      'activity_id', t.ocsf_activity,
      'activity_name', t.ocsf_activity_name,
      'category_uid', t.category_uid,
      'category_name', t.category_name,
      'class_uid', t.ocsf_class,
      'class_name', t.ocsf_class_name,
      'type_uid', t.type_uid,
      'type_name', t.ocsf_class_name || ': ' || t.ocsf_activity_name,
      'time', t.happened_ms,
      'severity_id', t.severity_id,
      'severity', t.severity_name,
      'status_id', t.status_id,
      'status', t.status_name,
      'message', t.summary,
      'metadata', JSON_STRIP_NULLS(
        JSON_OBJECT(
          'version', '1.8.0',
          'profiles', JSON_ARRAY('host'),
          'product', JSON_STRIP_NULLS(JSON_OBJECT('name', 'Confluence Cloud', 'vendor_name', 'Atlassian')),
          'uid', t.id,
          'tenant_uid', t.cloud_id,
          'log_name', 'audit',
          'event_code', t.summary_key
        )
      ),
      'actor', JSON_STRIP_NULLS(
        JSON_OBJECT(
          'user', JSON_STRIP_NULLS(
            JSON_OBJECT(
              'uid', t.actor_id,
              'name', COALESCE(t.actor, 'Unknown'),
              'type_id', t.actor_type_id,
              'type', t.actor_type
            )
          )
        )
      ),
      'src_endpoint', CASE
        WHEN NOT t.address IS NULL AND t.ocsf_class <> 6002
        THEN JSON_STRIP_NULLS(
          JSON_OBJECT(
            'ip', CASE WHEN t.is_ip THEN t.address END,
            'name', CASE WHEN NOT t.is_ip THEN t.address END
          )
        )
      END,
      'user', CASE
        WHEN NOT t.user_name IS NULL
        THEN JSON_STRIP_NULLS(JSON_OBJECT('name', t.user_name))
      END,
      'group', CASE
        WHEN NOT t.ocsf_group IS NULL
        THEN JSON_STRIP_NULLS(JSON_OBJECT('name', t.ocsf_group, 'uid', t.group_id))
      END,
      'privileges', CASE
        WHEN t.ocsf_class = 3005 OR (
          t.ocsf_class = 3006 AND NOT t.permission IS NULL
        )
        THEN JSON_ARRAY(COALESCE(t.permission, 'Unknown'))
      END,
      'resource', CASE
        WHEN t.ocsf_class IN (3005, 3006) AND NOT t.space IS NULL
        THEN JSON_STRIP_NULLS(JSON_OBJECT('name', t.space, 'uid', t.space_key, 'type', 'Space'))
      END,
      'entity', CASE
        WHEN t.ocsf_class = 3004
        THEN JSON_STRIP_NULLS(
          JSON_OBJECT(
            'name', COALESCE(t.resource_name, 'Confluence Cloud'),
            'uid', CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
            'type', COALESCE(t.object_type, 'Site')
          )
        )
      END,
      'service', CASE
        WHEN t.ocsf_class = 3002
        THEN JSON_STRIP_NULLS(JSON_OBJECT('name', 'Confluence Cloud'))
      END,
      'app', CASE
        WHEN t.ocsf_class = 6002
        THEN JSON_STRIP_NULLS(JSON_OBJECT('name', COALESCE(t.resource_name, 'Unknown')))
      END,
      'web_resources', CASE
        WHEN t.ocsf_class = 6001
        THEN JSON_ARRAY(
          JSON_STRIP_NULLS(
            JSON_OBJECT(
              'name', COALESCE(t.resource_name, 'Confluence Cloud'),
              'uid', CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
              'type', COALESCE(t.object_type, 'Site')
            )
          )
        )
      END,
      'unmapped', JSON_STRIP_NULLS(
        JSON_OBJECT(
          'category', t.category,
          'space', t.space,
          'space_key', t.space_key,
          'address', t.address,
          'sys_admin', t.sys_admin
        )
      ),
      'raw_data', TO_JSON_STRING(
        JSON_OBJECT(
          'author', s.author,
          'remoteAddress', s.address,
          'creationDate', s.happened_ms,
          'summary', s.summary,
          'description', s.description,
          'category', s.category,
          'sysAdmin', s.sys_admin,
          'superAdmin', s.super_admin,
          'affectedObject', s.affected_object,
          'changedValues', s.changed_values,
          'associatedObjects', s.associated_objects
        )
      )
    )
  ) AS event
FROM told AS t
INNER JOIN confluence.audit_source AS s
  ON t.id = s.id;

-- What the map does not know, the most frequent first: summaries that match none of its patterns, and
-- categories that it never names. An empty answer means that this log holds nothing but known events.
CREATE OR REPLACE VIEW confluence.audit_unmapped AS
WITH events AS (
  SELECT
    *
  FROM confluence.audit_events
), unknown AS (
  SELECT
    'summary' AS what,
    COALESCE(summary, '') AS words,
    COALESCE(category, '') AS category,
    object_type,
    happened,
    id
  FROM events
  WHERE
    action IS NULL
  UNION ALL
  SELECT
    'category' AS what,
    COALESCE(category, '') AS words,
    COALESCE(category, '') AS category,
    object_type,
    happened,
    id
  FROM events
  WHERE
    NOT LOWER(TRIM(COALESCE(category, ''))) IN (
      SELECT
        LOWER(category)
      FROM confluence.audit_event_map
      WHERE
        NOT category IS NULL
    )
)
SELECT
  what,
  words,
  category,
  COUNT(*) AS events,
  MIN(happened) AS first_seen,
  MAX(happened) AS last_seen,
  MAX(object_type) AS an_object_type,
  MAX(id) AS an_id
FROM unknown
GROUP BY
  what,
  words,
  category
ORDER BY
  events DESC,
  what,
  words,
  category;
