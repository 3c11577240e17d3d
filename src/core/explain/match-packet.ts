import { type AddressRange, formatAddress, formatAddressRange } from '../../model/address.ts';
import type { Condition, Mismatch } from '../../model/explanation.ts';
import type { Endpoint, MatchProduct } from '../../model/match.ts';
import type { Packet } from '../../model/packet-notation.ts';
import type { Rule } from '../../model/rule.ts';
import {
  ANY_PORT,
  formatPortRange,
  formatProtocol,
  ICMP,
  ICMPV6,
  type PortRange,
  PROTOCOLS_WITH_PORTS,
  type Service,
} from '../../model/service.ts';
import { formatSourceRef } from '../../model/source-ref.ts';

/** A condition as a question that a possible world answers: a number from 0 to `max` (1: yes), or a name. */
export interface Question {
  /** Equal axes are one question. */
  readonly axis: string;
  readonly wanted:
    | { readonly kind: 'number'; readonly max: number; readonly first: number; readonly last: number }
    | { readonly kind: 'name'; readonly names: readonly string[] };
  readonly condition: Condition;
}

/** Whether a rule matches a packet, with the reasons. */
export type PacketMatch =
  | { readonly answer: 'certain' }
  /** Any of the lists, of which every question has to be answered yes. */
  | { readonly answer: 'possible'; readonly alternatives: readonly (readonly Question[])[] }
  /** Of the part of the rule that comes closest, first axis first. */
  | { readonly answer: 'no'; readonly mismatches: readonly Mismatch[] };

/** Reads a rule as it stands today: references by the members that the exports know. What the packet leaves open is a question, too. */
export function matchPacket(rule: Rule, packet: Packet): PacketMatch {
  const parts = rule.match.products.filter(({ family }) => family === packet.family).flatMap((product) => matchProduct(product, packet));
  const met = parts.filter((part) => part.mismatches.length === 0).map(({ questions }) => questions);
  if (!rule.enabled) return { answer: 'no', mismatches: [switchedOff(), ...(met.length > 0 ? [] : missOf(rule, packet, parts))] };
  if (met.length === 0) return { answer: 'no', mismatches: missOf(rule, packet, parts) };
  const alternatives = withoutImplied(rule.evaluable === 'no' ? met.map((questions) => asUnreadable(rule, questions)) : met);
  return alternatives.some((questions) => questions.length === 0) ? { answer: 'certain' } : { answer: 'possible', alternatives };
}

/** One product with one of its services. */
interface Part {
  readonly questions: readonly Question[];
  readonly mismatches: readonly Miss[];
}

interface Miss {
  readonly axis: Mismatch['axis'];
  readonly seen: string;
  /** Made only when it is shown: rules that miss are many. */
  readonly expected: () => readonly string[];
}

function matchProduct(product: MatchProduct, packet: Packet): Part[] {
  const source = matchEndpoint('source', product.source, packet);
  const destination = matchEndpoint('destination', product.destination, packet);
  const others = [...product.unknowns.map(unknown), ...product.finite.map(({ axis, values }) => named(axis, values))];
  return product.services.map((service) => {
    const above = matchService(service, packet);
    return {
      questions: [...source.questions, ...destination.questions, ...above.questions, ...others],
      mismatches: [...source.mismatches, ...destination.mismatches, ...above.mismatches],
    };
  });
}

const MET: Part = { questions: [], mismatches: [] };

function matchEndpoint(side: 'source' | 'destination', { ranges, membership }: Endpoint, packet: Packet): Part {
  const address = packet[side];
  const holds = (list: readonly AddressRange[]): boolean => list.some(({ first, last }) => first <= address && address <= last);
  if (membership === null && holds(ranges)) return MET;
  if (membership !== null && holds(membership.members ?? [])) return MET;
  const seen = formatAddress(packet.family, address);
  if (membership === null || !holds(ranges)) {
    const expected = () => (membership === null ? ranges.map(formatAddressRange) : [membership.axis]);
    return { questions: [], mismatches: [{ axis: side, seen, expected }] };
  }
  const kind = membership.members === null ? 'unresolved' : 'membership';
  return { questions: [yesNo({ kind, axis: membership.axis, subject: `${side} ${seen}`, values: [] })], mismatches: [] };
}

function matchService(service: Service, packet: Packet): Part {
  const { protocol } = packet;
  const asksForPorts = service.sourcePort !== null || service.destinationPort !== null;
  const asksForIcmp = service.icmpType !== null || service.icmpCode !== null;
  if (protocol < service.protocolFirst || service.protocolLast < protocol) {
    // The ports are compared all the same, so that only a rule that is wrong about nothing but the protocol is a near miss.
    const missed = missedProtocol(service, packet, null);
    return asksForPorts && PROTOCOLS_WITH_PORTS.includes(protocol) ? join(missed, matchPorts(service, packet)) : missed;
  }
  if (!asksForPorts && !asksForIcmp) return MET;
  if (asksForPorts && PROTOCOLS_WITH_PORTS.includes(protocol)) return matchPorts(service, packet);
  if (asksForIcmp && (protocol === ICMP || protocol === ICMPV6)) {
    return join(
      matchNumber('icmp-type', 255, single(service.icmpType), packet.icmpType),
      matchNumber('icmp-code', 255, single(service.icmpCode), packet.icmpCode),
    );
  }
  return missedProtocol(service, packet, asksForPorts ? PROTOCOLS_WITH_PORTS : [ICMP, ICMPV6]);
}

