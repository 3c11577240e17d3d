import type { AddressFamily, AddressRange } from '../../src/model/address.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../src/model/flow.ts';
import type { Endpoint, MatchProduct } from '../../src/model/match.ts';
import type { Rule } from '../../src/model/rule.ts';
import { ICMP, ICMPV6, type PortRange, PROTOCOLS_WITH_PORTS, type Service } from '../../src/model/service.ts';

// The slow, obvious twins: plain loops over the model, written from DESIGN §3, sharing no code with src/core.

/** One flow as rules see it. Ports of ICMP are type and code; 65536 and 256 are values that the log does not carry. */
export interface Point {
  readonly family: AddressFamily;
  readonly source: bigint;
  readonly destination: bigint;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export type MatchAnswer = 'certain' | 'possible' | 'no';

/** Whether a rule matched a flow, as far as the flow and the rule can tell. */
export function referenceMatch(rule: Rule, point: Point): MatchAnswer {
  if (!rule.enabled) return 'no';
  const answer = either(rule.match.products.map((product) => matchProduct(product, point)));
  return rule.evaluable === 'no' ? atMostPossible(answer) : answer;
}

export interface ReferenceResult {
  readonly certain: readonly number[];
  readonly possible: readonly number[];
  readonly decider: number;
}

/** The first rule that surely matches, and those before it that may. */
export function referenceFirstMatch(rules: readonly Rule[], point: Point): ReferenceResult {
  const possible: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const answer = referenceMatch(rule, point);
    if (answer === 'certain') return { certain: [index], possible, decider: index };
    if (answer === 'possible') possible.push(index);
  }
  return { certain: [], possible, decider: -1 };
}

/** Every rule that surely matches, every other that may. */
export function referenceAllMatch(rules: readonly Rule[], point: Point): ReferenceResult {
  const answers = rules.map((rule) => referenceMatch(rule, point));
  const indexesOf = (wanted: MatchAnswer): number[] => [...answers.keys()].filter((index) => answers[index] === wanted);
  return { certain: indexesOf('certain'), possible: indexesOf('possible'), decider: -1 };
}

function matchProduct(product: MatchProduct, point: Point): MatchAnswer {
  if (product.family !== point.family) return 'no';
  const answer = both([
    matchEndpoint(product.source, point.source),
    matchEndpoint(product.destination, point.destination),
    either(product.services.map((service) => matchService(service, point))),
  ]);
  return product.unknowns.length > 0 || product.finite.length > 0 ? atMostPossible(answer) : answer;
}

function matchEndpoint(endpoint: Endpoint, address: bigint): MatchAnswer {
  const holds = (ranges: readonly AddressRange[]): boolean => ranges.some((range) => range.first <= address && address <= range.last);
  if (endpoint.membership === null) return holds(endpoint.ranges) ? 'certain' : 'no';
  if (holds(endpoint.membership.members ?? [])) return 'certain';
  return holds(endpoint.ranges) ? 'possible' : 'no';
}

function matchService(service: Service, point: Point): MatchAnswer {
  if (point.protocol !== UNSEEN_PROTOCOL) {
    return service.protocolFirst <= point.protocol && point.protocol <= service.protocolLast
      ? matchPorts(service, point.protocol, point)
      : 'no';
  }
  const answers: MatchAnswer[] = [];
  for (let protocol = service.protocolFirst; protocol <= service.protocolLast; protocol++)
    answers.push(matchPorts(service, protocol, point));
  const isEveryProtocol = service.protocolFirst === 0 && service.protocolLast === 255;
  return isEveryProtocol && answers.every((answer) => answer === 'certain') ? 'certain' : atMostPossible(either(answers));
}

function matchPorts(service: Service, protocol: number, point: Point): MatchAnswer {
  const asksForPorts = service.sourcePort !== null || service.destinationPort !== null;
  const asksForIcmp = service.icmpType !== null || service.icmpCode !== null;
  if (!asksForPorts && !asksForIcmp) return 'certain';
  if (asksForPorts && PROTOCOLS_WITH_PORTS.includes(protocol)) {
    return both([matchPort(service.sourcePort, point.sourcePort), matchPort(service.destinationPort, point.destinationPort)]);
  }
  if (asksForIcmp && (protocol === ICMP || protocol === ICMPV6)) {
    return both([matchIcmp(service.icmpType, point.sourcePort), matchIcmp(service.icmpCode, point.destinationPort)]);
  }
  return 'no';
}

function matchPort(ports: PortRange | null, port: number): MatchAnswer {
  if (ports === null || (ports.first === 0 && ports.last === 65535)) return 'certain';
  if (port === UNSEEN_PORT) return 'possible';
  return ports.first <= port && port <= ports.last ? 'certain' : 'no';
}

function matchIcmp(wanted: number | null, value: number): MatchAnswer {
  if (wanted === null || wanted === value) return 'certain';
  return value === UNSEEN_PORT ? 'possible' : 'no';
}

function both(answers: readonly MatchAnswer[]): MatchAnswer {
  if (answers.includes('no')) return 'no';
  return answers.includes('possible') ? 'possible' : 'certain';
}

function either(answers: readonly MatchAnswer[]): MatchAnswer {
  if (answers.includes('certain')) return 'certain';
  return answers.includes('possible') ? 'possible' : 'no';
}

function atMostPossible(answer: MatchAnswer): MatchAnswer {
  return answer === 'certain' ? 'possible' : answer;
}

/** Which rules have an address of the range on which side, by rule, the source in front. */
export function referenceMentions(rules: readonly Rule[], asked: AddressRange): { rule: number; side: 'source' | 'destination' }[] {
  return rules.flatMap((rule, index) =>
    (['source', 'destination'] as const)
      .filter((side) =>
        rule.match.products.some((product) =>
          [...product[side].ranges, ...(product[side].membership?.members ?? [])].some(
            (range) => range.family === asked.family && range.first <= asked.last && asked.first <= range.last,
          ),
        ),
      )
      .map((side) => ({ rule: index, side })),
  );
}

/** Which of the ranges (both ends included) hold the point, by index. */
export function scanStab(first: readonly number[], last: readonly number[], point: number): number[] {
  return [...first.keys()].filter((id) => (first[id] as number) <= point && point <= (last[id] as number));
}

/** Which of the ranges have a point in common with `from..to`, by index. */
export function scanOverlap(first: readonly number[], last: readonly number[], from: number, to: number): number[] {
  return [...first.keys()].filter((id) => (first[id] as number) <= to && from <= (last[id] as number));
}
