import { type AddressFamily, formatAddress, formatAddressRange } from '../../model/address.ts';
import type { ProofCut, ProofLeaf, ProofPart, ProofProduct } from '../../model/proof.ts';
import { ICMP, ICMPV6, type PortRange } from '../../model/service.ts';
import type { MatchBox } from '../trace/match-boxes.ts';
import { LEAF_DEFAULT, LEAF_OUTSIDE, leafEntry, type SplitTree } from '../trace/split-tree.ts';
import { DESTINATION, PACKET_AXES, PROTOCOL, SOURCE, SOURCE_PORT } from '../trace/trace-axes.ts';
import type { TraceSpace } from '../trace/trace-space.ts';

/** The answer of an unknown that a question was asked under. */
export interface UnknownAnswer {
  readonly axis: string;
  readonly holds: boolean;
}

/**
 * Writes the tree that divides one box of a rule in the units of the exports.
 *
 * @param match the same box, before its axes were ranked
 * @param assuming answers of unknowns under which it was divided
 */
export function writePart(space: TraceSpace, match: MatchBox, tree: SplitTree, assuming: readonly UnknownAnswer[] = []): ProofPart {
  return { product: writeProduct(match, assuming), tree: writeSteps(space, match, tree) };
}

function writeProduct(box: MatchBox, assuming: readonly UnknownAnswer[]): ProofProduct {
  const isIcmp = box.protocolFirst === box.protocolLast && (box.protocolFirst === ICMP || box.protocolFirst === ICMPV6);
  const first = writeAsked([box.sourcePort], isIcmp);
  const second = writeAsked(box.destinationPorts, isIcmp);
  const unknowns = [
    ...box.unknowns.map((axis) => ({ axis, holds: true })),
    ...assuming.filter(({ axis }) => !box.unknowns.includes(axis)).map(({ axis, holds }) => ({ axis, holds })),
  ];
  return {
    family: box.family,
    source: box.source.map(formatAddressRange),
    destination: box.destination.map(formatAddressRange),
    protocol: writeNumbers({ first: box.protocolFirst, last: box.protocolLast }),
    ...(first === null ? {} : isIcmp ? { icmpTypes: first } : { sourcePorts: first }),
    ...(second === null ? {} : isIcmp ? { icmpCodes: second } : { destinationPorts: second }),
    ...(box.finite.length === 0 ? {} : { finite: box.finite.map(({ axis, values }) => ({ axis, values: [...values] })) }),
    ...(unknowns.length === 0 ? {} : { unknowns }),
  };
}

const LAST_ICMP = 255;

/** Null where every value will do. */
function writeAsked(ranges: readonly PortRange[], isIcmp: boolean): string[] | null {
  const [only] = ranges;
  if (ranges.length === 1 && only?.first === 0 && only.last === 65535) return null;
  // The trace keeps types and codes on the axes of ports, where the last of them stands for all above.
  return ranges.map(({ first, last }) => writeNumbers({ first, last: isIcmp ? Math.min(last, LAST_ICMP) : last }));
}

function writeNumbers({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** A subtree that is still to be written, with the protocols of its region: they say what its ports are. */
interface OpenTree {
  readonly child: number;
  readonly protocolFirst: number;
  readonly protocolLast: number;
}

function writeSteps(space: TraceSpace, box: MatchBox, tree: SplitTree): ProofPart['tree'] {
  const steps: ProofPart['tree'] = [];
  const open: OpenTree[] = [{ child: tree.children[0]!, protocolFirst: box.protocolFirst, protocolLast: box.protocolLast }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { child, protocolFirst, protocolLast } = next;
    if (child < 0) {
      steps.push(writeLeaf(space, ~child));
      continue;
    }
    const axis = tree.axis[child]!;
    const cut = tree.cut[child]!;
    const [below, rest] = [tree.children[2 * child]!, tree.children[2 * child + 1]!];
    const protocolCut = axis === PROTOCOL ? space.axes.protocol.starts[cut]! : null;
    steps.push(writeCut(space, box.family, axis, cut, protocolFirst));
    open.push({ child: rest, protocolFirst: protocolCut ?? protocolFirst, protocolLast });
    open.push({ child: below, protocolFirst, protocolLast: protocolCut === null ? protocolLast : protocolCut - 1 });
  }
  return steps;
}

function writeLeaf(space: TraceSpace, leaf: number): ProofLeaf {
  if (leaf === LEAF_OUTSIDE) return { outside: true };
  if (leaf === LEAF_DEFAULT) return { default: true };
  const entry = leafEntry(leaf);
  if (entry < 0) throw new Error(`a leaf of kind ${leaf} cannot be written; only lists of rules have proofs that are`);
  return { rule: space.entries[entry]!.id };
}

/** Ports are cut only where there is one protocol, so that the lowest one says which they are. */
function writeCut({ axes }: TraceSpace, family: AddressFamily, axis: number, cut: number, protocol: number): ProofCut {
  if (axis === SOURCE) return { cut: 'source', at: formatAddress(family, axes.source.range(cut).first) };
  if (axis === DESTINATION) return { cut: 'destination', at: formatAddress(family, axes.destination.range(cut).first) };
  if (axis === PROTOCOL) return { cut: 'protocol', at: String(axes.protocol.starts[cut]) };
  if (axis < PACKET_AXES) {
    const isIcmp = protocol === ICMP || protocol === ICMPV6;
    const isFirst = axis === SOURCE_PORT;
    const at = String((isFirst ? axes.sourcePort : axes.destinationPort).starts[cut]);
    if (isIcmp) return { cut: isFirst ? 'icmp-type' : 'icmp-code', at };
    return { cut: isFirst ? 'source-port' : 'destination-port', at };
  }
  const extra = axes.extra[axis - PACKET_AXES]!;
  if (extra.kind === 'unknown') return { unknown: extra.name };
  return { finite: extra.name, values: extra.values.slice(0, cut) };
}
