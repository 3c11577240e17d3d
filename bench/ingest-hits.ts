import { Attributor } from '../src/core/attribution/attribute.ts';
import { planEnforcement } from '../src/core/attribution/layers.ts';
import { countUsage } from '../src/core/attribution/usage.ts';
import type { LoadedFlows } from '../src/ingest/flows/load-flows.ts';
import { benchSecurityGroups } from './ingest-rules.ts';

const RULES = 10_000;
const GROUPS = 200;
const INTERFACES = 400;

/** Loaded flows to finished hit counts of 10,000 security-group rules; returns the certain hits of all rules together. */
export async function countHits(flows: LoadedFlows): Promise<number> {
  if (flows.window === null) throw new Error('the generated logs hold no accepted record');
  const ruleBase = benchSecurityGroups(INTERFACES, GROUPS, RULES);
  const plan = planEnforcement(ruleBase, flows.dictionary, { unseen: flows.unseen, memoryBudgetBytes: 128 * 2 ** 20 });
  const attributor = new Attributor(plan, { dictionary: flows.dictionary, window: flows.window, hasInterfaceBoundPolicies: true });
  for await (const batch of flows.conversations()) attributor.add(batch);
  const usage = countUsage(ruleBase.policies, attributor.finish());
  let certain = 0;
  for (const rules of usage.values()) for (const rule of rules.values()) certain += rule.certain;
  return certain;
}
