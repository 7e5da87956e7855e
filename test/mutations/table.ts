import {describeCatcher} from './fault';
import {FAULTS} from './faults';

/** The table of all faults, as it stands in the documentation. */
export function faultTable(): string {
  const rows = FAULTS.map(
    ({name, file, caughtBy}) => `| ${name} | \`src/${file}\` | ${describeCatcher(caughtBy)} |`,
  );
  return ['| What is made wrong | In | Found by |', '|---|---|---|', ...rows].join('\n');
}
