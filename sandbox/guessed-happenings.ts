import {changed, happening, type Make, NOTHING, type Thing} from './happening';

/**
 * Kinds of events of which no real record of Confluence Cloud is public. That they exist is
 * documented (support.atlassian.com/confluence-cloud/docs/view-the-audit-log), but for those under
 * RULES. Nobody outside Atlassian can tell whether a real log has these words, sides and values.
 */

const PEOPLE = 'Users and groups';

/** From a sample that its author edited in 2025: the words may be real. */
export const userRemovedFromGroup: Make = (site, random) =>
  happening(
    'System',
    PEOPLE,
    'User removed from group',
    [random.pick(site.groups), 'Group'],
    [],
    [[random.pick(site.userNames), 'User']],
  );

/** From the same sample, in which the grantee is mostly the affected one. */
const contentRestriction: Make = (site, random) => {
  const isAdded = random.chance(0.7);
  const grantee = random.pick(site.userNames);
  const values = (name: string, value: string) =>
    isAdded ? changed(name, '', value) : changed(name, value, '');
  return happening(
    'person',
    'Permissions',
    isAdded ? 'Content restriction added' : 'Content restriction removed',
    [grantee, 'User'],
    [values('Type', random.pick(['View', 'Edit'])), values('User', grantee)],
    [
      [random.pick(site.pages), 'Page'],
      [random.pick(site.spaces).name, 'Space'],
    ],
  );
};

/** Documented without words of their own; shaped after the captured "Space permission added". */
const permission: Make = (site, random) => {
  const grantee: Thing = random.chance(0.5)
    ? [random.pick(site.userNames), 'User']
    : [random.pick(site.groups), 'Group'];
  const {key, name} = random.pick(site.spaces);
  const value = changed(grantee[1], grantee[0], '');
  return random.pick([
    happening(
      'person',
      'Permissions',
      'Space permission removed',
      grantee,
      [changed('Type', 'EDITSPACE', ''), changed('Space', key, ''), value],
      [[name, 'Space']],
    ),
    happening('person', 'Permissions', 'Global permission added', grantee, [
      changed('Type', '', random.pick(['ADMINISTRATECONFLUENCE', 'USECONFLUENCE', 'CREATESPACE'])),
    ]),
  ]);
};

const spaceEnd: Make = (site, random) => {
  const summary = random.pick([
    'Space archived',
    'Space deleted',
    'Space exported',
    'Space trash emptied',
  ]);
  return happening('person', 'Spaces', summary, [random.pick(site.spaces).name, 'Space']);
};

const pageSeen: Make = (site, random) =>
  happening(
    'person',
    'Page',
    random.pick(['Page restored', 'Page viewed with admin key']),
    [random.pick(site.pages), 'Page'],
    [],
    [[random.pick(site.spaces).name, 'Space']],
  );

/** Words and category are ours: the documentation has only the heading "Public links". */
const publicLink: Make = (site, random) =>
  happening(
    'person',
    'Page',
    random.pick(['Public link enabled', 'Public link disabled']),
    [random.pick(site.pages), 'Page'],
    [],
    [[random.pick(site.spaces).name, 'Space']],
  );

/** The category is a heading of the documentation, the value's name ours. */
const globalSettings: Make = (_site, random) =>
  happening('person', 'Global administration', 'Global settings changed', NOTHING, [
    changed(random.pick(['External user management', 'Session timeout']), '1', '2'),
  ]);

/** RULES: what alerting rules of Datadog and of wazuh-confluence look for; the words are ours. */
const ruled: Make = (_site, random) =>
  happening(
    'person',
    'Global administration',
    random.pick(['Admin key enabled', 'Site exported', 'Audit log exported']),
    NOTHING,
  );

/** Any of them, as rarely as one may guess. */
export const guessed: Make = (site, random) => random.pick(GUESSES)(site, random);

const GUESSES: [Make, ...Make[]] = [
  contentRestriction,
  contentRestriction,
  permission,
  permission,
  spaceEnd,
  spaceEnd,
  pageSeen,
  publicLink,
  globalSettings,
  ruled,
];
