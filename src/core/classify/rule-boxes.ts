import { type AddressFamily, type AddressRange, normaliseRanges } from '../../model/address.ts';
import type { Endpoint } from '../../model/match.ts';
import type { Rule } from '../../model/rule.ts';
import { type ServiceBox, toServiceBoxes, type UnseenColumns } from './service-boxes.ts';

export type { UnseenColumns } from './service-boxes.ts';

/**
 * What a list of rules says about flows of one family, as boxes: one interval per axis, both ends included. Columns of equal length, sorted by
 * rule, a rule's certain boxes first. A point inside a certain box is surely matched by the rule; inside a possible box it may be.
 */
export type RuleBoxes = Ipv4Boxes | Ipv6Boxes;

export interface Ipv4Boxes extends BoxColumns {
  readonly family: 4;
  readonly addresses: AddressColumns<Uint32Array>;
}

export interface Ipv6Boxes extends BoxColumns {
  readonly family: 6;
  readonly addresses: AddressColumns<readonly bigint[]>;
}

export interface AddressColumns<Column> {
  readonly sourceFirst: Column;
  readonly sourceLast: Column;
  readonly destinationFirst: Column;
  readonly destinationLast: Column;
}

export interface BoxColumns {
  readonly count: number;
  /** Rules given, those without any box included. */
  readonly ruleCount: number;
  /** Index into the rules given. */
  readonly rule: Uint32Array;
  readonly certain: Uint8Array;
  /** 0..256; 256 is the protocol that the log does not carry. */
  readonly protocolFirst: Uint32Array;
  readonly protocolLast: Uint32Array;
  /** 0..65536; 65536 is the port that the log does not carry. ICMP: the type. */
  readonly sourcePortFirst: Uint32Array;
  readonly sourcePortLast: Uint32Array;
  /** 0..65536. ICMP: the code. */
  readonly destinationPortFirst: Uint32Array;
  readonly destinationPortLast: Uint32Array;
}

/**
 * The attribution reading of rules: what they matched at the time of the flows. References are read through their members, unknown and finite
 * conditions make a match possible only. A disabled rule has no boxes.
 *
 * @param unseen which columns hold unseen values; unseen ICMP types and codes are always provided for
 */
export function toRuleBoxes(rules: readonly Rule[], family: AddressFamily, unseen: UnseenColumns): RuleBoxes {
  const boxes: Box[] = [];
  rules.forEach((rule, index) => {
    if (!rule.enabled) return;
    for (const box of withoutContained(boxesOfRule(rule, index, family, unseen))) boxes.push(box);
  });
  const columns: BoxColumns = {
    count: boxes.length,
    ruleCount: rules.length,
    rule: Uint32Array.from(boxes, (box) => box.rule),
    certain: Uint8Array.from(boxes, (box) => (box.certain ? 1 : 0)),
    protocolFirst: Uint32Array.from(boxes, (box) => box.service.protocolFirst),
    protocolLast: Uint32Array.from(boxes, (box) => box.service.protocolLast),
    sourcePortFirst: Uint32Array.from(boxes, (box) => box.service.sourcePortFirst),
    sourcePortLast: Uint32Array.from(boxes, (box) => box.service.sourcePortLast),
    destinationPortFirst: Uint32Array.from(boxes, (box) => box.service.destinationPortFirst),
    destinationPortLast: Uint32Array.from(boxes, (box) => box.service.destinationPortLast),
  };
  if (family === 6) {
    const column = (read: (box: Box) => bigint): readonly bigint[] => boxes.map(read);
    return { ...columns, family, addresses: toAddressColumns(column) };
  }
  const column = (read: (box: Box) => bigint): Uint32Array => Uint32Array.from(boxes, (box) => Number(read(box)));
  return { ...columns, family, addresses: toAddressColumns(column) };
}

interface Box {
  readonly rule: number;
  readonly certain: boolean;
  readonly source: AddressRange;
  readonly destination: AddressRange;
  readonly service: ServiceBox;
}

