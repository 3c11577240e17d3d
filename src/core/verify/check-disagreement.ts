import type { ProofDisagreement, ProofPacket } from '../../model/proof.ts';
import type { Action } from '../../model/rule.ts';
import { checkVerdict } from './check-packet.ts';
import { checkPartition } from './check-partition.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { formatRegion } from './format-region.ts';
import { type Product, productsMeet, subtractProducts } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { unknownProduct } from './read-region.ts';

/**
 * Checks why a covered rule is decided in both ways. `mixed`: the packets of each kind, by what they need of the unknowns, leave out no values under which
 * the rule matches anything. `unknown`: there are packets of each kind, and values of the unknowns under which there are packets of one kind only.
 *
 * @throws {ProofFault}
 */
export function checkDisagreement(policy: CheckedPolicy, rule: CheckedRule, disagreement: ProofDisagreement): void {
  const { relation, same, opposite, settledWhen } = disagreement;
  const other: Action = rule.verdict === 'permit' ? 'deny' : 'permit';
  for (const [packets, verdict] of [
    [same, rule.verdict],
    [opposite, other],
  ] as const) {
    const points = packets.map((packet: ProofPacket) => checkVerdict(policy, rule, packet, verdict));
    if (relation === 'mixed') checkEveryValue(policy, rule, points, verdict);
  }
  if (relation === 'mixed') return;
  if (settledWhen === undefined) throw new ProofFault('does not say which values of the unknowns settle the rule');
  const assuming = unknownProduct(settledWhen.unknowns);
  if (!rule.parts.some((part) => productsMeet(part, assuming)))
    throw new ProofFault('settles values of the unknowns for which the rule has no packet');
  checkPartition({ policy, rule, claim: settledWhen.claim, gone: new Set(), assuming }, settledWhen.parts);
}

function checkEveryValue(policy: CheckedPolicy, rule: CheckedRule, points: readonly Product[], verdict: Action): void {
  const [missed] = subtractProducts(rule.parts.map(ofUnknowns), points.map(ofUnknowns), policy.wholeOf);
  if (missed === undefined) return;
  const when = missed.size === 0 ? 'at all' : `where ${formatRegion(policy, missed)}`;
  throw new ProofFault(`shows no packet that is decided with ${verdict} ${when}`);
}

function ofUnknowns(product: Product): Product {
  return new Map([...product].filter(([axis]) => axis.startsWith('unknown ')));
}
