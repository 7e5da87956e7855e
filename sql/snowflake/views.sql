-- The destination's table by names of ours, each record once (a table in append mode may hold one twice
-- after a crash; the first time it was read counts).
CREATE OR REPLACE VIEW audit_source AS
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
    DATE_PART(EPOCH_MILLISECOND, _airbyte_extracted_at) AS read_ms,
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
  FROM audit_records
) AS _t
WHERE
  _row_number = 1;

-- One row an object of an event, affected or associated, and what kind of thing it is. Confluence puts
-- the person now on one side and now on the other, so that whoever looks for a person asks for the kind.
CREATE OR REPLACE VIEW audit_objects AS
WITH objects AS (
  SELECT
    id,
    'affected' AS side,
    0 AS place,
    CAST(GET(affected_object, 'name') AS VARCHAR) AS name,
    CAST(GET(affected_object, 'objectType') AS VARCHAR) AS object_type
  FROM audit_source
  UNION ALL
  SELECT
    s.id,
    'associated' AS side,
    place + 1 AS place,
    CAST(GET(item, 'name') AS VARCHAR) AS name,
    CAST(GET(item, 'objectType') AS VARCHAR) AS object_type
  FROM audit_source AS s
  CROSS JOIN LATERAL FLATTEN(INPUT => s.associated_objects) AS o(seq, key, path, place, item, this)
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
CREATE OR REPLACE VIEW audit_changes AS
SELECT
  s.id,
  s.cloud_id,
  s.happened,
  s.happened_ms,
  s.summary,
  place,
  CAST(GET(item, 'name') AS VARCHAR) AS name,
  NULLIF(CAST(GET(item, 'oldValue') AS VARCHAR), '') AS old_value,
  NULLIF(CAST(GET(item, 'newValue') AS VARCHAR), '') AS new_value,
  NULLIF(CAST(GET(item, 'hiddenOldValue') AS VARCHAR), '') AS hidden_old_value,
  NULLIF(CAST(GET(item, 'hiddenNewValue') AS VARCHAR), '') AS hidden_new_value
FROM audit_source AS s
CROSS JOIN LATERAL FLATTEN(INPUT => s.changed_values) AS o(seq, key, path, place, item, this);

-- The map of sql/event-map.tsv, which has the sources of each line, too.
CREATE OR REPLACE VIEW audit_event_map AS
SELECT * FROM (VALUES (1, 'user.created', '^users? (was |were |has been |have been )?(created|added)$', 'User created', 'Users and groups', 'captured', 3001, 'Account Change', 1, 'Create', 3),
  (2, 'user.updated', '^users?( account)? (details?|profiles?) (was |were |has been |have been )?(updated|changed|edited|modified)$', 'User details updated', 'Users and groups', 'captured', 3001, 'Account Change', 99, 'Update', 3),
  (3, 'user.deactivated', '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(deactivated|disabled|suspended)$', 'User deactivated', 'Users and groups', 'captured', 3001, 'Account Change', 5, 'Disable', 4),
  (4, 'group.user_added', '^(users?|members?|accounts?) (was |were |has been |have been )?added to (a |an |the )?(user )?groups?$', 'User added to group', 'Users and groups', 'captured', 3006, 'Group Management', 3, 'Add User', 4),
  (5, 'group.user_removed', '^(users?|members?|accounts?) (was |were |has been |have been )?(removed|deleted) from (a |an |the )?(user )?groups?$', 'User removed from group', 'Users and groups', 'sample', 3006, 'Group Management', 4, 'Remove User', 3),
  (6, 'group.created', '^(user )?groups? (was |were |has been |have been )?(created|added)$', 'Group created', 'Users and groups', 'captured', 3006, 'Group Management', 6, 'Create', 3),
  (7, 'space.created', '^(new )?(personal )?spaces? (was |were |has been |have been )?(created|added)$', 'Space created', 'Spaces', 'captured', 6001, 'Web Resources Activity', 1, 'Create', 1),
  (8, 'space.updated', '^space (configuration|settings?|details?|name|description) (was |were |has been |have been )?(updated|changed|edited|modified)$', 'Space configuration updated', 'Spaces', 'captured', 6001, 'Web Resources Activity', 3, 'Update', 2),
  (9, 'space.logo_changed', '^space (logo|icon|avatar) (was |were |has been |have been )?(uploaded|updated|changed|removed)$', 'Space logo uploaded', 'Spaces', 'captured', 6001, 'Web Resources Activity', 3, 'Update', 1),
  (10, 'space.permission_added', '^space permissions? (was |were |has been |have been )?(added|granted|given|assigned)$', 'Space permission added', 'Permissions', 'captured', 3005, 'User Access Management', 1, 'Assign Privileges', 6),
  (11, 'page.archived', '^(pages?|blog ?posts?|content) (was |were |has been |have been )?archived$', 'Page archived', 'Page', 'captured', 6001, 'Web Resources Activity', 3, 'Update', 1),
  (12, 'space.permission_removed', '^space permissions? (was |were |has been |have been )?(removed|revoked|deleted|withdrawn)$', 'Space permission removed', 'Permissions', 'documented', 3005, 'User Access Management', 2, 'Revoke Privileges', 4),
  (13, 'global.permission_added', '^global permissions? (was |were |has been |have been )?(added|granted|given|assigned)$', 'Global permission added', 'Permissions', 'documented', 3005, 'User Access Management', 1, 'Assign Privileges', 9),
  (14, 'global.permission_removed', '^global permissions? (was |were |has been |have been )?(removed|revoked|deleted|withdrawn)$', 'Global permission removed', 'Permissions', 'documented', 3005, 'User Access Management', 2, 'Revoke Privileges', 5),
  (15, 'content.restriction_added', '^(content|pages?|blog ?posts?) restrictions? (was |were |has been |have been )?(added|set|applied|created)$', 'Content restriction added', 'Permissions', 'sample', 6001, 'Web Resources Activity', 3, 'Update', 3),
  (16, 'content.restriction_removed', '^(content|pages?|blog ?posts?) restrictions? (was |were |has been |have been )?(removed|lifted|deleted|cleared)$', 'Content restriction removed', 'Permissions', 'sample', 6001, 'Web Resources Activity', 3, 'Update', 6),
  (17, 'space.archived', '^spaces? (was |were |has been |have been )?archived$', 'Space archived', 'Spaces', 'documented', 6001, 'Web Resources Activity', 3, 'Update', 3),
  (18, 'space.unarchived', '^spaces? (was |were |has been |have been )?(unarchived|un-archived|restored from (the )?archive)$', 'Space unarchived', 'Spaces', 'borrowed', 6001, 'Web Resources Activity', 3, 'Update', 3),
  (19, 'space.deleted', '^spaces? (was |were |has been |have been )?(permanently )?(deleted|removed|purged)$', 'Space deleted', 'Spaces', 'documented', 6001, 'Web Resources Activity', 4, 'Delete', 9),
  (20, 'space.trashed', '^spaces? (was |were |has been |have been )?(marked as deleted|trashed|moved to (the )?trash)$', 'Space marked as deleted', 'Spaces', 'borrowed', 6001, 'Web Resources Activity', 4, 'Delete', 8),
  (21, 'space.restored', '^((deleted |trashed )?spaces? (was |were |has been |have been )?restored|space (was |were |has been |have been )?restored from (the )?trash)$', 'Deleted space restored', 'Spaces', 'borrowed', 6001, 'Web Resources Activity', 1, 'Create', 3),
  (22, 'space.exported', '^(spaces? (was |were |has been |have been )?export(ed)?( .*)?|(export(ed)?|exporting) (of )?(a |the )?space.*)$', 'Space exported', 'Spaces', 'documented', 6001, 'Web Resources Activity', 7, 'Export', 9),
  (23, 'space.imported', '^(spaces? (was |were |has been |have been )?import(ed)?( .*)?|(import(ed)?|importing) (of )?(a |the )?space.*)$', 'Space imported', 'Spaces', 'documented', 6001, 'Web Resources Activity', 6, 'Import', 7),
  (24, 'space.trash_emptied', '^((space )?trash (was |were |has been |have been )?(emptied|purged|cleared)|(emptied|purged) (the )?(space )?trash.*)$', 'Space trash emptied', 'Spaces', 'documented', 6001, 'Web Resources Activity', 4, 'Delete', 6),
  (25, 'space.key_changed', '^space key (was |were |has been |have been )?(updated|changed|modified)$', 'Space key updated', 'Spaces', 'borrowed', 6001, 'Web Resources Activity', 3, 'Update', 2),
  (26, 'space.owner_changed', '^space owner(ship)? (was |were |has been |have been )?(updated|changed|transferred|modified)$', 'Space owner updated', 'Spaces', 'borrowed', 6001, 'Web Resources Activity', 3, 'Update', 5),
  (27, 'site.exported', '^(((full )?site|confluence|instance|all spaces)( data)? (was |were |has been |have been )?export(ed)?( .*)?|.*backup.*(created|exported|downloaded|generated|requested).*)$', 'Site exported', NULL, 'borrowed', 6001, 'Web Resources Activity', 7, 'Export', 10),
  (28, 'site.imported', '^(((full )?site|confluence|instance|all spaces)( data)? (was |were |has been |have been )?import(ed)?( .*)?|.*backup.*(imported|restored).*)$', 'Site imported', NULL, 'borrowed', 6001, 'Web Resources Activity', 6, 'Import', 9),
  (29, 'user.reactivated', '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(reactivated|re-activated|activated|enabled|unsuspended)$', 'User reactivated', 'Users and groups', 'documented', 3001, 'Account Change', 2, 'Enable', 5),
  (30, 'user.deleted', '^(users?|accounts?|user accounts?) (was |were |has been |have been )?(deleted|removed)$', 'User deleted', 'Users and groups', 'borrowed', 3001, 'Account Change', 6, 'Delete', 4),
  (31, 'user.renamed', '^(users?|accounts?) (was |were |has been |have been )?renamed$', 'User renamed', 'Users and groups', 'borrowed', 3001, 'Account Change', 99, 'Other', 3),
  (32, 'user.password_reset', '^(user )?passwords? (was |were |has been |have been )?reset$', 'Password reset', 'Users and groups', 'borrowed', 3001, 'Account Change', 4, 'Password Reset', 6),
  (33, 'group.deleted', '^(user )?groups? (was |were |has been |have been )?(deleted|removed)$', 'Group deleted', 'Users and groups', 'documented', 3006, 'Group Management', 5, 'Delete', 5),
  (34, 'directory.created', '^user director(y|ies) (was |were |has been |have been )?(created|added)$', 'User directory created', 'Users and groups', 'borrowed', 3004, 'Entity Management', 1, 'Create', 8),
  (35, 'directory.updated', '^user director(y|ies) (was |were |has been |have been )?(updated|changed|modified|enabled|disabled)$', 'User directory updated', 'Users and groups', 'borrowed', 3004, 'Entity Management', 3, 'Update', 8),
  (36, 'directory.deleted', '^user director(y|ies) (was |were |has been |have been )?(deleted|removed)$', 'User directory deleted', 'Users and groups', 'borrowed', 3004, 'Entity Management', 4, 'Delete', 8),
  (37, 'global.settings_changed', '^(global|general|site|security) (configurations?|settings?) (was |were |has been |have been )?(changed|updated|modified|edited)$', 'Global settings changed', 'Global administration', 'documented', 3004, 'Entity Management', 3, 'Update', 8),
  (38, 'site.logo_changed', '^site logo (was |were |has been |have been )?(changed|updated|uploaded|removed)$', 'Site logo changed', 'Global administration', 'documented', 3004, 'Entity Management', 3, 'Update', 1),
  (39, 'site.colours_changed', '^colou?r schemes? (was |were |has been |have been )?(modified|changed|updated|reset)$', 'Color scheme modified', 'Global administration', 'documented', 3004, 'Entity Management', 3, 'Update', 1),
  (40, 'site.favicon_changed', '^(site )?favicons? (was |were |has been |have been )?(uploaded|changed|updated|reset)$', 'Favicon uploaded', 'Global administration', 'borrowed', 3004, 'Entity Management', 3, 'Update', 1),
  (41, 'site.theme_changed', '^(global |site |space )?themes? (was |were |has been |have been )?(changed|updated|modified)$', 'Theme changed', 'Global administration', 'borrowed', 3004, 'Entity Management', 3, 'Update', 1),
  (42, 'site.stylesheet_added', '^(global |site |space )?style ?sheets? (was |were |has been |have been )?(added|changed|updated|modified)$', 'Stylesheet added', 'Global administration', 'borrowed', 3004, 'Entity Management', 3, 'Update', 5),
  (43, 'site.stylesheet_removed', '^(global |site |space )?style ?sheets? (was |were |has been |have been )?(removed|deleted)$', 'Stylesheet removed', 'Global administration', 'borrowed', 3004, 'Entity Management', 3, 'Update', 2),
  (44, 'site.decorator_changed', '^(global |site |space )?(decorators?|layouts?) (was |were |has been |have been )?(changed|updated|modified|reset)$', 'Decorator changed', 'Global administration', 'borrowed', 3004, 'Entity Management', 3, 'Update', 5),
  (45, 'public_link.enabled', '^(public links?.* (enabled|created|added|activated|shared|turned on|switched on)|(enabled|created|activated) (a |the )?public links?.*)$', 'Public link enabled', 'Public links', 'documented', 6001, 'Web Resources Activity', 8, 'Share', 9),
  (46, 'public_link.disabled', '^(public links?.* (disabled|removed|deleted|revoked|deactivated|turned off|switched off)|(disabled|removed|revoked) (a |the )?public links?.*)$', 'Public link disabled', 'Public links', 'documented', 6001, 'Web Resources Activity', 3, 'Update', 3),
  (47, 'page.restored', '^(pages?|blog ?posts?|content) (was |were |has been |have been )?restored$', 'Page restored', 'Page', 'documented', 6001, 'Web Resources Activity', 3, 'Update', 2),
  (48, 'page.viewed_with_admin_key', '^.*(viewed|accessed|opened|read).* admin key.*$', 'Page viewed with admin key', 'Page', 'documented', 6001, 'Web Resources Activity', 2, 'Read', 8),
  (49, 'admin_key.used', '^(.* )?admin key.*$', 'Admin key used', NULL, 'borrowed', 3004, 'Entity Management', 8, 'Enable', 9),
  (50, 'page.moved', '^(pages?|blog ?posts?|content) (was |were |has been |have been )?moved$', 'Page moved', 'Content management', 'sample', 6001, 'Web Resources Activity', 3, 'Update', 1),
  (51, 'template.created', '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(created|added)$', 'Template created', 'Page templates', 'documented', 6001, 'Web Resources Activity', 1, 'Create', 1),
  (52, 'template.updated', '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(updated|changed|modified|edited)$', 'Template updated', 'Page templates', 'documented', 6001, 'Web Resources Activity', 3, 'Update', 1),
  (53, 'template.removed', '^(page )?(templates?|blueprints?) (was |were |has been |have been )?(removed|deleted)$', 'Template removed', 'Page templates', 'borrowed', 6001, 'Web Resources Activity', 4, 'Delete', 2),
  (54, 'app.installed', '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?(installed|added)$', 'App installed', NULL, 'documented', 6002, 'Application Lifecycle', 1, 'Install', 9),
  (55, 'app.removed', '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?(uninstalled|removed|deleted)$', 'App uninstalled', NULL, 'documented', 6002, 'Application Lifecycle', 2, 'Remove', 5),
  (56, 'app.enabled', '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?enabled$', 'App enabled', NULL, 'documented', 6002, 'Application Lifecycle', 6, 'Enable', 6),
  (57, 'app.disabled', '^(marketplace )?(apps?|plugins?|add-?ons?|integrations?) (was |were |has been |have been )?disabled$', 'App disabled', NULL, 'documented', 6002, 'Application Lifecycle', 7, 'Disable', 6),
  (58, 'app.module_enabled', '^(app|plugin|add-?on) modules? (was |were |has been |have been )?enabled$', 'App module enabled', NULL, 'borrowed', 6002, 'Application Lifecycle', 6, 'Enable', 2),
  (59, 'app.module_disabled', '^(app|plugin|add-?on) modules? (was |were |has been |have been )?disabled$', 'App module disabled', NULL, 'borrowed', 6002, 'Application Lifecycle', 7, 'Disable', 2),
  (60, 'audit.settings_changed', '^(audit.*(configuration|settings?|retention|coverage|level).*|.*retention (period )?(was |were |has been |have been )?(updated|changed|modified|set).*|audit ?log(ging|s)? (was |were |has been |have been )?(disabled|enabled|cleared|deleted|purged))$', 'Audit Log configuration updated', NULL, 'borrowed', 3004, 'Entity Management', 3, 'Update', 10),
  (61, 'audit.exported', '^audit( ?logs?| records?)? (was |were |has been |have been )?export(ed)?( .*)?$', 'Audit log exported', NULL, 'borrowed', 6001, 'Web Resources Activity', 7, 'Export', 7),
  (62, 'login.succeeded', '^audit[.]logging[.]summary[.]login[.]success$', 'audit.logging.summary.login.success', 'Authentication', 'borrowed', 3002, 'Authentication', 1, 'Logon', 1),
  (63, 'login.failed', '^audit[.]logging[.]summary[.]login[.]failed$', 'audit.logging.summary.login.failed', 'Authentication', 'borrowed', 3002, 'Authentication', 1, 'Logon', 5),
  (64, 'login.ended', '^audit[.]logging[.]summary[.]user[.]logout$', 'audit.logging.summary.user.logout', 'Authentication', 'borrowed', 3002, 'Authentication', 2, 'Logoff', 1),
  (65, 'login.elevated', '^audit[.]logging[.]summary[.]sudo[.]auth[.]successful$', 'audit.logging.summary.sudo.auth.successful', 'Authentication', 'borrowed', 3002, 'Authentication', 1, 'Logon', 5),
  (66, 'user.password_changed', '^audit[.]logging[.]summary[.]user[.]password[.]changed$', 'audit.logging.summary.user.password.changed', 'Users and groups', 'borrowed', 3001, 'Account Change', 3, 'Password Change', 5),
  (67, 'token.created', '^personal[.]access[.]tokens[.]audit[.]log[.]summary[.]token[.]created$', 'personal.access.tokens.audit.log.summary.token.created', 'Security', 'borrowed', 3004, 'Entity Management', 1, 'Create', 9),
  (68, 'token.deleted', '^personal[.]access[.]tokens[.]audit[.]log[.]summary[.]token[.]deleted$', 'personal.access.tokens.audit.log.summary.token.deleted', 'Security', 'borrowed', 3004, 'Entity Management', 4, 'Delete', 4),
  (69, 'page.created', '^audit[.]logging[.]summary[.]page[.]created$', 'audit.logging.summary.page.created', 'Pages', 'borrowed', 6001, 'Web Resources Activity', 1, 'Create', 1),
  (70, 'page.deleted', '^audit[.]logging[.]summary[.]page[.]deleted$', 'audit.logging.summary.page.deleted', 'Pages', 'borrowed', 6001, 'Web Resources Activity', 4, 'Delete', 3)) AS m(line, action, pattern, summary, category, sure, class_uid, class_name, activity_id, activity_name, severity);

-- What each summary of this log means: the first row of the map whose pattern it matches.
CREATE OR REPLACE VIEW audit_meanings AS
WITH summaries AS (
  SELECT DISTINCT
    summary_key
  FROM audit_source
), ranked AS (
  SELECT
    s.summary_key,
    m.*,
    ROW_NUMBER() OVER (PARTITION BY s.summary_key ORDER BY m.line) AS nth
  FROM summaries AS s
  CROSS JOIN audit_event_map AS m
  WHERE
    REGEXP_LIKE(s.summary_key, m.pattern)
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
CREATE OR REPLACE VIEW audit_activations AS
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
  FROM audit_changes AS c
  INNER JOIN audit_objects AS o
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
    CAST(NULL AS VARCHAR) AS person,
    0 AS is_active
  FROM audit_source AS s
  INNER JOIN audit_meanings AS m
    ON s.summary_key = m.summary_key
  WHERE
    m.action = 'user.deactivated'
    AND COALESCE(CAST(GET(s.affected_object, 'name') AS VARCHAR), '') = ''
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
CREATE OR REPLACE VIEW audit_events AS
WITH ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY id, kind ORDER BY place) AS nth
  FROM audit_objects
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
  FROM audit_changes
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
    CAST(GET(s.author, 'accountId') AS VARCHAR) AS actor_id,
    REGEXP_REPLACE(CAST(GET(s.author, 'displayName') AS VARCHAR), '[[:space:]]+', ' ') AS raw_actor,
    COALESCE(CAST(GET(s.author, 'isGuest') AS VARCHAR), 'false') = 'true'
    OR COALESCE(CAST(GET(s.author, 'isExternalCollaborator') AS VARCHAR), 'false') = 'true'
    OR COALESCE(CAST(GET(s.author, 'externalCollaborator') AS VARCHAR), 'false') = 'true' AS is_guest
  FROM audit_source AS s
  LEFT JOIN audit_meanings AS m
    ON s.summary_key = m.summary_key
  LEFT JOIN named AS n
    ON s.id = n.id
  LEFT JOIN changed AS c
    ON s.id = c.id
  LEFT JOIN audit_activations AS d
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
    REGEXP_LIKE(
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
      REGEXP_LIKE(LOWER(group_name), '^(.*[^a-z])?(sys|super)?admin[a-z]*([^a-z].*)?$'),
      FALSE
    ) AS group_administers,
    COALESCE(REGEXP_LIKE(LOWER(permission), '^.*(setspacepermissions|admin).*$'), FALSE) AS permission_administers
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
CREATE OR REPLACE VIEW audit_ocsf AS
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
    REGEXP_LIKE(
      LOWER(address),
      '^(([0-9]{1,3}[.]){3}[0-9]{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})$'
    ) AS is_ip
  FROM audit_events AS e
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
  OBJECT_CONSTRUCT(
    'activity_id',
    t.ocsf_activity,
    'activity_name',
    t.ocsf_activity_name,
    'category_uid',
    t.category_uid,
    'category_name',
    t.category_name,
    'class_uid',
    t.ocsf_class,
    'class_name',
    t.ocsf_class_name,
    'type_uid',
    t.type_uid,
    'type_name',
    t.ocsf_class_name || ': ' || t.ocsf_activity_name,
    'time',
    t.happened_ms,
    'severity_id',
    t.severity_id,
    'severity',
    t.severity_name,
    'status_id',
    t.status_id,
    'status',
    t.status_name,
    'message',
    t.summary,
    'metadata',
    OBJECT_CONSTRUCT(
      'version',
      '1.8.0',
      'profiles',
      ['host'],
      'product',
      OBJECT_CONSTRUCT('name', 'Confluence Cloud', 'vendor_name', 'Atlassian'),
      'uid',
      t.id,
      'tenant_uid',
      t.cloud_id,
      'log_name',
      'audit',
      'event_code',
      t.summary_key
    ),
    'actor',
    OBJECT_CONSTRUCT(
      'user',
      OBJECT_CONSTRUCT(
        'uid',
        t.actor_id,
        'name',
        COALESCE(t.actor, 'Unknown'),
        'type_id',
        t.actor_type_id,
        'type',
        t.actor_type
      )
    ),
    'src_endpoint',
    CASE
      WHEN NOT t.address IS NULL AND t.ocsf_class <> 6002
      THEN OBJECT_CONSTRUCT(
        'ip',
        CASE WHEN t.is_ip THEN t.address END,
        'name',
        CASE WHEN NOT t.is_ip THEN t.address END
      )
    END,
    'user',
    CASE WHEN NOT t.user_name IS NULL THEN OBJECT_CONSTRUCT('name', t.user_name) END,
    'group',
    CASE
      WHEN NOT t.ocsf_group IS NULL
      THEN OBJECT_CONSTRUCT('name', t.ocsf_group, 'uid', t.group_id)
    END,
    'privileges',
    CASE
      WHEN t.ocsf_class = 3005 OR (
        t.ocsf_class = 3006 AND NOT t.permission IS NULL
      )
      THEN [COALESCE(t.permission, 'Unknown')]
    END,
    'resource',
    CASE
      WHEN t.ocsf_class IN (3005, 3006) AND NOT t.space IS NULL
      THEN OBJECT_CONSTRUCT('name', t.space, 'uid', t.space_key, 'type', 'Space')
    END,
    'entity',
    CASE
      WHEN t.ocsf_class = 3004
      THEN OBJECT_CONSTRUCT(
        'name',
        COALESCE(t.resource_name, 'Confluence Cloud'),
        'uid',
        CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
        'type',
        COALESCE(t.object_type, 'Site')
      )
    END,
    'service',
    CASE WHEN t.ocsf_class = 3002 THEN OBJECT_CONSTRUCT('name', 'Confluence Cloud') END,
    'app',
    CASE
      WHEN t.ocsf_class = 6002
      THEN OBJECT_CONSTRUCT('name', COALESCE(t.resource_name, 'Unknown'))
    END,
    'web_resources',
    CASE
      WHEN t.ocsf_class = 6001
      THEN [
        OBJECT_CONSTRUCT(
          'name',
          COALESCE(t.resource_name, 'Confluence Cloud'),
          'uid',
          CASE WHEN t.resource_name IS NULL THEN t.cloud_id END,
          'type',
          COALESCE(t.object_type, 'Site')
        )
      ]
    END,
    'unmapped',
    OBJECT_CONSTRUCT(
      'category',
      t.category,
      'space',
      t.space,
      'space_key',
      t.space_key,
      'address',
      t.address,
      'sys_admin',
      t.sys_admin
    ),
    'raw_data',
    TO_JSON(
      OBJECT_CONSTRUCT_KEEP_NULL(
        'author', CAST(s.author AS VARIANT),
        'remoteAddress', s.address,
        'creationDate', s.happened_ms,
        'summary', s.summary,
        'description', s.description,
        'category', s.category,
        'sysAdmin', s.sys_admin,
        'superAdmin', s.super_admin,
        'affectedObject', CAST(s.affected_object AS VARIANT),
        'changedValues', CAST(s.changed_values AS VARIANT),
        'associatedObjects', CAST(s.associated_objects AS VARIANT)
      )
    )
  ) AS event
FROM told AS t
INNER JOIN audit_source AS s
  ON t.id = s.id;

-- What the map does not know, the most frequent first: summaries that match none of its patterns, and
-- categories that it never names. An empty answer means that this log holds nothing but known events.
CREATE OR REPLACE VIEW audit_unmapped AS
WITH events AS (
  SELECT
    *
  FROM audit_events
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
      FROM audit_event_map
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
  events DESC NULLS LAST,
  what,
  words,
  category;
