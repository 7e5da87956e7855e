import {Failure} from '../errors';

/** That answers about the log around `atMs` (epoch ms) cannot all be true. */
export function contradiction(atMs: number, detail: string): Failure {
  const date = new Date(atMs);
  const around = Number.isNaN(date.getTime()) ? '' : ` around ${date.toISOString()}`;
  return new Failure(
    'unexpected',
    `Confluence's answers about the audit log${around} contradict each other, and go on doing so when asked again: what is there cannot be told. Try again; if that goes on, report it to Atlassian support.`,
    {detail},
  );
}
