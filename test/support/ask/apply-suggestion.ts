import { type AddressRange, anyAddress, parseAddressRange } from '../../../src/model/address.ts';
import type { Suggestion } from '../../../src/model/request-answer.ts';
import { parseProtocol } from '../../../src/model/service.ts';
import type { TinyBox, TinyPolicy, TinyRule, TinyService, TinyUniverse } from '../trace/tiny-policy.ts';
import { cellStart } from '../trace/tiny-to-model.ts';

/** The policy after a person did what the suggestion says, reading nothing but its lists, its rule and its place. */
export function applySuggestion(policy: TinyPolicy, suggestion: Suggestion): TinyPolicy {
  const rules = policy.chains[0] ?? [];
  return { ...policy, chains: [changeRules(rules, suggestion, policy.universe)] };
}

function changeRules(rules: readonly TinyRule[], { kind, match, before, rule, group }: Suggestion, universe: TinyUniverse): TinyRule[] {
  switch (kind) {
    case 'new-rule': {
      const added: TinyRule = { id: 'new', boxes: readBoxes(match, universe), verdict: 'permit', attribute: '', control: 'decide' };
      if (before === null || before === 'default') return [...rules, added];
      const place = rules.findIndex(({ id }) => id === before);
      if (place < 0) throw new Error(`a new rule before ${before}, which is no rule of the policy`);
      return [...rules.slice(0, place), added, ...rules.slice(place)];
    }
    case 'widen-rule':
      if (!rules.some(({ id }) => id === rule?.rule)) throw new Error(`${rule?.rule} is made wider and is no rule of the policy`);
      return rules.map((each) => (each.id === rule?.rule ? { ...each, boxes: readBoxes(match, universe) } : each));
    case 'group-member': {
      const unknown = universe.unknowns.indexOf(group ?? '');
      if (unknown < 0) throw new Error(`${group} gets members and is no reference of the policy`);
      return rules.map((each) => ({ ...each, boxes: each.boxes.flatMap((box) => withMembers(box, unknown, match.source, universe)) }));
    }
  }
}

/** Besides what the reference may hold, it surely holds the members. Only the source is a reference in this universe. */
function withMembers(box: TinyBox, unknown: number, members: readonly string[], universe: TinyUniverse): TinyBox[] {
  if (box.member !== unknown) return [box];
  const source = readCells(members, box.family, universe.sourceCells);
  return [box, { ...box, source, unknowns: box.unknowns.filter((each) => each !== unknown), member: null }];
}

function readBoxes({ source, destination, services }: Suggestion['match'], universe: TinyUniverse): TinyBox[] {
  return universe.families.flatMap((family): TinyBox[] => {
    const from = readCells(source, family, universe.sourceCells);
    const to = readCells(destination, family, universe.destinationCells);
    if (from.length === 0 || to.length === 0) return [];
    return [{ family, source: from, destination: to, services: services.map(readService), states: null, unknowns: [], member: null }];
  });
}

/** Cells that the list holds; it must hold each wholly or not at all. */
function readCells(list: readonly string[], family: 4 | 6, count: number): [number, number][] {
  const ranges = list.flatMap((text): AddressRange[] => {
    if (text === 'any') return [anyAddress(4), anyAddress(6)];
    const parsed = parseAddressRange(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    return [parsed.range];
  });
  const holds = (address: bigint): boolean =>
    ranges.some((range) => range.family === family && range.first <= address && address <= range.last);
  return Array.from({ length: count }, (_, cell) => cell).flatMap((cell): [number, number][] => {
    const first = holds(cellStart(family, cell, count));
    if (first !== holds(cellStart(family, cell + 1, count) - 1n)) throw new Error(`${list.join(', ')} cuts a cell`);
    return first ? [[cell, cell]] : [];
  });
}

/** `any`, `tcp/0-99`, `6-17/any`, `icmp/8`, `any/100-199 from 0-65535 type 8`. */
export function readService(text: string): TinyService {
  const parts = /^([a-z0-9-]+?)(?:\/(any|\d+(?:-\d+)?))?(?:\/(\d+))?(?: from (\d+(?:-\d+)?))?(?: type (\d+|any))?$/.exec(text);
  if (parts === null) throw new Error(`"${text}" is no service`);
  const [, name = '', to = 'any', , from, type] = parts;
  const [protocolFirst, protocolLast] = readProtocols(name);
  const isIcmp = protocolFirst === protocolLast && (protocolFirst === 1 || protocolFirst === 58);
  const range = (ports: string): readonly [number, number] | null => {
    if (ports === 'any') return null;
    const [first, last = first] = ports.split('-').map(Number);
    return [first as number, last as number];
  };
  return {
    protocolFirst,
    protocolLast,
    sourcePorts: from === undefined ? null : range(from),
    ports: isIcmp ? null : range(to),
    type: isIcmp ? (to === 'any' ? null : Number(to)) : type === undefined || type === 'any' ? null : Number(type),
  };
}

function readProtocols(name: string): readonly [number, number] {
  if (name === 'any') return [0, 255];
  const protocol = parseProtocol(name);
  if (protocol !== null) return [protocol, protocol];
  const [first, last] = name.split('-').map(Number);
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) throw new Error(`"${name}" is no protocol`);
  return [first, last];
}
