import {randomChain} from './random-chain';
import {runChain} from './chain';
import {describeOutcome} from './describe';
import {simplest, TROUBLES} from './simplify';

async function main(): Promise<void> {
  const [first = '1', count = '1000', mostLies, without = '', show = '5', only = ''] =
    process.argv.slice(2);
  const wish = mostLies === undefined || mostLies === '-' ? {} : {mostLies: Number(mostLies)};
  const t0 = Date.now();
  let syncs = 0,
    requests = 0,
    failures = 0,
    bad = 0;
  const kinds = new Map<string, number>();
  for (let n = 0; n < Number(count); n++) {
    let chain = randomChain(Number(first) + n, wish);
    for (const w of without.split(',').filter(Boolean)) chain = TROUBLES[w]!(chain);
    const out = await runChain(chain);
    syncs += out.syncs;
    requests += out.requests;
    failures += out.failures;
    if (out.violations.length) {
      const k = out.violations[0]!.wrong;
      kinds.set(k, (kinds.get(k) ?? 0) + 1);
      if (only && k !== only) continue;
      bad++;
      if (bad <= Number(show)) {
        const small = await simplest(chain);
        console.log(describeOutcome(small, await runChain(small)));
      }
    }
  }
  const s = (Date.now() - t0) / 1000;
  console.log({syncs, requests, failures, bad, perSecond: syncs / s, kinds});
}
void main();
