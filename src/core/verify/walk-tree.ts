import type { ProofLeaf, ProofPart } from '../../model/proof.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { formatRegion } from './format-region.ts';
import { type Product, productsMeet } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { cutInTwo } from './read-region.ts';

/** A region that a leaf settles by naming a rule or the default. It is not empty. */
export interface SettledRegion {
  readonly leaf: Exclude<ProofLeaf, { readonly outside: true }>;
  readonly region: Product;
  /** Those of the rivals that meet the region, in evaluation order. */
  readonly rivals: readonly CheckedRule[];
  /** For a sentence: `leaf 3 (source 10.0.0.0/8, …)`. */
  readonly where: string;
}

interface OpenRegion {
  /** Null: nothing is left of it. */
  readonly region: Product | null;
  readonly rivals: readonly CheckedRule[];
}

/**
 * Follows the cuts of a tree from the whole down to its leaves. Every cut divides its region in two, so that the leaves together are the whole: a partition by
 * construction. An empty region may be settled by anything.
 *
 * @param rivals rules that {@link settle} wants to know about where they meet a region
 * @returns the number of leaves
 * @throws {ProofFault} when the tree is not one, a leaf is said to be empty and is not, or `settle` throws
 */
export function walkTree(
  policy: CheckedPolicy,
  whole: Product,
  tree: ProofPart['tree'],
  rivals: readonly CheckedRule[],
  settle: (settled: SettledRegion) => void,
): number {
  const open: OpenRegion[] = [{ region: whole, rivals: rivalsIn(whole, rivals) }];
  let leaves = 0;
  for (const step of tree) {
    const current = open.pop();
    if (current === undefined) throw new ProofFault('goes on where every region is settled');
    const { region } = current;
    if ('cut' in step || 'finite' in step || 'unknown' in step) {
      const [first, second] = region === null ? [null, null] : cutInTwo(policy, region, step);
      for (const half of [second, first]) open.push({ region: half, rivals: half === null ? [] : rivalsIn(half, current.rivals) });
      continue;
    }
    leaves += 1;
    if (region === null) continue;
    const where = `leaf ${leaves} (${formatRegion(policy, region)})`;
    if ('outside' in step) throw new ProofFault(`${where} is said to be empty, and is not`);
    settle({ leaf: step, region, rivals: current.rivals, where });
  }
  if (open.length > 0) {
    const { region } = open.at(-1) as OpenRegion;
    throw new ProofFault(`ends before it settles ${region === null ? 'every region' : formatRegion(policy, region)}`);
  }
  return leaves;
}

function rivalsIn(region: Product, rivals: readonly CheckedRule[]): readonly CheckedRule[] {
  return rivals.filter(({ parts }) => parts.some((part) => productsMeet(part, region)));
}
