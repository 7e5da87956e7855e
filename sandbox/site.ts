import type {Person} from './people';
import type {Random} from './random';

/** The things of a site that events are about. */
export interface Site {
  userNames: [string, ...string[]];
  /** As `name:uuid`, which is how captured records name them. */
  groups: [string, ...string[]];
  adminGroups: [string, ...string[]];
  spaces: [Space, ...Space[]];
  pages: [string, ...string[]];
}

export interface Space {
  key: string;
  name: string;
}

/** A site of these people, with names that are hard to get right among its things. */
export function siteOf(random: Random, everybody: [Person, ...Person[]]): Site {
  const [first, ...rest] = everybody.map(({author}) => author.displayName);
  const group = (name: string): string => `${name}:${random.uuid()}`;
  return {
    userNames: [first ?? '', ...rest],
    groups: [
      group('confluence-users'),
      group('jira-software-users'),
      group('Équipe juridique'),
      group('idp-engineering'),
      group('idp-überall'),
      group('Detect & Response / Approvals'),
    ],
    adminGroups: [group('site-admins'), group('acme-admins')],
    spaces: [
      {key: 'ENG', name: 'Engineering'},
      {key: 'HR', name: 'People & "Culture"'},
      {key: 'JP', name: '日本支社'},
      {key: 'MUC', name: 'Büro München'},
      {key: '~712020abc', name: 'Alice Martin'},
      {key: 'OPS', name: 'Ops \\ On-call 📟'},
    ],
    pages: [
      'Runbook: restore the database',
      'Q3 Zahlen – vertraulich',
      '設計メモ',
      'Salary bands "draft"',
      'Meeting notes\twith a tab',
      'Roadmap 🗺️',
    ],
  };
}
