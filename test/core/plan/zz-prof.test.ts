import { test } from 'vitest';
import { analyseStructure } from '../../../src/core/structure/analyse-structure.ts';
import { findConsequences } from '../../../src/core/plan/consequences.ts';
import { divideCandidates } from '../../../src/core/plan/components.ts';
import { createTraceContext } from '../../../src/core/trace/trace-context.ts';
import { generateAdversarial, toPolicy, withActions } from '../../../bench/analyze-sets.ts';
import { loadRuleSet } from '../../../bench/rule-sets.ts';
test('b', () => {
  for (const name of ['fw1_10k', 'acl1_10k', 'wild']) {
    const set = name === 'wild' ? generateAdversarial('wildcards', 10_000, 5) : withActions(loadRuleSet(name), 7);
    const analysis = analyseStructure(toPolicy(set), () => 0);
    const context = createTraceContext(analysis.space, analysis.program, 3e6);
    const E = (r: string) => analysis.program.entryOf.get(r)!;
    const cands = new Set(analysis.verdicts.filter(v => ['redundant','duplicate','unmatchable'].includes(v.kind)).map(v => E(v.rule)));
    const live = analysis.verdicts.filter(v => v.kind === 'live' || v.kind === 'partly-shadowed').map(v => ({ entry: E(v.rule), witness: v.witness! }));
    for (let k = 0; k < 2; k++) { const t = performance.now();
    const c = findConsequences(context, cands, live); const t1 = performance.now();
    const d = divideCandidates(context, [...cands, ...c], () => null); const t2 = performance.now();
    console.log(name, c.length, 'find', (t1 - t) | 0, 'divide', (t2 - t1) | 0, JSON.stringify((globalThis as any).ST ?? null), 'comps', d.components.map(x => x.entries.length).sort((a, b) => b - a).slice(0, 5).join(), 'conf', d.components.map(x => x.conflicts.length).slice(0,5).join()); (globalThis as any).ST = undefined; }
  }
}, 100000);
