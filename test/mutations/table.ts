import {describeCatcher} from './fault';
import {FAULTS} from './faults';

/** How many faults there are, and the table of them, as it stands in the documentation. */
export function faultTable(): string {
  const rows = FAULTS.map(
    ({name, file, caughtBy}) => `| ${name} | \`src/${file}\` | ${describeCatcher(caughtBy)} |`,
  );
  const head = ['| What is made wrong | In | Found by |', '|---|---|---|'];
  return [`${FAULTS.length} faults:`, '', ...head, ...rows].join('\n');
}
