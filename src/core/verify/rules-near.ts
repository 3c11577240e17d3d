import type { CheckedRule } from './checked-policy.ts';
import type { Product } from './product.ts';
import type { ValueSet } from './value-set.ts';

/**
 * Which rules may meet a product, in evaluation order: one look at the outer bounds of addresses and protocols of every part of every rule. Bounds are rounded
 * to doubles, which keeps their order, so that no rule that does meet it is missed.
 */
export function findRulesNear(rules: readonly CheckedRule[]): (product: Product) => readonly CheckedRule[] {
  const parts = rules.flatMap((rule) => rule.parts.map((part) => ({ rule, bounds: boundsOf(part) })));
  const bounds = Float64Array.from(parts.flatMap((part) => part.bounds));
  return (product) => {
    const asked = boundsOf(product);
    const near: CheckedRule[] = [];
    for (const [index, { rule }] of parts.entries()) {
      const at = index * asked.length;
      let meets = near.at(-1) !== rule;
      for (let k = 0; meets && k < asked.length; k += 2) {
        meets = (bounds[at + k] as number) <= (asked[k + 1] as number) && (asked[k] as number) <= (bounds[at + k + 1] as number);
      }
      if (meets) near.push(rule);
    }
    return near;
  };
}

/** First and last value on each of these axes, as far as the product names them. */
function boundsOf(product: Product): number[] {
  return ['family', 'destination', 'source', 'protocol', 'destination-port'].flatMap((axis) => {
    const set: ValueSet = product.get(axis) ?? [];
    return [Number(set[0]?.first ?? 0n), Number(set.at(-1)?.last ?? Number.POSITIVE_INFINITY)];
  });
}
