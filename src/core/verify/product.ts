import { intersect, meets, subtract, type ValueSet } from './value-set.ts';

/** A product of sets, by the name of the axis; an axis that is not there is whole. No set in it is empty. */
export type Product = ReadonlyMap<string, ValueSet>;

/** Every value of an axis. */
export type WholeAxis = (axis: string) => ValueSet;

export function productsMeet(a: Product, b: Product): boolean {
  for (const [axis, set] of a) {
    const other = b.get(axis);
    if (other !== undefined && !meets(set, other)) return false;
  }
  return true;
}

/** Whether every point of the product lies in one of the others. Exact: what each of them takes is cut off until nothing is left. */
export function isInside(product: Product, others: readonly Product[], wholeOf: WholeAxis): boolean {
  return subtractProducts([product], others, wholeOf).length === 0;
}

/** The points of some products that lie in none of the others, as products that are not joined again. */
export function subtractProducts(products: readonly Product[], others: readonly Product[], wholeOf: WholeAxis): readonly Product[] {
  let left = products;
  for (const other of others) {
    if (left.length === 0) break;
    left = left.flatMap((piece) => subtractProduct(piece, other, wholeOf));
  }
  return left;
}

function subtractProduct(product: Product, other: Product, wholeOf: WholeAxis): readonly Product[] {
  if (!productsMeet(product, other)) return [product];
  const outside: Product[] = [];
  let rest = product;
  for (const [axis, set] of other) {
    const own = rest.get(axis) ?? wholeOf(axis);
    const beyond = subtract(own, set);
    if (beyond.length === 0) continue;
    outside.push(new Map(rest).set(axis, beyond));
    rest = new Map(rest).set(axis, intersect(own, set));
  }
  return outside;
}
