import { type AddressFamily, type AddressRange, LAST_ADDRESS } from '../../src/model/address.ts';
import type { Endpoint, Match, MatchProduct } from '../../src/model/match.ts';
import type { Rule } from '../../src/model/rule.ts';
import { ICMP, ICMPV6, type PortRange, PROTOCOLS_WITH_PORTS, type Service } from '../../src/model/service.ts';

// A point as SMT-LIB constants: `v6`, `s4 d4 s6 d6` (addresses of each family on their own), `p`, `sp dp` (ports, or ICMP type and code),
// `f0…` (finite axes) and `u0…` (unknown axes). Written from the docstrings of src/model; shares no code with src/core.

const ADDRESS_BITS: Readonly<Record<AddressFamily, number>> = { 4: 32, 6: 128 };
const FINITE_BITS = 4;

/** The axes that the rules of a policy name. */
export class SmtSpace {
  /** Texts of the unknown axes: `u0` is the first. */
  readonly unknowns: readonly string[];
  /** Values that are named on each finite axis; whatever is not named is one more value behind them. */
  readonly finite: ReadonlyMap<string, readonly string[]>;

  constructor(rules: readonly Rule[]) {
    const unknowns = new Set<string>();
    const finite = new Map<string, Set<string>>();
    for (const product of rules.flatMap(({ match }) => match.products)) {
      for (const text of product.unknowns) unknowns.add(text);
      for (const { membership } of [product.source, product.destination]) if (membership !== null) unknowns.add(membership.axis);
      for (const { axis, values } of product.finite) finite.set(axis, new Set([...(finite.get(axis) ?? []), ...values]));
    }
    this.unknowns = [...unknowns];
    this.finite = new Map([...finite].map(([axis, values]) => [axis, [...values]]));
  }

  /** Declares a point, and says which values there are: type and code end at 255, a finite axis behind its last name. */
  declarations(): string {
    const icmp = or([ICMP, ICMPV6].map((protocol) => equals('p', protocol, 8)));
    return [
      '(declare-const v6 Bool)',
      ...(['s4', 'd4'] as const).map((name) => `(declare-const ${name} (_ BitVec 32))`),
      ...(['s6', 'd6'] as const).map((name) => `(declare-const ${name} (_ BitVec 128))`),
      '(declare-const p (_ BitVec 8))',
      ...(['sp', 'dp'] as const).map((name) => `(declare-const ${name} (_ BitVec 16))`),
      `(assert (=> ${icmp} (and (bvule sp ${number(255, 16)}) (bvule dp ${number(255, 16)}))))`,
      ...this.unknowns.map((_, i) => `(declare-const u${i} Bool)`),
      ...[...this.finite.values()].map(
        (values, i) => `(declare-const f${i} (_ BitVec ${FINITE_BITS}))(assert (bvule f${i} ${number(values.length, FINITE_BITS)}))`,
      ),
    ].join('\n');
  }

  match(match: Match): string {
    return or(match.products.map((product) => this.#product(product)));
  }

  #product({ family, source, destination, services, finite, unknowns }: MatchProduct): string {
    return and([
      family === 6 ? 'v6' : '(not v6)',
      this.#endpoint(source, family, `s${family}`),
      this.#endpoint(destination, family, `d${family}`),
      or(services.map(serviceTerm)),
      ...finite.map(({ axis, values }) => or(values.map((value) => this.finiteValue(axis, value)))),
      ...unknowns.map((text) => this.unknown(text)),
    ]);
  }

  /** A reference is the unknown axis of its name inside everything it may hold, whoever belongs to it today. */
  #endpoint({ ranges, membership }: Endpoint, family: AddressFamily, name: string): string {
    const inside = or(ranges.filter((range) => range.family === family).map((range) => addressTerm(name, range)));
    return membership === null ? inside : and([inside, this.unknown(membership.axis)]);
  }

  unknown(text: string): string {
    return `u${this.unknowns.indexOf(text)}`;
  }

  /** A value that no rule names is the one behind those that are named. */
  finiteValue(axis: string, value: string): string {
    const values = this.finite.get(axis) ?? [];
    const place = values.includes(value) ? values.indexOf(value) : values.length;
    return equals(`f${[...this.finite.keys()].indexOf(axis)}`, place, FINITE_BITS);
  }
}

function addressTerm(name: string, { family, first, last }: AddressRange): string {
  return between(name, first, last, ADDRESS_BITS[family], LAST_ADDRESS[family]);
}

/** Ports are asked of protocols that have them, type and code of ICMP; a service that asks for either is met by no other protocol. */
function serviceTerm({ protocolFirst, protocolLast, sourcePort, destinationPort, icmpType, icmpCode }: Service): string {
  const protocol = between('p', BigInt(protocolFirst), BigInt(protocolLast), 8, 255n);
  const asksForPorts = sourcePort !== null || destinationPort !== null;
  const asksForIcmp = icmpType !== null || icmpCode !== null;
  if (!asksForPorts && !asksForIcmp) return protocol;
  const oneOf = (protocols: readonly number[]): string => or(protocols.map((each) => equals('p', each, 8)));
  const ports = and([oneOf(PROTOCOLS_WITH_PORTS), portTerm('sp', sourcePort), portTerm('dp', destinationPort)]);
  const icmp = and([oneOf([ICMP, ICMPV6]), icmpTerm('sp', icmpType), icmpTerm('dp', icmpCode)]);
  return and([protocol, or([...(asksForPorts ? [ports] : []), ...(asksForIcmp ? [icmp] : [])])]);
}

function portTerm(name: string, ports: PortRange | null): string {
  return ports === null ? 'true' : between(name, BigInt(ports.first), BigInt(ports.last), 16, 65535n);
}

function icmpTerm(name: string, value: number | null): string {
  return value === null ? 'true' : equals(name, value, 16);
}

function between(name: string, first: bigint, last: bigint, bits: number, lastOfAll: bigint): string {
  if (first === last) return equals(name, first, bits);
  return and([
    first === 0n ? 'true' : `(bvuge ${name} ${number(first, bits)})`,
    last === lastOfAll ? 'true' : `(bvule ${name} ${number(last, bits)})`,
  ]);
}

export function equals(name: string, value: bigint | number, bits: number): string {
  return `(= ${name} ${number(value, bits)})`;
}

function number(value: bigint | number, bits: number): string {
  return `(_ bv${value} ${bits})`;
}

/** Nothing at all holds. */
export function and(terms: readonly string[]): string {
  const asked = terms.filter((term) => term !== 'true');
  return asked.length === 0 ? 'true' : `(and ${asked.join(' ')})`;
}

/** One of nothing does not hold. */
export function or(terms: readonly string[]): string {
  return terms.length === 0 ? 'false' : `(or ${terms.join(' ')})`;
}

export function not(term: string): string {
  return `(not ${term})`;
}