function matchPorts(service: Service, packet: Packet): Part {
  return join(
    matchNumber('source-port', 65535, portOrAny(service.sourcePort), packet.sourcePort),
    matchNumber('destination-port', 65535, portOrAny(service.destinationPort), packet.destinationPort),
  );
}

function portOrAny(ports: PortRange | null): PortRange | null {
  return ports !== null && ports.first === ANY_PORT.first && ports.last === ANY_PORT.last ? null : ports;
}

function single(value: number | null): PortRange | null {
  return value === null ? null : { first: value, last: value };
}

const AXIS_WORDS = {
  'source-port': 'source port',
  'destination-port': 'destination port',
  'icmp-type': 'ICMP type',
  'icmp-code': 'ICMP code',
} as const;

function matchNumber(kind: keyof typeof AXIS_WORDS, max: number, wanted: PortRange | null, value: number | null): Part {
  if (wanted === null) return MET;
  if (value === null) {
    const condition: Condition = { kind, axis: AXIS_WORDS[kind], subject: '', values: [formatPortRange(wanted)] };
    return { questions: [{ axis: kind, wanted: { kind: 'number', max, ...wanted }, condition }], mismatches: [] };
  }
  if (wanted.first <= value && value <= wanted.last) return MET;
  return { questions: [], mismatches: [{ axis: kind, seen: String(value), expected: () => [formatPortRange(wanted)] }] };
}

function missedProtocol(
  { protocolFirst: first, protocolLast: last }: Service,
  { protocol }: Packet,
  among: readonly number[] | null,
): Part {
  const expected = (): readonly string[] =>
    among?.filter((each) => first <= each && each <= last).map(formatProtocol) ?? [
      first === last ? formatProtocol(first) : `protocols ${first}-${last}`,
    ];
  return { questions: [], mismatches: [{ axis: 'protocol', seen: formatProtocol(protocol), expected }] };
}

function join(a: Part, b: Part): Part {
  return { questions: [...a.questions, ...b.questions], mismatches: [...a.mismatches, ...b.mismatches] };
}

function unknown(axis: string): Question {
  return yesNo({ kind: 'unknown', axis, subject: '', values: [] });
}

/** Nothing of the rule can be computed: one question of its own stands for all that its text may ask. */
function asUnreadable(rule: Rule, questions: readonly Question[]): Question[] {
  const axis = `rule ${rule.id} of ${formatSourceRef(rule.sourceRef)} matches on the device`;
  const own = yesNo({ kind: 'unreadable', axis, subject: '', values: [] });
  return [...questions.filter(({ condition }) => condition.kind !== 'unknown'), own];
}

function yesNo(condition: Condition): Question {
  return { axis: `${condition.subject}\n${condition.axis}`, wanted: { kind: 'number', max: 1, first: 1, last: 1 }, condition };
}

function named(axis: string, names: readonly string[]): Question {
  return { axis: `\n${axis}`, wanted: { kind: 'name', names }, condition: { kind: 'finite', axis, subject: '', values: [...names] } };
}

/** More alternatives than this are left as they are: the answer is the same, only longer. */
const MOST_TO_COMPARE = 100;

/** Without repetition, and without a list that asks for more than another one does. */
function withoutImplied(alternatives: readonly (readonly Question[])[]): readonly (readonly Question[])[] {
  const keyed = alternatives.map((questions) => {
    const byKey = new Map(questions.map((question) => [JSON.stringify([question.axis, question.condition.values]), question]));
    return { keys: new Set(byKey.keys()), questions: [...byKey.values()] };
  });
  if (keyed.length > MOST_TO_COMPARE) return keyed.map(({ questions }) => questions);
  return keyed
    .filter(
      ({ keys }, index) =>
        !keyed.some((other, at) => at !== index && isSubset(other.keys, keys) && (other.keys.size < keys.size || at < index)),
    )
    .map(({ questions }) => questions);
}

function isSubset(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return inner.size <= outer.size && [...inner].every((key) => outer.has(key));
}

function switchedOff(): Mismatch {
  return { axis: 'enabled', seen: '', expected: [], expectedOmitted: 0 };
}

const MOST_EXPECTED = 12;

function missOf(rule: Rule, packet: Packet, parts: readonly Part[]): readonly Mismatch[] {
  if (parts.length === 0) {
    const other = rule.match.products[0];
    if (other === undefined || rule.match.products.some(({ family }) => family === packet.family))
      return [{ axis: 'nothing', seen: '', expected: [], expectedOmitted: 0 }];
    return [{ axis: 'family', seen: `IPv${packet.family}`, expected: [`IPv${other.family}`], expectedOmitted: 0 }];
  }
  const fewest = Math.min(...parts.map(({ mismatches }) => mismatches.length));
  const closest = parts.find(({ mismatches }) => mismatches.length === fewest)?.mismatches ?? [];
  const alike = parts.filter(
    ({ mismatches }) => mismatches.length === fewest && mismatches.every(({ axis }, at) => axis === closest[at]?.axis),
  );
  return closest.map(({ axis, seen }, at) => {
    const expected = [...new Set(alike.flatMap(({ mismatches }) => mismatches[at]?.expected() ?? []))];
    return { axis, seen, expected: expected.slice(0, MOST_EXPECTED), expectedOmitted: Math.max(0, expected.length - MOST_EXPECTED) };
  });
}
