import type {AuditRecord, ChangedValue} from './audit-record';
import type {Random} from './random';
import type {Site} from './site';

/** What an event says besides who did it, when and from where. */
export type Happening = Pick<
  AuditRecord,
  'summary' | 'category' | 'affectedObject' | 'changedValues' | 'associatedObjects'
>;

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

const SETTINGS: [string, ...string[]] = [
  'External user management',
  'Site title',
  'Session timeout',
  'Public links',
  'Default space for new users',
  'Attachment size limit',
];

type Make = (site: Site, random: Random) => Happening;

/** A membership that an identity provider's sync sets. */
export const groupMembership: Make = (site, random) =>
  happening(
    'Users and groups',
    random.chance(0.8) ? 'User added to group' : 'User removed from group',
    [random.pick(site.userNames), 'User'],
    [],
    [[random.pick(site.groups), 'Group']],
  );

/** Any event of everyday administration, the frequent ones more often. */
export const everydayEvent: Make = (site, random) => random.pick(EVERYDAY)(site, random);

const spacePermission: Make = (site, random) => {
  const {key, name} = random.pick(site.spaces);
  const added = random.chance(0.6);
  const permission = random.pick(SPACE_PERMISSIONS);
  const group = random.pick(site.groups);
  const changes = [set('Type', permission, added), set('Space', key, added)];
  const summary = added ? 'Space permission added' : 'Space permission removed';
  return happening('Permissions', summary, [name, 'Space'], changes, [[group, 'Group']]);
};

const globalPermission: Make = (site, random) =>
  happening(
    'Permissions',
    'Global permission added',
    ['', 'Global'],
    [changed('Type', '', random.pick(['ADMINISTRATECONFLUENCE', 'USECONFLUENCE', 'CREATESPACE']))],
    [[random.pick(site.groups), 'Group']],
  );

const contentRestriction: Make = (site, random) => {
  const added = random.chance(0.7);
  const page = random.pick(site.pages);
  const who = random.chance(0.5) ? random.pick(site.userNames) : random.pick(site.groups);
  const summary = added ? 'Content restriction added' : 'Content restriction removed';
  const type = random.pick(['View', 'Edit']);
  const changes = [set('Restriction', type, added), set('User/Group', who, added)];
  return happening('Permissions', summary, [page, 'Page'], changes, [
    [random.pick(site.spaces).name, 'Space'],
  ]);
};

const spaceLife: Make = (site, random) => {
  const {key, name} = random.pick(site.spaces);
  const summary = random.pick([
    'Space created',
    'Space archived',
    'Space deleted',
    'Space configuration updated',
    'Space logo uploaded',
    'Space trash emptied',
    'Space exported',
  ]);
  const changes = [changed('Name', '', name), changed('Key', '', key)];
  return happening('Spaces', summary, [name, 'Space'], summary === 'Space created' ? changes : []);
};

const publicLink: Make = (site, random) => {
  const enabled = random.chance(0.6);
  const [before, after] = enabled ? ['Off', 'On'] : ['On', 'Off'];
  const summary = enabled ? 'Public link enabled' : 'Public link disabled';
  const changes = [changed('Public link', before, after)];
  return happening('Page', summary, [random.pick(site.pages), 'Page'], changes, [
    [random.pick(site.spaces).name, 'Space'],
  ]);
};

const pageLife: Make = (site, random) =>
  happening(
    'Page',
    random.pick(['Page archived', 'Page restored', 'Page viewed with admin key']),
    [random.pick(site.pages), 'Page'],
    [],
    [[random.pick(site.spaces).name, 'Space']],
  );

const siteSetting: Make = (_site, random) =>
  happening(
    'Global administration',
    'Global settings updated',
    ['', ''],
    [changed(random.pick(SETTINGS), String(random.integer(1, 50)), String(random.integer(51, 99)))],
  );

const adminKey: Make = () =>
  happening(
    'Global administration',
    'Admin key enabled',
    ['', ''],
    [changed('Admin key', 'Disabled', 'Enabled')],
  );

// The affected object is empty in the captured record of this kind.
const userDeactivated: Make = () => happening('Users and groups', 'User deactivated', ['', '']);

const groupCreated: Make = (site, random) =>
  happening('Users and groups', 'Group created', [random.pick(site.groups), 'Group']);

const EVERYDAY: [Make, ...Make[]] = [
  groupMembership,
  groupMembership,
  groupMembership,
  groupMembership,
  spacePermission,
  spacePermission,
  contentRestriction,
  contentRestriction,
  spaceLife,
  spaceLife,
  spaceLife,
  publicLink,
  pageLife,
  pageLife,
  globalPermission,
  siteSetting,
  adminKey,
  userDeactivated,
  userDeactivated,
  groupCreated,
];

function happening(
  category: string,
  summary: string,
  [name, objectType]: [string, string],
  changedValues: ChangedValue[] = [],
  associated: [name: string, objectType: string][] = [],
): Happening {
  const associatedObjects = associated.map(([other, type]) => ({name: other, objectType: type}));
  return {summary, category, affectedObject: {name, objectType}, changedValues, associatedObjects};
}

/** A value that came into being, or went. */
function set(name: string, value: string, added: boolean): ChangedValue {
  return added ? changed(name, '', value) : changed(name, value, '');
}

function changed(name: string, oldValue: string, newValue: string): ChangedValue {
  return {name, oldValue, newValue, hiddenOldValue: '', hiddenNewValue: ''};
}
