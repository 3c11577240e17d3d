import { analysePolicy } from '../src/core/trace/analyse-policy.ts';
import { createTraceContext } from '../src/core/trace/trace-context.ts';
import { entryOfRule } from '../src/core/trace/trace-space.ts';
import { decisionsOf } from '../src/core/trace/decisions.ts';
import { generateAdversarial, ADVERSARIAL, toPolicy, withActions } from './analyze-sets.ts';
import { loadRuleSet } from './rule-sets.ts';
for (const name of process.argv.slice(2)) {
  const set = (ADVERSARIAL as readonly string[]).includes(name) ? generateAdversarial(name as never, 10_000, 5) : withActions(loadRuleSet(name), 7);
  const policy = toPolicy(set);
  let t = performance.now();
  const analysis = analysePolicy(policy, { budget: 3_000_000 });
  console.log(name, 'analyse', ((performance.now() - t) / 1000).toFixed(2));
  t = performance.now();
  const c = createTraceContext(analysis.space, analysis.program, 300_000);
  console.log('context', ((performance.now() - t) / 1000).toFixed(2));
  t = performance.now();
  let packets = 0n;
  for (const v of analysis.verdicts) if (v.kind === 'live') packets += analysis.packets(v.rule)?.ipv4 ?? 0n;
  console.log('packets of live', ((performance.now() - t) / 1000).toFixed(2), packets > 0n);
  t = performance.now();
  let n = 0, many = 0, nul = 0, most = 0;
  for (const v of analysis.verdicts) {
    if (v.kind === 'live') continue;
    const t1 = performance.now();
    const d = decisionsOf(c, entryOfRule(analysis.program, v.rule));
    most = Math.max(most, performance.now() - t1);
    n++; if (d === null) nul++; else if (d.deciders.length > 100) many++;
    if (performance.now() - t > 60000) { console.log('stopped at', n); break; }
  }
  console.log('deciders of', n, ((performance.now() - t) / 1000).toFixed(2), 'null', nul, '>100', many, 'slowest ms', most.toFixed(0));
}
