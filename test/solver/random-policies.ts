import { type AddressFamily, type AddressRange, LAST_ADDRESS, normaliseRanges } from '../../src/model/address.ts';
import { type Endpoint, type MatchProduct, matchEverything } from '../../src/model/match.ts';
import type { Evaluation, Policy } from '../../src/model/policy.ts';
import { NO_METADATA, type Rule } from '../../src/model/rule.ts';
import { ANY_SERVICE, type PortRange, type Service } from '../../src/model/service.ts';
import { ruleWith } from '../support/arbitrary-rules.ts';
import { policyOf } from '../support/policies.ts';
import { type Random, randomOf } from '../support/vpc-simulator/random.ts';

/** How the rules of a policy tend to look. */
export const STYLES = ['nested-cidrs', 'unaligned', 'any-heavy', 'specific-first', 'multi-product', 'memberships'] as const;
export type Style = (typeof STYLES)[number];

/** The addresses of its rules: of one family, or of both at once. */
export const FAMILIES = ['ipv4', 'ipv6', 'both'] as const;
export type Family = (typeof FAMILIES)[number];

export interface RandomPolicy {
  readonly style: Style;
  readonly family: Family;
  readonly policy: Policy;
  /** Rules that nobody can remove. */
  readonly fixed: ReadonlySet<string>;
  /** Sets of places of rules, to be asked whether they may go. */
  readonly removals: readonly ReadonlySet<number>[];
}

const UNKNOWNS = ['app web', 'user alice', 'sg-1', 'pl-1'];
const FINITE: ReadonlyMap<string, readonly string[]> = new Map([
  ['state', ['new', 'established', 'related']],
  ['ingress-zone', ['trust', 'dmz']],
]);

/** Addresses of real widths, 8 to 30 rules; the same for the same seed. Style and family go round with the seed. */
export function randomPolicy(seed: number): RandomPolicy {
  const random = randomOf(seed);
  const style = STYLES[seed % STYLES.length] as Style;
  const family = FAMILIES[Math.floor(seed / STYLES.length) % FAMILIES.length] as Family;
  const evaluation: Evaluation = random.chance(0.3) ? 'any-permit' : 'first-match';
  const world = new RandomWorld(random, style, family, evaluation);
  const policy = policyOf(world.rules(), {
    evaluation,
    defaultAction: evaluation === 'any-permit' || random.chance(0.7) ? 'deny' : 'permit',
  });
  const fixed = new Set(random.chance(0.15) ? [(policy.rules.at(-1) as Rule).id] : []);
  const removals = Array.from({ length: 3 }, () => new Set([...policy.rules.keys()].filter(() => random.chance(0.25))));
  return { style, family, policy, fixed, removals };
}

/** A world keeps its ranges and services few, so that rules meet, nest and repeat. */
class RandomWorld {
  readonly #random: Random;
  readonly #style: Style;
  readonly #evaluation: Evaluation;
  readonly #families: readonly AddressFamily[];
  readonly #ranges: Readonly<Record<AddressFamily, readonly AddressRange[]>>;
  readonly #services: readonly Service[];

  constructor(random: Random, style: Style, family: Family, evaluation: Evaluation) {
    this.#random = random;
    this.#style = style;
    this.#evaluation = evaluation;
    this.#families = family === 'both' ? [4, 6] : [family === 'ipv4' ? 4 : 6];
    this.#ranges = { 4: this.#rangesOf(4), 6: this.#rangesOf(6) };
    this.#services = [...Array.from({ length: 5 }, () => this.#service()), ANY_SERVICE];
  }

