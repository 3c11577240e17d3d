import type { Product } from './product.ts';
import type { ValueSet } from './value-set.ts';

/**
 * Which rules may meet a product, in evaluation order: one look at the outer bounds of addresses and protocols of every part of every rule. Bounds are rounded
 * to doubles, which keeps their order, so that no rule that does meet it is missed.
 */
export function findRulesNear<Rule extends { readonly parts: readonly Product[] }>(
  rules: readonly Rule[],
): (product: Product) => readonly Rule[] {
  const owners = rules.flatMap((rule) => rule.parts.map(() => rule));
  const bounds = Float64Array.from(rules.flatMap(({ parts }) => parts.flatMap(boundsOf)));
  return (product) => {
    const asked = Float64Array.from(boundsOf(product));
    const width = asked.length;
    const near: Rule[] = [];
    for (let part = 0, at = 0; part < owners.length; part += 1, at += width) {
      let k = 0;
      while (k < width && (bounds[at + k] as number) <= (asked[k + 1] as number) && (asked[k] as number) <= (bounds[at + k + 1] as number))
        k += 2;
      const rule = owners[part] as Rule;
      if (k === width && near.at(-1) !== rule) near.push(rule);
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
