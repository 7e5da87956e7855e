import {
  groupCreated,
  type MakePair,
  pageArchived,
  spaceCreated,
  spaceLogoUploaded,
  spacePermissionAdded,
  userAddedToGroup,
  userCreated,
  userDeactivated,
} from './captured-happenings';
import {guessed, userRemovedFromGroup} from './guessed-happenings';
import type {Make} from './happening';

/** The share of a log's events whose shape nobody has ever seen in a real one. */
const GUESSED = 0.08;

/** A membership that an identity provider's sync sets. */
export const groupMembership: Make = (site, random) =>
  (random.chance(GUESSED) ? userRemovedFromGroup : userAddedToGroup)(site, random);

/** Any event of everyday administration that comes alone, the frequent ones more often. */
export const everydayEvent: Make = (site, random) =>
  (random.chance(GUESSED) ? guessed : random.pick(EVERYDAY))(site, random);

/** Any event that does not come alone. */
export const eventPair: MakePair = (site, random) =>
  random.pick([userDeactivated, spaceCreated])(site, random);

const EVERYDAY: [Make, ...Make[]] = [
  userAddedToGroup,
  userAddedToGroup,
  userAddedToGroup,
  userAddedToGroup,
  userAddedToGroup,
  userCreated,
  userCreated,
  groupCreated,
  spacePermissionAdded,
  spacePermissionAdded,
  spacePermissionAdded,
  spacePermissionAdded,
  pageArchived,
  pageArchived,
  pageArchived,
  spaceLogoUploaded,
  spaceLogoUploaded,
];
