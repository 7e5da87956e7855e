import {liesOf} from './behaviour';
import {type Chain, type Outcome, runChain} from './chain';
import {TROUBLES} from './simplify';

/** However a world lies, a sync costs at most so many times what it costs in the honest one, exact or failed. */
const MOST_TIMES_THE_REQUESTS = 10;

/** Runs a chain, and where nothing else than lies troubles it also its honest twin, to compare what they cost. */
export async function judgeChain(chain: Chain): Promise<Outcome> {
  const outcome = await runChain(chain);
  const isPlain = chain.steps.every(
    ({faults, crashAfter}) => faults.length === 0 && crashAfter === undefined,
  );
  if (liesOf(chain.behaviour).length === 0 || !isPlain) {
    return outcome;
  }
  const honest = await runChain(TROUBLES['lies']!(chain));
  const times = outcome.requests / honest.requests;
  if (times <= MOST_TIMES_THE_REQUESTS) {
    return outcome;
  }
  const what = `${outcome.requests}, and ${honest.requests} in the honest world`;
  return {...outcome, violations: [...outcome.violations, {wrong: 'requests', what}]};
}
