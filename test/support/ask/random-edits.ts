import type { AddressRange } from '../../../src/model/address.ts';
import type { MatchProduct } from '../../../src/model/match.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { ANY_SERVICE } from '../../../src/model/service.ts';

/** One to three edits of a policy: rules added, removed, moved, turned, widened, switched off, renamed; the default turned. */
export function editedPolicy(random: () => number, policy: Policy): Policy {
  let edited = policy;
  for (let i = 0; i < 1 + Math.floor(random() * 3); i++) edited = edit(random, edited);
  return numbered(edited);
}

/** The same packets written otherwise: sets cut in two, products in another order, and rules too where order means nothing. */
export function rewrittenPolicy(random: () => number, policy: Policy): Policy {
  const rules = policy.rules.map((rule) => ({
    ...rule,
    match: {
      products: shuffled(
        random,
        rule.match.products.flatMap((product) => cutProduct(random, product)),
      ),
    },
  }));
  return numbered({ ...policy, rules: policy.evaluation === 'any-permit' ? shuffled(random, rules) : rules });
}

function edit(random: () => number, policy: Policy): Policy {
  const below = (end: number): number => Math.floor(random() * end);
  const rules = [...policy.rules];
  const at = below(rules.length);
  const rule = rules[at];
  const kind = random();
  if (kind < 0.05 && policy.evaluation === 'first-match') {
    return { ...policy, defaultAction: policy.defaultAction === 'deny' ? 'permit' : 'deny' };
  }
  if (rule === undefined) return policy;
  if (kind < 0.2) rules.splice(at, 1);
  else if (kind < 0.35) rules.splice(below(rules.length + 1), 0, { ...rule, id: freshId(rules) });
  else if (kind < 0.5) rules.splice(below(rules.length), 0, ...rules.splice(at, 1));
  else if (kind < 0.65) rules[at] = { ...rule, match: { products: rule.match.products.map(widened(random)) } };
  else if (kind < 0.75 && policy.evaluation === 'first-match')
    rules[at] = { ...rule, effect: { ...rule.effect, verdict: rule.effect.verdict === 'deny' ? 'permit' : 'deny' } };
  else if (kind < 0.83) rules[at] = { ...rule, effect: { ...rule.effect, attributes: { ...rule.effect.attributes, log: 'all' } } };
  else if (kind < 0.9) rules[at] = { ...rule, enabled: !rule.enabled };
  else if (kind < 0.95) rules[at] = { ...rule, description: 'renamed' };
  else rules[at] = { ...rule, match: { products: rule.match.products.map((product) => ({ ...product, unknowns: [] })) } };
  return { ...policy, rules };
}

function widened(random: () => number): (product: MatchProduct) => MatchProduct {
  const kind = random();
  if (kind < 0.4) return (product) => ({ ...product, services: [ANY_SERVICE] });
  return (product) => ({
    ...product,
    source: {
      ...product.source,
      ranges: product.source.ranges.map((range) => ({ ...range, first: kind < 0.7 ? 0n : range.first / 2n })),
    },
  });
}

function cutProduct(random: () => number, product: MatchProduct): MatchProduct[] {
  const side = random() < 0.5 ? 'source' : 'destination';
  const [first, ...others] = product[side].ranges;
  if (first === undefined || product[side].membership !== null || random() < 0.3) return [product];
  const [low, high] = cutRange(random, first);
  if (random() < 0.5) return [{ ...product, [side]: { ...product[side], ranges: [low, ...high, ...others] } }];
  return [
    { ...product, [side]: { ...product[side], ranges: [low] } },
    { ...product, [side]: { ...product[side], ranges: [...high, ...others] } },
  ];
}

function cutRange(random: () => number, { family, first, last }: AddressRange): [AddressRange, AddressRange[]] {
  const middle = first + ((last - first) * BigInt(Math.floor(random() * 5))) / 4n;
  const high = middle < last ? [{ family, first: middle + 1n, last }] : [];
  return [{ family, first, last: middle }, high];
}

function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function freshId(rules: readonly Rule[]): string {
  for (let i = 0; ; i++) if (rules.every(({ id }) => id !== `new ${i}`)) return `new ${i}`;
}

function numbered(policy: Policy): Policy {
  return { ...policy, rules: policy.rules.map((rule, rank) => ({ ...rule, rank })) };
}
