import { Attributor } from '../../src/core/attribution/attribute.ts';
import { toConservation } from '../../src/core/attribution/conservation.ts';
import { collectHitDays } from '../../src/core/attribution/hit-days.ts';
import { planEnforcement } from '../../src/core/attribution/layers.ts';
import { countUsage, type RuleUsage } from '../../src/core/attribution/usage.ts';
import type { RuleBase } from '../../src/model/policy.ts';
import { batchOf, type Conversation, DAY, dictionaryOf } from './conversations.ts';

/** Attributes conversations and answers by rule (`fw/1`), with the totals. */
export function attribute(
  ruleBase: RuleBase,
  conversations: readonly Conversation[],
  watched: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
) {
  const dictionary = dictionaryOf(conversations);
  const plan = planEnforcement(ruleBase, dictionary, {
    unseen: { sourcePort: false, destinationPort: false, protocol: false },
    memoryBudgetBytes: 16 << 20,
    watched,
  });
  const days = conversations.map(({ day }) => day ?? DAY);
  const window = { start: Math.min(...days) * 86_400, end: (Math.max(...days) + 1) * 86_400 };
  const attributor = new Attributor(plan, {
    dictionary,
    window,
    hasInterfaceBoundPolicies: ruleBase.policies.some((policy) => policy.interfaceBound),
  });
  attributor.add(batchOf(conversations, dictionary));
  const attribution = attributor.finish();
  const usage = countUsage(ruleBase.policies, attribution);
  return {
    totals: attribution.totals,
    opposed: attribution.opposed,
    hitDays: collectHitDays(ruleBase.policies, attribution),
    hasUndated: attribution.slots.hasUndated,
    conservation: toConservation(attribution.totals),
    of(ref: string): RuleUsage {
      const [policy = '', rule = ''] = ref.split('/');
      const found = usage.get(policy)?.get(rule);
      if (found === undefined) throw new Error(`no rule ${ref}`);
      return found;
    },
    hits(ref: string): [number, number] {
      const { certain, possible } = this.of(ref);
      return [certain, possible];
    },
  };
}
