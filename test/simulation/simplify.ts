import {HONEST, liesOf} from './behaviour';
import type {Chain, Outcome, Step} from './chain';
import {excusedFailures} from './random-chain';

/** Whole kinds of trouble, and how a chain looks without them. */
export const TROUBLES: Readonly<Record<string, (chain: Chain) => Chain>> = {
  lies: (chain) => behaving(chain, {...HONEST, cap: chain.behaviour.cap}),
  caps: (chain) => behaving(chain, {...chain.behaviour, cap: HONEST.cap}),
  faults: eachStep({faults: []}),
  crashes: eachStep({crashAfter: undefined}),
  lag: eachStep({lag: undefined}),
  clocks: eachStep({skewMs: 0, date: {offMs: 0, from: 1, count: 0}}),
  slowness: eachStep({requestMs: 0, answerMs: 0}),
  'moved starts': (chain) => eachStep({backfillStartMs: chain.steps[0]!.backfillStartMs})(chain),
  'late records': (chain) => ({
    ...chain,
    happenings: chain.happenings.map((each) => ({
      ...each,
      visibleAtMs: Math.min(each.visibleAtMs, each.timeMs),
    })),
  }),
  'early records': (chain) => ({
    ...chain,
    happenings: chain.happenings.map((each) => ({
      ...each,
      visibleAtMs: Math.max(each.visibleAtMs, each.timeMs),
    })),
  }),
};

function eachStep(change: Partial<Step>): (chain: Chain) => Chain {
  return (chain) => ({...chain, steps: chain.steps.map((step) => ({...step, ...change}))});
}

function behaving(chain: Chain, behaviour: Chain['behaviour']): Chain {
  return excusing({...chain, behaviour});
}

function excusing(chain: Chain): Chain {
  return {...chain, mayFailAs: excusedFailures(chain)};
}

/** A chain that breaks the same kind of promise and has less in it: a local minimum, found greedily. */
export async function simplest(
  chain: Chain,
  judge: (chain: Chain) => Promise<Outcome>,
  mostRuns = 1500,
): Promise<Chain> {
  const {violations} = await judge(chain);
  const kind = violations[0]?.wrong;
  let best = chain;
  let left = mostRuns;
  for (let hasImproved = true; hasImproved && left > 0;) {
    hasImproved = false;
    for (const candidate of candidates(best)) {
      if (left-- <= 0) {
        break;
      }
      const outcome = await judge(candidate);
      if (outcome.violations[0]?.wrong === kind) {
        best = candidate;
        hasImproved = true;
        break;
      }
    }
  }
  return best;
}

function* candidates(chain: Chain): Generator<Chain> {
  const text = JSON.stringify(chain);
  for (const without of Object.values(TROUBLES)) {
    const simpler = without(chain);
    if (JSON.stringify(simpler) !== text) {
      yield simpler;
    }
  }
  for (const {knob} of liesOf(chain.behaviour)) {
    yield behaving(chain, {...chain.behaviour, [knob]: HONEST[knob]});
  }
  const {happenings, steps} = chain;
  for (let size = happenings.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < happenings.length; at += size) {
      yield excusing({
        ...chain,
        happenings: happenings.filter((_, n) => n < at || n >= at + size),
      });
    }
  }
  for (let at = 0; steps.length > 1 && at < steps.length; at++) {
    yield {...chain, steps: steps.filter((_, n) => n !== at)};
  }
  for (let at = 0; at < steps.length; at++) {
    const change = (changed: Partial<Step>): Chain => ({
      ...chain,
      steps: steps.map((step, n) => (n === at ? {...step, ...changed} : step)),
    });
    const step = steps[at]!;
    if (step.faults.length > 0) {
      yield change({faults: step.faults.slice(1)});
    }
    if (step.crashAfter !== undefined) {
      yield change({crashAfter: undefined});
    }
    if (step.lag) {
      yield change({lag: undefined});
    }
    if (step.waitMs > 0) {
      yield change({waitMs: 0});
    }
  }
}