function toAddressColumns<Column>(column: (read: (box: Box) => bigint) => Column): AddressColumns<Column> {
  return {
    sourceFirst: column((box) => box.source.first),
    sourceLast: column((box) => box.source.last),
    destinationFirst: column((box) => box.destination.first),
    destinationLast: column((box) => box.destination.last),
  };
}

/** Certain boxes, then possible ones; where neither the rule nor its addresses leave a doubt, the certain boxes say it all. */
function boxesOfRule(rule: Rule, index: number, family: AddressFamily, unseen: UnseenColumns): Box[] {
  const certain: Box[] = [];
  const possible: Box[] = [];
  for (const product of rule.match.products) {
    if (product.family !== family) continue;
    const services = product.services.flatMap((service) => toServiceBoxes(service, unseen));
    const isConditional = rule.evaluable === 'no' || product.unknowns.length > 0 || product.finite.length > 0;
    const leavesAddressesOpen = product.source.membership !== null || product.destination.membership !== null;
    const sure = isConditional ? [] : services.filter((service) => service.certain);
    const doubtful = isConditional || leavesAddressesOpen ? services : services.filter((service) => !service.certain);
    const { source, destination } = product;
    addProduct(certain, { rule: index, certain: true }, surely(source, family), surely(destination, family), sure);
    addProduct(possible, { rule: index, certain: false }, perhaps(source, family), perhaps(destination, family), doubtful);
  }
  return certain.concat(possible);
}

function addProduct(
  boxes: Box[],
  head: Pick<Box, 'rule' | 'certain'>,
  sources: readonly AddressRange[],
  destinations: readonly AddressRange[],
  services: readonly ServiceBox[],
): void {
  for (const source of sources) {
    for (const destination of destinations) {
      for (const service of services) boxes.push({ ...head, source, destination, service });
    }
  }
}

function surely(endpoint: Endpoint, family: AddressFamily): readonly AddressRange[] {
  const ranges = endpoint.membership === null ? endpoint.ranges : (endpoint.membership.members ?? []);
  return ranges.filter((range) => range.family === family);
}

function perhaps(endpoint: Endpoint, family: AddressFamily): readonly AddressRange[] {
  const members = endpoint.membership?.members ?? [];
  const ranges = members.length === 0 ? endpoint.ranges : normaliseRanges([...endpoint.ranges, ...members]);
  return ranges.filter((range) => range.family === family);
}

/** The comparison of every box with every other is worth its time only for few boxes. */
const MOST_BOXES_TO_COMPARE = 64;

/** Leaves out boxes inside another box of the same rule that says as much or more. */
function withoutContained(boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2 || boxes.length > MOST_BOXES_TO_COMPARE) return boxes;
  const kept: Box[] = [];
  boxes.forEach((box, index) => {
    const isSaidElsewhere = boxes.some((other, otherIndex) => {
      if (otherIndex === index || (box.certain && !other.certain) || !boxContains(other, box)) return false;
      // Of two equal boxes the first stays: certain ones stand in front.
      return otherIndex < index || !boxContains(box, other) || (other.certain && !box.certain);
    });
    if (!isSaidElsewhere) kept.push(box);
  });
  return kept;
}

function boxContains(outer: Box, inner: Box): boolean {
  const a = outer.service;
  const b = inner.service;
  return (
    outer.source.first <= inner.source.first &&
    inner.source.last <= outer.source.last &&
    outer.destination.first <= inner.destination.first &&
    inner.destination.last <= outer.destination.last &&
    a.protocolFirst <= b.protocolFirst &&
    b.protocolLast <= a.protocolLast &&
    a.sourcePortFirst <= b.sourcePortFirst &&
    b.sourcePortLast <= a.sourcePortLast &&
    a.destinationPortFirst <= b.destinationPortFirst &&
    b.destinationPortLast <= a.destinationPortLast
  );
}
