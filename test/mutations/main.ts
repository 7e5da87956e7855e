import {readFileSync, writeFileSync} from 'node:fs';

import {withSection} from '../../benchmark/page-section';
import {describeCatcher, type Fault} from './fault';
import {FAULTS} from './faults';
import {faultTable} from './table';
import {Workshop} from './workshop';

const PAGE = 'docs/how-it-is-tested.md';

/** Tries every fault, or those in whose names all words of the command line stand; `--table` writes the table instead. */
async function main(wanted: readonly string[]): Promise<void> {
  if (wanted[0] === '--table') {
    writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), 'faults', faultTable()));
    return;
  }
  const faults = FAULTS.filter(({name}) => wanted.every((word) => name.includes(word)));
  const workshop = new Workshop(process.cwd());
  const startedMs = Date.now();
  let missed = 0;
  try {
    const cries = await workshop.tryNone(faults.map(({caughtBy}) => caughtBy));
    cries.forEach((cry) => console.log(`cries where there is no fault: ${cry}`));
    missed += cries.length;
    for (const fault of faults) {
      missed += (await isMissed(workshop, fault)) ? 1 : 0;
    }
  } finally {
    workshop.close();
  }
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  console.log(`${faults.length} faults in ${seconds} s`);
  console.log(`${faults.length - missed} caught, ${missed} missed`);
  process.exitCode = missed === 0 && faults.length > 0 ? 0 : 1;
}

async function isMissed(workshop: Workshop, fault: Fault): Promise<boolean> {
  const startedMs = Date.now();
  const {isCaught, output} = await workshop.tryFault(fault);
  const how = isCaught ? 'caught' : 'MISSED';
  console.log(`${how} in ${Date.now() - startedMs} ms: ${fault.name}`);
  if (!isCaught) {
    console.log(`by ${describeCatcher(fault.caughtBy)}\n${output}`);
  }
  return !isCaught;
}

void main(process.argv.slice(2));