  rules(): Rule[] {
    const random = this.#random;
    const rules: Rule[] = [];
    for (let wanted = random.int(8, 30); rules.length < wanted; ) {
      const earlier = rules.length > 0 && random.chance(0.3) ? random.pick(rules) : null;
      rules.push(...(earlier === null ? [this.#rule()] : this.#echoes(earlier)));
    }
    if (this.#style === 'specific-first') rules.sort((a, b) => sizeOf(a) - sizeOf(b));
    // A policy often ends in a rule for everything.
    if (random.chance(0.3)) rules.push(this.#ruleOf(matchEverything().products));
    return rules.slice(0, 30).map((rule, i) => ({ ...rule, id: `r${i + 1}` }));
  }

  #rule(): Rule {
    const random = this.#random;
    if (random.chance(0.02)) return { ...this.#ruleOf(matchEverything([`rule ${random.int(1, 2)} as written`]).products), evaluable: 'no' };
    const most = this.#style === 'multi-product' ? 4 : 1;
    const products = Array.from({ length: random.int(1, most) }, () => this.#product(random.pick(this.#families)));
    const other = this.#families.length > 1 && random.chance(0.3) ? [this.#product(6)] : [];
    return this.#ruleOf(random.chance(0.01) ? [] : [...products, ...other]);
  }

  #ruleOf(products: readonly MatchProduct[]): Rule {
    const random = this.#random;
    const verdict = this.#evaluation === 'any-permit' || random.chance(this.#style === 'specific-first' ? 0.5 : 0.65) ? 'permit' : 'deny';
    return ruleWith({
      effect: { verdict, attributes: random.chance(0.12) ? { log: random.pick(['all', 'none']) } : {} },
      match: { products },
      enabled: !random.chance(0.03),
      staleReference: random.chance(0.02) ? 'a group that is gone' : null,
      description: random.chance(0.2) ? 'web' : '',
      metadata: { ...NO_METADATA, owner: random.chance(0.2) ? 'alice' : '' },
      nativeHits: random.chance(0.2) ? random.int(0, 3) : null,
    });
  }

  /** Rules that have much to do with an earlier one: a copy that may be written otherwise, its halves, a part, or something wider. */
  #echoes(earlier: Rule): Rule[] {
    const random = this.#random;
    const products = earlier.match.products;
    const again = (changed: readonly MatchProduct[]): Rule => {
      const rule = this.#ruleOf(changed);
      return random.chance(0.6) ? { ...rule, effect: earlier.effect } : rule;
    };
    switch (random.pick(['copy', 'rewritten', 'halves', 'part', 'wider'] as const)) {
      case 'copy':
        return [again(products)];
      case 'rewritten':
        return [again(products.flatMap((product) => halvesOf(random, product)).reverse())];
      case 'halves':
        return products.length === 0 ? [] : halvesOf(random, random.pick(products)).map((half) => again([half]));
      case 'part':
        return [again(products.map((product) => halvesOf(random, product)[0] as MatchProduct))];
      case 'wider':
        return [
          again(
            products.map((product) =>
              random.chance(0.5) ? { ...product, services: [ANY_SERVICE] } : { ...product, finite: [], unknowns: [] },
            ),
          ),
        ];
    }
  }

  #product(family: AddressFamily): MatchProduct {
    const random = this.#random;
    const partly = this.#style === 'memberships' ? 0.4 : 0.12;
    const finite = [...FINITE].flatMap(([axis, values]) =>
      random.chance(0.1) ? [{ axis, values: values.filter(() => random.chance(0.6)) }] : [],
    );
    return {
      family,
      source: this.#endpoint(family),
      destination: this.#endpoint(family),
      services: Array.from({ length: random.chance(0.01) ? 0 : random.int(1, 2) }, () => random.pick(this.#services)),
      finite,
      unknowns: random.chance(partly / 2) ? [random.pick(UNKNOWNS)] : [],
    };
  }

  #endpoint(family: AddressFamily): Endpoint {
    const random = this.#random;
    const anyShare = this.#style === 'any-heavy' ? 0.6 : 0.25;
    const whole = { family, first: 0n, last: LAST_ADDRESS[family] };
    const count = this.#style === 'multi-product' || random.chance(0.15) ? random.int(1, 3) : 1;
    const some = normaliseRanges(Array.from({ length: count }, () => random.pick(this.#ranges[family])));
    const ranges = random.chance(anyShare) ? [whole] : some;
    if (!random.chance(this.#style === 'memberships' ? 0.4 : 0.08)) return { ranges, membership: null };
    // Today's members have no part in what the rule may match at any time.
    return { ranges, membership: { axis: random.pick(UNKNOWNS), members: random.chance(0.5) ? null : ranges.slice(0, 1) } };
  }

  #rangesOf(family: AddressFamily): AddressRange[] {
    return this.#style === 'unaligned' ? this.#unalignedRanges(family) : this.#nestedRanges(family);
  }

  /** Prefixes of each other and their neighbours, hosts included. */
  #nestedRanges(family: AddressFamily): AddressRange[] {
    const random = this.#random;
    const width = family === 4 ? 32 : 128;
    const lengths = family === 4 ? [1, 8, 16, 23, 24, 25, 32] : [1, 16, 32, 48, 63, 64, 65, 127, 128];
    const bases = [this.#address(family), this.#address(family)];
    return Array.from({ length: 8 }, () => {
      const length = random.pick(lengths);
      const size = 1n << BigInt(width - length);
      const first = (random.pick(bases) & ~(size - 1n)) ^ (random.chance(0.3) ? size : 0n);
      return { family, first, last: first + size - 1n };
    });
  }

  /** Ranges between few points, which touch, overlap by one address, or leave one out. */
  #unalignedRanges(family: AddressFamily): AddressRange[] {
    const random = this.#random;
    const points = [0n, LAST_ADDRESS[family], ...Array.from({ length: 4 }, () => this.#address(family))];
    const near = (): bigint => {
      const point = random.pick(points) + BigInt(random.int(-1, 1));
      return point < 0n ? 0n : point > LAST_ADDRESS[family] ? LAST_ADDRESS[family] : point;
    };
    return Array.from({ length: 8 }, () => {
      const [a, b] = [near(), near()];
      return { family, first: a < b ? a : b, last: a < b ? b : a };
    });
  }

  #address(family: AddressFamily): bigint {
    let address = 0n;
    for (let bits = family === 4 ? 32 : 128; bits > 0; bits -= 16) address = (address << 16n) | BigInt(this.#random.int(0, 65535));
    return address;
  }

  #service(): Service {
    const random = this.#random;
    const of = (first: number, last = first, parts: Partial<Service> = {}): Service => ({
      ...ANY_SERVICE,
      protocolFirst: first,
      protocolLast: last,
      ...parts,
    });
    const icmp = { icmpType: random.pick([null, 0, 8, 255]), icmpCode: random.pick([null, null, 0, 255]) };
    switch (random.pick(['tcp', 'tcp', 'udp', 'protocol', 'protocols', 'icmp', 'ports of any', 'icmp of any'] as const)) {
      case 'tcp':
        return of(6, 6, { destinationPort: this.#ports(), sourcePort: random.chance(0.2) ? this.#ports() : null });
      case 'udp':
        return of(17, 17, { destinationPort: this.#ports() });
      case 'protocol':
        return of(random.pick([0, 6, 17, 47, 58, 255]));
      case 'protocols':
        return of(random.int(0, 20), random.pick([20, 58, 132, 255]), random.chance(0.4) ? { destinationPort: this.#ports() } : {});
      case 'icmp':
        return of(random.pick([1, 58]), undefined, icmp);
      case 'ports of any':
        return of(0, 255, { destinationPort: this.#ports(), ...(random.chance(0.3) ? icmp : {}) });
      case 'icmp of any':
        return of(0, 255, icmp);
    }
  }

  #ports(): PortRange {
    const random = this.#random;
    const [a, b] = [random.pick(PORTS), random.pick(PORTS)];
    return random.chance(0.4) ? { first: a, last: a } : { first: Math.min(a, b), last: Math.max(a, b) };
  }
}

const PORTS = [0, 22, 80, 81, 255, 256, 443, 1024, 49_152, 65_535];

/** Two products that together are the given one: its sources cut at some address. */
function halvesOf(random: Random, product: MatchProduct): MatchProduct[] {
  const place = random.int(0, Math.max(0, product.source.ranges.length - 1));
  const range = product.source.ranges[place];
  if (range === undefined || range.first === range.last) return [product];
  const cut = random.chance(0.5) ? (range.first + range.last) / 2n : range.first + BigInt(random.int(0, 2));
  if (cut >= range.last) return [product];
  const withRanges = (ranges: readonly AddressRange[]): MatchProduct => ({ ...product, source: { ...product.source, ranges } });
  return [
    withRanges([...product.source.ranges.slice(0, place), { ...range, last: cut }]),
    withRanges([{ ...range, first: cut + 1n }, ...product.source.ranges.slice(place + 1)]),
  ];
}

/** A measure of how wide a rule is: the bits that its addresses leave open. */
function sizeOf({ match }: Rule): number {
  const open = ({ ranges }: Endpoint): number => Math.max(0, ...ranges.map(({ first, last }) => (last - first + 1n).toString(2).length));
  return Math.max(0, ...match.products.map(({ source, destination }) => open(source) + open(destination)));
}
