import {changed, type Happening, happening, type Make, NOTHING} from './happening';
import type {Random} from './random';
import type {Space} from './site';

/**
 * The ten kinds of events of which a real record of Confluence Cloud is public: words, sides and
 * changed values as captured (test_files/captured/ names each source and holds them to it).
 */

const PEOPLE = 'Users and groups';

/** SETSPACEPERMISSIONS is captured; the others are Confluence's names for space permissions. */
const SPACE_PERMISSIONS: [string, ...string[]] = [
  'VIEWSPACE',
  'EDITSPACE',
  'SETSPACEPERMISSIONS',
  'EXPORTSPACE',
  'REMOVEPAGE',
  'COMMENT',
  'CREATEATTACHMENT',
  'SETPAGEPERMISSIONS',
];

/** The group is affected, the user associated. */
export const userAddedToGroup: Make = (site, random) =>
  happening(
    'System',
    PEOPLE,
    'User added to group',
    [random.pick(random.chance(0.03) ? site.adminGroups : site.groups), 'Group'],
    [],
    [[random.pick(site.userNames), 'User']],
  );

export const groupCreated: Make = (site, random) =>
  happening('System', PEOPLE, 'Group created', [random.pick(site.groups), 'Group']);

export const userCreated: Make = (site, random) => {
  const name = random.pick(site.userNames);
  const changes = [changed('Display name', '', name), changed('Email', '', '')];
  changes.push(changed('Active', '', 'Yes'));
  return happening('System', PEOPLE, 'User created', [name, 'User'], changes);
};

/** The grantee is affected, the space associated, and its key among the changed values. */
export const spacePermissionAdded: Make = (site, random) => {
  const {key, name} = random.pick(site.spaces);
  const grantee = random.pick(site.userNames);
  const changes = [changed('Type', '', random.pick(SPACE_PERMISSIONS)), changed('Space', '', key)];
  changes.push(changed('User', '', grantee));
  const summary = 'Space permission added';
  const space = [name, 'Space'] as const;
  return happening('person', 'Permissions', summary, [grantee, 'User'], changes, [space]);
};

/** The page is affected and associated, too. */
export const pageArchived: Make = (site, random) => {
  const page = [random.pick(site.pages), 'Page'] as const;
  const space = [random.pick(site.spaces).name, 'Space'] as const;
  const changes = [changed('Content status', 'current', 'archived')];
  return happening('person', 'Page', 'Page archived', page, changes, [page, space]);
};

export const spaceLogoUploaded: Make = (site, random) =>
  happening('person', 'Spaces', 'Space logo uploaded', [random.pick(site.spaces).name, 'Space']);

/** An event and what Confluence records in the same breath. */
export type MakePair = (...of: Parameters<Make>) => readonly [first: Happening, sequel: Happening];

/** The first of the two names nobody: whom it hit stands in the second. */
export const userDeactivated: MakePair = (site, random) => {
  const suffix = random.pick(['Deactivated', 'Unlicensed']);
  const user = [`${random.pick(site.userNames)} (${suffix})`, 'User'] as const;
  return [
    happening('System', PEOPLE, 'User deactivated', NOTHING),
    happening('System', PEOPLE, 'User details updated', user, [changed('Active', 'Yes', 'No')]),
  ];
};

/** Both say the same, each value as a new one. */
export const spaceCreated: MakePair = (site, random) => {
  const space = random.pick(site.spaces);
  const changes = valuesOf(space, random);
  const affected = [space.name, 'Space'] as const;
  return [
    happening('person', 'Spaces', 'Space created', affected, changes),
    happening('person', 'Spaces', 'Space configuration updated', affected, changes),
  ];
};

function valuesOf({key, name}: Space, random: Random): Happening['changedValues'] {
  const values = [
    changed('Space type', '', 'global'),
    changed('Space status', '', 'CURRENT'),
    changed('Name', '', name),
    changed('Space key', '', key),
  ];
  const homePage = `page: ${random.integer(100_000_000, 999_999_999)} v.1`;
  return random.chance(0.5) ? values : [...values, changed('Home page', '', homePage)];
}
