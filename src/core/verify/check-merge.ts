import type { ProofDocument } from '../../model/proof.ts';
import { readParts } from './check-partition.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { isInside, type Product } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { toValueSet, type ValueSet } from './value-set.ts';
import { walkTree } from './walk-tree.ts';

type Merge = Extract<ProofDocument, { readonly type: 'merge' }>['merges'][number];

/** Checks that one rule at the place of the earlier one could stand for both. @param gone flagged copies @throws {ProofFault} */
export function checkMerge(policy: CheckedPolicy, later: CheckedRule, earlier: CheckedRule, merge: Merge, gone: ReadonlySet<string>): void {
  if (earlier.place >= later.place) throw new ProofFault(`merges with rule ${earlier.id}, which does not stand before it`);
  if (earlier.effect !== later.effect) throw new ProofFault(`merges with rule ${earlier.id}, which has another effect`);
  checkUnion(policy, later, earlier, merge.axis);
  if (!policy.isOrdered) return;
  const between = (other: CheckedRule): boolean => earlier.place < other.place && other.place < later.place && !gone.has(other.id);
  const products = readParts(policy, later.parts, merge.parts);
  for (const [index, { tree }] of merge.parts.entries()) {
    const whole = products[index] as Product;
    const rivals = policy.rulesNear(whole).filter((other) => between(other) && other.effect !== later.effect);
    walkTree(policy, whole, tree, rivals, ({ leaf, region, rivals: inTheWay, where }) => {
      const decider = 'rule' in leaf ? policy.ruleOf.get(leaf.rule) : later;
      if (decider === undefined) throw new ProofFault(`${where} names a rule that has no part in the policy`);
      if (decider !== later && !isInside(region, decider.parts, policy.wholeOf))
        throw new ProofFault(`${where} is not inside rule ${decider.id}`);
      if (decider.place <= earlier.place) return;
      if (decider !== later && !(between(decider) && decider.effect === later.effect))
        throw new ProofFault(`${where} names rule ${decider.id}, which does not decide alike between the two`);
      const rival = inTheWay.find(({ place }) => place < decider.place);
      if (rival !== undefined) throw new ProofFault(`${where} meets rule ${rival.id} on the way up, which has another effect`);
    });
  }
}

function checkUnion({ wholeOf }: CheckedPolicy, later: CheckedRule, earlier: CheckedRule, axis: string): void {
  const sets = [later, earlier].map(({ parts }) => parts.map((part) => part.get(axis) ?? wholeOf(axis)));
  for (const each of sets) {
    if (new Set(each.map(textOf)).size !== 1)
      throw new ProofFault(`merges rules that do not ask for the same on the axis ${axis} in all of their parts`);
  }
  if (toValueSet(sets.flat(2)).length !== 1) throw new ProofFault(`merges rules that together are not one stretch on the axis ${axis}`);
  const [mine, other] = [later, earlier].map(({ parts }) => parts.map((part) => without(part, axis))) as [Product[], Product[]];
  const isSame = mine.every((part) => isInside(part, other, wholeOf)) && other.every((part) => isInside(part, mine, wholeOf));
  if (!isSame) throw new ProofFault(`merges rules that differ on more than the axis ${axis}`);
}

function without(product: Product, axis: string): Product {
  return new Map([...product].filter(([name]) => name !== axis));
}

function textOf(set: ValueSet): string {
  return set.map(({ first, last }) => `${first}-${last}`).join();
}
