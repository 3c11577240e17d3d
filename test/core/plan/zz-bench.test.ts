import { test } from 'vitest';
import { analyseStructure } from '../../../src/core/structure/analyse-structure.ts';
import { chooseRemovals } from '../../../src/core/plan/policy-removals.ts';
import { findMergeablePairs } from '../../../src/core/findings/mergeable-pairs.ts';
import { simplify } from '../../../src/core/plan/simplify.ts';
import { ADVERSARIAL, generateAdversarial, toPolicy, withActions } from '../../../bench/analyze-sets.ts';
import { loadRuleSet } from '../../../bench/rule-sets.ts';
test('b', () => {
const sets = [
  ...['acl1_1k', 'acl1_10k', 'fw1_10k', 'ipc1_10k'].map((name) => () => withActions(loadRuleSet(name), 7)),
  ...ADVERSARIAL.map((kind) => () => generateAdversarial(kind, 10_000, 5)),
];
for (const make of sets) {
  const set = make(); const policy = toPolicy(set);
  const t0 = performance.now();
  const analysis = analyseStructure(policy, () => 0);
  const t1 = performance.now();
  const cands = analysis.verdicts.filter(v => ['redundant','duplicate','unmatchable'].includes(v.kind));
  const copies = new Map(cands.flatMap(v => v.keptCopy !== undefined && cands.some(c => c.rule === v.keptCopy) ? [[v.rule, v.keptCopy] as const] : []));
  const t2 = performance.now();
  const chosen = chooseRemovals(analysis, { candidates: cands.map(v => v.rule), others: analysis.verdicts.filter(v => v.kind === 'live' || v.kind === 'partly-shadowed').map(v => v.rule), keptCopy: copies, budget: 3_000_000 });
  const t3 = performance.now();
  const pairs = findMergeablePairs(policy, analysis);
  const t4 = performance.now();
  const removed = new Set(chosen.removed.map(r => r.rule));
  const merges = pairs.filter(p => !removed.has(p.earlier.id) && !removed.has(p.later.id)).map(p => ({ policy: policy.id, rule: p.later.id, into: p.earlier.id, because: [], field: p.field, value: p.value }));
  const s = simplify({ policy, analysis }, removed, merges, 3_000_000);
  const t5 = performance.now();
  console.log(set.name, 'analyse', (t1-t0|0), 'cands', cands.length, 'removed', chosen.removed.length, 'bound', chosen.bound, 'alts', chosen.alternatives.length, 'plan ms', (t3-t2|0), 'pairs', pairs.length, 'ms', (t4-t3|0), JSON.stringify(s), 'simplify ms', (t5-t4|0));
}
}, 600000);
