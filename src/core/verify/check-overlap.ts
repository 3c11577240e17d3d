import type { Finding } from '../../model/finding.ts';
import type { ProofPacket } from '../../model/proof.ts';
import { checkMatches, checkReaches } from './check-packet.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { isInside } from './product.ts';
import { ProofFault } from './proof-fault.ts';

/** Checks that an earlier rule decides the packet, which the later one matches. @throws {ProofFault} */
export function checkOverlap(policy: CheckedPolicy, rule: CheckedRule, earlier: CheckedRule, packet: ProofPacket): void {
  if (!policy.isOrdered || earlier.place >= rule.place) throw new ProofFault(`names rule ${earlier.id}, which does not stand before it`);
  checkMatches(policy, rule, packet);
  checkReaches(policy, earlier, packet, NONE);
}

/** Checks that the rules lie to each other as the kind says. A `partly-shadowed` rule needs one with the other verdict. @throws {ProofFault} */
export function checkPosition(policy: CheckedPolicy, kind: Finding['kind'], rule: CheckedRule, earlier: readonly CheckedRule[]): void {
  if (!earlier.some(({ verdict }) => verdict !== rule.verdict)) throw new ProofFault('names no rule with the other verdict');
  if (kind === 'partly-shadowed') return;
  for (const other of earlier) {
    if (other.verdict === rule.verdict) throw new ProofFault(`names rule ${other.id}, which has the same verdict`);
    const isException = other.parts.every((part) => isInside(part, rule.parts, policy.wholeOf));
    if (isException === (kind === 'generalization')) continue;
    throw new ProofFault(
      `names rule ${other.id}, which ${isException ? 'lies inside the rule: a generalization' : 'does not lie inside the rule: a correlation'}`,
    );
  }
}

const NONE: ReadonlySet<string> = new Set();
