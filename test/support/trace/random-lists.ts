import { randomPolicy } from './random-policies.ts';
import type { TinyPolicy } from './tiny-policy.ts';

/** A random policy without chains in which every rule decides, as the model has them. */
export function randomList(random: () => number): TinyPolicy {
  for (;;) {
    const { policy, hasChains } = randomPolicy(random);
    if (hasChains) continue;
    const chains = policy.chains.map((chain) =>
      chain.map((rule) => ({ ...rule, control: 'decide' as const, verdict: rule.verdict ?? 'deny' })),
    );
    return { ...policy, chains };
  }
}
