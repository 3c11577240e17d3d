import type { AddressRange } from '../../model/address.ts';
import type { Introduced } from '../../model/check-result.ts';
import type { Attachment, Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { PolicyPair } from '../ask/pair-policies.ts';
import type { TracedDifference } from '../ask/policy-difference.ts';

/** A policy that a change touches, with what the trace says about it. */
export interface ChangedPolicy {
  readonly pair: PolicyPair;
  readonly traced: TracedDifference;
  /** Addresses of the interfaces that carry the policy after the change; null: it is bound to none, or nobody knows them. */
  readonly local: readonly AddressRange[] | null;
}

export function toChangedPolicy(pair: PolicyPair, traced: TracedDifference, attachments: readonly Attachment[]): ChangedPolicy {
  return { pair, traced, local: localAddresses(pair.after, attachments) };
}

function localAddresses(policy: Policy | null, attachments: readonly Attachment[]): readonly AddressRange[] | null {
  if (
    policy === null ||
    !policy.interfaceBound ||
    policy.direction === null ||
    policy.attachments === null ||
    policy.attachments.length === 0
  )
    return null;
  const carrying = new Set(policy.attachments);
  return attachments.filter(({ id }) => carrying.has(id)).flatMap((attachment) => attachment.localAddresses);
}

/** How the change came to this rule of the new policy. */
export function causeOf({ traced }: ChangedPolicy, rule: Rule): Introduced['cause'] {
  const own = traced.rules.find(({ after }) => after?.id === rule.id);
  switch (own?.change) {
    case 'added':
    case 'edited':
    case 'moved':
      return `rule ${own.change}`;
    default:
      return 'other rules changed';
  }
}
