import { analysePolicy } from '../src/core/trace/analyse-policy.ts';
import { ADVERSARIAL, type ActedRuleSet, generateAdversarial, toPolicy, withActions } from './analyze-sets.ts';
import { loadRuleSet } from './rule-sets.ts';

const sets: (() => ActedRuleSet)[] = [
  ...['acl1_1k', 'acl1_10k', 'fw1_10k', 'ipc1_10k'].map((name) => () => withActions(loadRuleSet(name), 7)),
  ...ADVERSARIAL.map((kind) => () => generateAdversarial(kind, 10_000, 5)),
];
const only = process.argv.slice(2);
for (const make of sets) {
  const set = make();
  if (only.length > 0 && !only.some((name) => set.name.includes(name))) continue;
  const policy = toPolicy(set);
  const cpu = process.cpuUsage();
  const analysis = analysePolicy(policy, { budget: 3_000_000 });
  const used = process.cpuUsage(cpu);
  const counts: Record<string, number> = {};
  for (const { kind, by, relation } of analysis.verdicts) {
    const name = [kind, by, relation].filter((part) => part !== undefined).join(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  console.log(set.name, set.count, 'rules', analysis.space.boxes.count, 'boxes', ((used.user + used.system) / 1e6).toFixed(2), 's', JSON.stringify(counts));
}
