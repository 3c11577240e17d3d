import { formatPortRange, formatProtocol, ICMP, ICMPV6, type PortRange } from '../../model/service.ts';
import type { NumberAxis, TraceAxes } from '../trace/trace-axes.ts';
import { LEVEL_DESTINATION_PORT, LEVEL_PROTOCOL, LEVEL_SOURCE_PORT } from './box-guards.ts';
import { DENIED, type Diagrams, PERMITTED } from './diagrams.ts';

const LAST_TYPE = 255;

/**
 * The services of a diagram that asks protocol and ports only and permits or denies: `any`, `tcp/443`, `tcp,udp/53 from port 1024-65535`, `icmp type 8`,
 * `protocols 0-5,7-255`. They are disjoint, by lowest protocol; a diagram that denies all has none.
 */
export function serviceTerms(axes: TraceAxes, diagrams: Diagrams, id: number): string[] {
  if (id === PERMITTED) return ['any'];
  return groupByChild(diagrams, id, LEVEL_PROTOCOL, axes.protocol).flatMap(({ child, ranges }) => {
    if (child === PERMITTED) return [protocolText(ranges)];
    // Types and ports share their axes: what looks alike may mean different things.
    const icmp = ranges.filter(({ first }) => isIcmp(first));
    const others = ranges.filter(({ first }) => !isIcmp(first));
    return [
      ...(icmp.length === 0 ? [] : icmpTerms(axes, diagrams, child).map((tail) => `${protocolText(icmp)}${tail}`)),
      ...(others.length === 0 ? [] : portTerms(axes, diagrams, child).map((tail) => `${protocolText(others)}${tail}`)),
    ];
  });
}

interface Group {
  readonly child: number;
  /** Ascending. */
  readonly ranges: readonly PortRange[];
}

/** The values of one level that lead to the same child, by lowest value; those that lead to nothing are left out. */
function groupByChild(diagrams: Diagrams, id: number, level: number, axis: NumberAxis): Group[] {
  const stretches = diagrams.level(id) === level ? diagrams.stretches(id) : [{ first: 0, child: id }];
  const groups = new Map<number, PortRange[]>();
  stretches.forEach(({ first, child }, i) => {
    if (child === DENIED) return;
    const next = stretches[i + 1];
    const range = { first: axis.starts[first]!, last: next === undefined ? axis.lastValue : axis.starts[next.first]! - 1 };
    const known = groups.get(child);
    if (known === undefined) groups.set(child, [range]);
    else known.push(range);
  });
  return [...groups].map(([child, ranges]) => ({ child, ranges }));
}

function portTerms({ destinationPort, sourcePort }: TraceAxes, diagrams: Diagrams, id: number): string[] {
  return groupByChild(diagrams, id, LEVEL_DESTINATION_PORT, destinationPort).flatMap(({ child, ranges }) => {
    const to = isWhole(ranges, destinationPort.lastValue) ? '' : `/${ranges.map(formatPortRange).join(',')}`;
    return groupByChild(diagrams, child, LEVEL_SOURCE_PORT, sourcePort).map((from) =>
      isWhole(from.ranges, sourcePort.lastValue) ? to : `${to} from port ${from.ranges.map(formatPortRange).join(',')}`,
    );
  });
}

function icmpTerms({ destinationPort, sourcePort }: TraceAxes, diagrams: Diagrams, id: number): string[] {
  return groupByChild(diagrams, id, LEVEL_DESTINATION_PORT, destinationPort).flatMap(({ child, ranges: codes }) => {
    const code = isWhole(codes, LAST_TYPE) ? '' : ` code ${typeText(codes)}`;
    return groupByChild(diagrams, child, LEVEL_SOURCE_PORT, sourcePort).map(({ ranges: types }) =>
      isWhole(types, LAST_TYPE) ? code : ` type ${typeText(types)}${code}`,
    );
  });
}

/** Type 255 owns the rest of the axis. */
function typeText(ranges: readonly PortRange[]): string {
  return ranges.map(({ first, last }) => formatPortRange({ first, last: Math.min(last, LAST_TYPE) })).join(',');
}

function isWhole(ranges: readonly PortRange[], lastOfAll: number): boolean {
  return ranges.length === 1 && ranges[0]!.first === 0 && ranges[0]!.last >= lastOfAll;
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** `tcp,udp`; numbers without a common name and ranges say what they are: `protocols 0-5,tcp`. */
function protocolText(ranges: readonly PortRange[]): string {
  const texts = ranges.map(({ first, last }) => (first === last ? formatProtocol(first) : `${first}-${last}`));
  if (texts.every((text) => !/^\d/.test(text))) return texts.join(',');
  return `${texts.length > 1 || texts[0]!.includes('-') ? 'protocols' : 'protocol'} ${texts.join(',')}`;
}
