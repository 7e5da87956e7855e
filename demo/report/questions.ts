import type {AuditEvent, Change} from './audit-event';

/** A question that someone who watches over a site asks of its log. */
export interface Question {
  id: string;
  title: string;
  /** What an event must be to answer it, in a sentence. */
  finds: string;
  /** How sure it is that Confluence writes the words that are looked for, as SURE explains. */
  sure: string;
  isAnsweredBy(event: AuditEvent): boolean;
}

const GIVES = /\b(?:add|grant|creat|enabl|activat|assign|allow|turned on)/i;
const ADMIN = /admin/i;
const ANYBODY = /\banonymous\b|\bpublic access\b/i;
const GUESTS = /\bguests?\b|\bexternal\b/i;

/** What the words mean that say how sure a question is. */
export const SURE =
  'How sure the words are: captured, in a real record; sample, in a published one that was edited; documented, Atlassian says that it is logged, but not in which words; borrowed, from Data Center and other collectors. Patterns look for what was not captured.';

/** The questions, the gravest first. An event can answer several. */
export const QUESTIONS: readonly Question[] = [
  {
    id: 'administrators',
    title: 'New administrators',
    finds:
      'Somebody joins a group with "admin" in its name, or is given a right to administer the site or a space.',
    sure: 'captured; for the site documented',
    isAnsweredBy: ({summary, users, groups, changes}) =>
      GIVES.test(summary) &&
      ((/\bto group\b/i.test(summary) &&
        users.length > 0 &&
        groups.some((name) => ADMIN.test(name))) ||
        (/permission/i.test(summary) && changes.some(isAdministration))),
  },
  {
    id: 'outside',
    title: 'Opened to the outside',
    finds:
      'Anonymous or public access is given, a public link is made, a restriction is lifted, or somebody joins a group of guests.',
    sure: 'sample; access and public links documented',
    isAnsweredBy: (event) =>
      /restriction (?:was )?(?:removed|lifted|deleted)/i.test(event.summary) ||
      (GIVES.test(event.summary) &&
        (/public link/i.test(event.summary) ||
          (/\bto group\b/i.test(event.summary) && event.groups.some((name) => GUESTS.test(name))) ||
          (/permission|access/i.test(event.summary) && isForAnybody(event)))),
  },
  {
    id: 'exports',
    title: 'Exports',
    finds: 'A space, the site or the audit log itself is exported.',
    sure: 'documented; site and audit log borrowed',
    isAnsweredBy: ({summary}) => /\bexport/i.test(summary) && !/permission/i.test(summary),
  },
  {
    id: 'admin-key',
    title: 'Admin key',
    finds: 'An administrator looks past the restrictions of pages.',
    sure: 'documented; the key itself borrowed',
    isAnsweredBy: ({summary, changes}) =>
      /admin key/i.test(summary) || changes.some(({name}) => /admin key/i.test(name)),
  },
  {
    id: 'site',
    title: 'Audit log, settings and apps',
    finds: 'The audit log, a user directory, global settings or apps are changed.',
    sure: 'settings and apps documented, the others borrowed',
    isAnsweredBy: ({summary}) =>
      /audit log (?:config|setting|retention)|retention|user director|global setting|\bapp (?:un)?install|\bapp (?:en|dis)abled/i.test(
        summary,
      ),
  },
];

/** The place of each question that an event answers, as bits: 1, 2, 4 … */
export function answersOf(event: AuditEvent): number {
  return QUESTIONS.reduce(
    (bits, question, index) => (question.isAnsweredBy(event) ? bits | (1 << index) : bits),
    0,
  );
}

/** Whether a record is about who may do what. */
export function isPermissionChange({category, summary}: AuditEvent): boolean {
  return /^permissions?$/i.test(category) || /permission|restriction/i.test(summary);
}

/** `SETSPACEPERMISSIONS` is captured; `ADMINISTRATECONFLUENCE` and the like are Data Center's. */
function isAdministration({name, to}: Change): boolean {
  return /^(?:type|permission)/i.test(name) && /^SETSPACEPERMISSIONS$|ADMIN/i.test(to);
}

function isForAnybody({users, groups, places, changes}: AuditEvent): boolean {
  const given = changes.filter(({to}) => to !== '').flatMap(({name, to}) => [name, to]);
  return [...users, ...groups, ...places, ...given].some((text) => ANYBODY.test(text));
}
