import { test } from 'vitest';
import { planOf } from '../../support/plan-of.ts';
import { randomList } from '../../support/trace/random-lists.ts';
import { seededRandom } from '../../support/trace/random-policies.ts';
import { TinyOracle } from '../../support/trace/tiny-oracle.ts';
import { toModelPolicy } from '../../support/trace/tiny-to-model.ts';
test('x', () => {
  let worse = 0, live = 0; const ex: string[] = [];
  for (let seed = 1; seed <= 3000; seed++) {
    const policy = randomList(seededRandom(seed)); const oracle = new TinyOracle(policy);
    const v = oracle.verdicts(); const all = v.flatMap((x, i) => x.kind === 'shadowed' ? [] : [i]);
    const plan = planOf([toModelPolicy(policy)]).plan;
    let best = 0;
    for (const order of [all, [...all].reverse()]) { const gone = new Set<number>(); for (const p of order) if (oracle.removalIsSafe(new Set([...gone, p]))) gone.add(p); if (gone.size > best) best = gone.size; if (gone.size > plan.removals.length) { if (ex.length < 6) ex.push(`${seed}: plan ${plan.removals.map(r => r.rule)} greedy ${[...gone].map(p => `${oracle.rules[p]!.id}:${v[p]!.kind}`)}`); } }
    if (best > plan.removals.length) worse++;
  }
  console.log('worse', worse, ex.join('\n'));
}, 100000);
