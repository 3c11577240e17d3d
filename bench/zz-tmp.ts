import { analyseStructure } from '../src/core/structure/analyse-structure.ts';
import { detectors } from '../src/core/findings/index.ts';
import { rulesToWatch } from '../src/core/structure/rules-to-watch.ts';
import { generateAdversarial, ADVERSARIAL, toPolicy, withActions } from './analyze-sets.ts';
import { loadRuleSet } from './rule-sets.ts';
for (const name of process.argv.slice(2)) {
  const set = (ADVERSARIAL as readonly string[]).includes(name) ? generateAdversarial(name as never, 10_000, 5) : withActions(loadRuleSet(name), 7);
  const policy = toPolicy(set);
  let t = performance.now();
  const lap = (what: string) => { console.log(' ', what, ((performance.now() - t) / 1000).toFixed(2)); t = performance.now(); };
  console.log(name);
  const analysis = analyseStructure(policy, () => 0);
  lap('analyse');
  console.log('   watched', rulesToWatch([policy], new Map([[policy.id, analysis]])).get(policy.id)?.size);
  lap('overlaps');
  for (const r of policy.rules) analysis.decidesOf(r.id);
  lap('decides');
  const facts = { policy, analysis, rules: policy.rules.map((rule) => ({ policy, rule, usage: null, graded: null, exposure: null })) };
  for (const d of detectors) { const n = d.detect({ policies: [facts], attachments: [], opposed: new Map(), windowDays: null, logsShowAnswers: false }); if (n.length) lap(`${d.title}: ${n.length}`); }
  let nul = 0, all = 0; for (const v of analysis.verdicts) if (v.kind === 'partly-shadowed') { all++; if (analysis.overlapOf(v.rule)?.coverage === null) nul++; }
  console.log('   partly', all, 'without share', nul);
}
