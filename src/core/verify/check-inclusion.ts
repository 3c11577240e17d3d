import type { ProofPart } from '../../model/proof.ts';
import { readParts } from './check-partition.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { isInside, type Product } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { walkTree } from './walk-tree.ts';

/** Checks, by the cases given, that one rule matches whatever the other does. @throws {ProofFault} */
export function checkInclusion(policy: CheckedPolicy, inner: CheckedRule, outer: CheckedRule, parts: readonly ProofPart[]): void {
  const products = readParts(policy, inner.parts, parts);
  for (const [index, { tree }] of parts.entries()) {
    walkTree(policy, products[index] as Product, tree, [], ({ leaf, region, where }) => {
      if (!('rule' in leaf) || leaf.rule !== outer.id) throw new ProofFault(`${where} does not name rule ${outer.id}`);
      if (!isInside(region, outer.parts, policy.wholeOf)) throw new ProofFault(`${where} is not inside rule ${outer.id}`);
    });
  }
}
