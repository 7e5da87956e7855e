import type {AuditAuthor} from './audit-record';
import type {Random} from './random';

/** Someone who does things, and where from. */
export interface Person {
  author: AuditAuthor;
  addresses: [string, ...string[]];
}

const NAMES: [string, ...string[]] = [
  'Alice Martin',
  'Jürgen Groß',
  'Zoë O’Brien',
  '山田 太郎',
  'Ana "Nita" Souza',
  'Łukasz Żak',
  'Olga Petrova 🚀',
  'Robert \\ Bob \\ Smith',
  'Renée\nDupont',
  '김민지',
  'Σοφία Παπαδοπούλου',
  'محمد علي',
  'Priya Raghunathan',
  'Bjørn Ødegård',
  'Đặng Thị Hương',
  'Sam <it@acme> & Co.',
];

/** Confluence itself: no user name, no key and no account id, but an address (captured). */
export const SYSTEM: Person = {
  author: {
    type: 'user',
    displayName: 'System',
    operations: null,
    isExternalCollaborator: false,
    accountType: '',
    publicName: 'Unknown user',
    externalCollaborator: false,
  },
  addresses: ['198.51.100.7', '198.51.100.8', ''],
};

/** A site's people; half a dozen of them carry a name that is hard to get right. */
export function people(random: Random, count: number): [Person, ...Person[]] {
  const make = (n: number): Person => person(random, NAMES[n] ?? `${random.pick(NAMES)} ${n}`);
  return [make(0), ...Array.from({length: count - 1}, (_, n) => make(n + 1))];
}

function person(random: Random, displayName: string): Person {
  const accountId = random.chance(0.2) ? `712020:${random.uuid()}` : `5${random.hex(23)}`;
  const isGuest = random.chance(0.05);
  return {
    author: {
      type: 'user',
      displayName,
      operations: null,
      isExternalCollaborator: isGuest,
      username: accountId,
      userKey: random.chance(0.5) ? random.hex(32) : accountId,
      accountId,
      accountType: '',
      // "Will always contain a value", says the documentation; in captures it is always this one.
      publicName: 'Unknown user',
      externalCollaborator: isGuest,
      // Documented since 2025, and in no captured record.
      ...(isGuest && {isGuest}),
    },
    addresses: [ipv4(random), random.chance(0.3) ? ipv6(random) : ipv4(random), ''],
  };
}

function ipv4(random: Random): string {
  return [203, 0, random.integer(1, 254), random.integer(1, 254)].join('.');
}

function ipv6(random: Random): string {
  return `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.hex(3)}`;
}
