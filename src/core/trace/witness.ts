import { type AddressFamily, formatAddress } from '../../model/address.ts';
import { formatProtocol, ICMP, ICMPV6, PROTOCOLS_WITH_PORTS, TCP, UDP } from '../../model/service.ts';
import type { Region } from './region-stack.ts';
import { DESTINATION, PACKET_AXES, SOURCE } from './trace-axes.ts';
import type { TraceSpace } from './trace-space.ts';

/** A packet that shows something, with the conditions under which it does. Conditions that are not listed do not matter to it. */
export interface Witness {
  readonly family: AddressFamily;
  readonly source: bigint;
  readonly destination: bigint;
  readonly protocol: number;
  /** Null for protocols without ports; for ICMP see {@link icmpType}. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
  /** One value for each finite axis that matters; `ANY_OTHER_VALUE` for one that no rule names. */
  readonly finite: readonly { readonly axis: string; readonly value: string }[];
  /** The answer of each unknown that matters. */
  readonly unknowns: readonly { readonly axis: string; readonly value: boolean }[];
}

/** The ranks of the point that {@link toWitness} names: the lowest on every axis; TCP, else UDP, where the region leaves the protocol open. */
export function witnessRanks({ axes }: TraceSpace, { bounds }: Region): number[] {
  const lowest = axes.protocol.starts[bounds[4] as number] as number;
  const highest = axes.protocol.lastOf(bounds[5] as number);
  const protocol = usualProtocol(lowest, highest);
  return [bounds[0], bounds[2], axes.protocol.rankOf(protocol), bounds[6], bounds[8]] as number[];
}

function usualProtocol(lowest: number, highest: number): number {
  return [TCP, UDP].find((usual) => lowest <= usual && usual <= highest) ?? lowest;
}

/** A point of a region. */
export function toWitness(space: TraceSpace, region: Region): Witness {
  const { axes } = space;
  const first = (k: number): number => region.bounds[k] as number;
  const source = axes.source.range(first(2 * SOURCE));
  const destination = axes.destination.range(first(2 * DESTINATION));
  const lowest = axes.protocol.starts[first(4)] as number;
  const highest = axes.protocol.lastOf(first(5));
  const protocol = usualProtocol(lowest, highest);
  const from = axes.sourcePort.starts[first(6)] as number;
  const to = axes.destinationPort.starts[first(8)] as number;
  const hasPorts = PROTOCOLS_WITH_PORTS.includes(protocol);
  const isIcmp = protocol === ICMP || protocol === ICMPV6;
  const finite: { axis: string; value: string }[] = [];
  const unknowns: { axis: string; value: boolean }[] = [];
  for (const interval of region.extra) {
    const axis = axes.extra[interval.axis - PACKET_AXES];
    if (axis?.kind === 'unknown') unknowns.push({ axis: axis.name, value: interval.first === 1 });
    else if (axis !== undefined) finite.push({ axis: axis.name, value: axis.values[interval.first] as string });
  }
  return {
    family: source.family,
    source: source.first,
    destination: destination.first,
    protocol,
    sourcePort: hasPorts ? from : null,
    destinationPort: hasPorts ? to : null,
    icmpType: isIcmp ? from : null,
    icmpCode: isIcmp ? to : null,
    finite,
    unknowns,
  };
}

/** `tcp 10.0.0.1:0 -> 10.0.0.2:443, state=new, if "app web" holds and "user bob" does not`. */
export function formatWitness(witness: Witness): string {
  const side = (address: bigint, port: number | null): string => {
    const text = formatAddress(witness.family, address);
    if (port === null) return witness.family === 6 ? `[${text}]` : text;
    return witness.family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
  };
  const icmp = witness.icmpType === null ? '' : ` type ${witness.icmpType} code ${witness.icmpCode}`;
  const packet = `${formatProtocol(witness.protocol)} ${side(witness.source, witness.sourcePort)} -> ${side(witness.destination, witness.destinationPort)}${icmp}`;
  const finite = witness.finite.map(({ axis, value }) => `, ${axis}=${value}`).join('');
  const unknowns = witness.unknowns.map(({ axis, value }) => `"${axis}" ${value ? 'holds' : 'does not hold'}`);
  return `${packet}${finite}${unknowns.length === 0 ? '' : `, if ${unknowns.join(' and ')}`}`;
}
