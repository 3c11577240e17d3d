import type { PartitionClaim, ProofPart } from '../../model/proof.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { formatRegion } from './format-region.ts';
import { isInside, type Product, productsMeet, subtractProducts } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { readProduct } from './read-region.ts';
import { type SettledRegion, walkTree } from './walk-tree.ts';

/** What a partition is checked for. */
export interface PartitionQuestion {
  readonly policy: CheckedPolicy;
  readonly rule: CheckedRule;
  readonly claim: PartitionClaim;
  /** Ids of rules that are gone, this one not needing to be among them. */
  readonly gone: ReadonlySet<string>;
  /** Values of unknowns under which the claim is made; none: it holds for all. */
  readonly assuming: Product;
}

/**
 * Checks that the parts together hold whatever the rule matches, and at every leaf what the claim says of the packets there. Cost: leaves × rules that
 * meet the region of the leaf and might disprove the claim.
 *
 * @returns the number of leaves
 * @throws {ProofFault}
 */
export function checkPartition(question: PartitionQuestion, parts: readonly ProofPart[]): number {
  const { policy, rule, assuming } = question;
  const own = rule.parts.flatMap((part) => restrict(part, assuming));
  const products = readParts(policy, own, parts);
  if (question.claim === 'matches-nothing' && parts.length > 0)
    throw new ProofFault('divides packets of a rule that is said to match none');
  return parts.reduce((leaves, { tree }, index) => leaves + checkTree(question, products[index] as Product, tree), 0);
}

/** The products of the parts, in their order. @throws {ProofFault} when they leave out a point of those that are to be divided */
export function readParts(policy: CheckedPolicy, divided: readonly Product[], parts: readonly ProofPart[]): readonly Product[] {
  const products = parts.map(({ product }) => readProduct(policy, product));
  const [missed] = subtractProducts(divided, products, policy.wholeOf);
  if (missed !== undefined) throw new ProofFault(`leaves out packets of the rule: ${formatRegion(policy, missed)}`);
  return products;
}

/** The points of a product under an assumption: one product, or none. */
function restrict(product: Product, assuming: Product): Product[] {
  if (!productsMeet(product, assuming)) return [];
  return assuming.size === 0 ? [product] : [new Map([...product, ...assuming])];
}

function checkTree(question: PartitionQuestion, whole: Product, tree: ProofPart['tree']): number {
  const { policy } = question;
  const rivals = policy.rulesNear(whole).filter((other) => isRival(question, other));
  return walkTree(policy, whole, tree, rivals, (settled) => checkLeaf(question, settled));
}

/** Whether a rule that takes part in a region could make the claim false there. */
function isRival({ policy, rule, claim, gone }: PartitionQuestion, other: CheckedRule): boolean {
  if (!policy.isOrdered || other === rule) return false;
  if (claim === 'decided-alike') return other.place < rule.place && other.verdict !== rule.verdict;
  if (claim === 'decided-otherwise') return other.place < rule.place && other.verdict === rule.verdict;
  if (claim === 'removable') return other.place > rule.place && !gone.has(other.id) && other.effect !== rule.effect;
  return false;
}

function checkLeaf(question: PartitionQuestion, { leaf, region, rivals, where }: SettledRegion): void {
  const { policy, rule } = question;
  if ('default' in leaf) {
    checkDefault(question, where);
    refuseRival(question, rivals[0], where);
    return;
  }
  const decider = policy.ruleOf.get(leaf.rule);
  if (decider === undefined) throw new ProofFault(`${where} names rule ${leaf.rule}, which has no part in the policy`);
  if (decider === rule) throw new ProofFault(`${where} names the rule itself`);
  if (!isInside(region, decider.parts, policy.wholeOf)) throw new ProofFault(`${where} is not inside rule ${decider.id}`);
  checkDecider(question, decider, where);
  refuseRival(
    question,
    rivals.find(({ place }) => place < decider.place),
    where,
  );
}

function checkDefault({ policy, rule, claim }: PartitionQuestion, where: string): void {
  if (claim !== 'removable') throw new ProofFault(`${where} is left to the default; expected an earlier rule`);
  if (!policy.isOrdered) throw new ProofFault(`${where} is left to the default; expected another rule with the effect`);
  if (policy.defaultEffect !== rule.effect) throw new ProofFault(`${where} is left to the default, which has another effect`);
}

function checkDecider({ policy, rule, claim, gone }: PartitionQuestion, decider: CheckedRule, where: string): void {
  const isEarlier = decider.place < rule.place;
  if (claim === 'removable') {
    if (gone.has(decider.id)) throw new ProofFault(`${where} is left to rule ${decider.id}, which is gone`);
    // What an earlier rule takes never comes to this one.
    if (policy.isOrdered && isEarlier) return;
    if (decider.effect !== rule.effect) throw new ProofFault(`${where} is left to rule ${decider.id}, which has another effect`);
    return;
  }
  if (!policy.isOrdered) throw new ProofFault(`claims an order of rules, and the policy has none`);
  if (claim === 'matches-nothing') throw new ProofFault(`${where} has packets; expected none`);
  if (!isEarlier) throw new ProofFault(`${where} names rule ${decider.id}, which comes later`);
  if (claim === 'decided-alike' && decider.verdict !== rule.verdict) {
    throw new ProofFault(`${where} is decided by rule ${decider.id}, which says ${decider.verdict}; expected ${rule.verdict}`);
  }
  if (claim === 'decided-otherwise' && decider.verdict === rule.verdict) {
    throw new ProofFault(`${where} is decided by rule ${decider.id}, which says ${decider.verdict} too; expected the other verdict`);
  }
}

function refuseRival({ claim }: PartitionQuestion, rival: CheckedRule | undefined, where: string): void {
  if (rival === undefined) return;
  const has = claim === 'removable' ? 'has another effect' : `says ${rival.verdict}`;
  throw new ProofFault(`${where} meets rule ${rival.id} first, which ${has}`);
}
