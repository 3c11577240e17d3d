import { formatProofPacket, type ProofPacket } from '../../model/proof.ts';
import type { Action } from '../../model/rule.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { isInside, type Product, productsMeet } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { readPacket } from './read-region.ts';

/**
 * Checks that the rule decides the packet, whatever the conditions are that the packet does not list. In a policy without order: that it matches and no
 * other rule with its effect does, those that are gone aside.
 *
 * @throws {ProofFault}
 */
export function checkReaches(policy: CheckedPolicy, rule: CheckedRule, packet: ProofPacket, gone: ReadonlySet<string>): void {
  const point = checkMatches(policy, rule, packet);
  const other = policy.rulesNear(point).find((each) => {
    if (each === rule || !meets(each, point)) return false;
    return policy.isOrdered ? each.place < rule.place : each.effect === rule.effect && !gone.has(each.id);
  });
  if (other !== undefined) {
    throw new ProofFault(`the packet ${formatProofPacket(packet)} may match rule ${other.id} ${policy.isOrdered ? 'first' : 'too'}`);
  }
}

/** Checks that the rule matches the packet and that the policy decides it with the verdict. @throws {ProofFault} */
export function checkVerdict(policy: CheckedPolicy, rule: CheckedRule, packet: ProofPacket, verdict: Action): Product {
  const point = checkMatches(policy, rule, packet);
  const text = formatProofPacket(packet);
  for (const other of policy.rulesNear(point)) {
    if (!meets(other, point)) continue;
    if (other.verdict !== verdict) throw new ProofFault(`the packet ${text} may be decided by rule ${other.id}; expected ${verdict}`);
    if (isInside(point, other.parts, policy.wholeOf)) return point;
  }
  if (policy.defaultVerdict !== verdict) throw new ProofFault(`the packet ${text} may be left to the default; expected ${verdict}`);
  return point;
}

/** Checks that the rule matches the packet, whatever the conditions are that it does not list; gives its points. @throws {ProofFault} */
export function checkMatches(policy: CheckedPolicy, rule: CheckedRule, packet: ProofPacket): Product {
  const point = readPacket(policy, packet);
  if (!isInside(point, rule.parts, policy.wholeOf)) {
    throw new ProofFault(`the packet ${formatProofPacket(packet)} does not match rule ${rule.id}, or not under all conditions left open`);
  }
  return point;
}

function meets(rule: CheckedRule, point: Product): boolean {
  return rule.parts.some((part) => productsMeet(part, point));
}
