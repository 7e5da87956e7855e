import type {SandboxOptions} from './options';
import {type FailureName, playFailure} from './play-failure';
import type {Wishes} from './wishes';

/** The options of a sandbox that behaves as the person at the command line wishes. */
export function optionsFor(wishes: Wishes): Omit<SandboxOptions, 'log'> {
  const {next, exclusive, date} = wishes;
  return {
    port: wishes.port,
    delayMs: wishes.delayMs,
    pageCap: wishes.pageCap,
    pageCut: wishes.pageCut,
    capNotice: wishes.capNotice,
    nextLink: next === 'honest' || next === 'never' ? next === 'honest' : next,
    size: wishes.size,
    order: wishes.order,
    tieOrder: wishes.tieOrder,
    startInclusive: exclusive === 'none' || exclusive === 'end',
    endInclusive: exclusive === 'none' || exclusive === 'start',
    boundsUnit: wishes.boundsUnit,
    boundsRounding: wishes.boundsRounding,
    filteredRows: wishes.filteredRows,
    mostStart: wishes.mostStart,
    replicaLagMs: wishes.replicaLagMs,
    dateHeader: date !== 'absent',
    dateSkew: date === 'once' ? 'once' : 'always',
    dateSkewMs: wishes.dateSkewMs,
    intercept: wishes.fail === 'none' ? undefined : failing(wishes.fail, wishes),
  };
}

function failing(name: FailureName, {failAfter, failTimes}: Wishes): SandboxOptions['intercept'] {
  return playFailure(name, Date.now, {after: failAfter, times: failTimes});
}
