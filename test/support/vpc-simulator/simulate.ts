import type { FlowLayout, FlowRecord, StatusRecord, VpcNotation } from '../aws-writer.ts';
import { recordFlows } from './flow-recorder.ts';
import { type Random, randomOf } from './random.ts';
import { randomWorld } from './random-world.ts';
import { type Period, randomTraffic } from './traffic.ts';
import { type Truth, tellTruth } from './truth.ts';
import { type Lifetime, ownAddresses, rulesAt, type World } from './world.ts';

/** What an auditor gets of a simulated VPC, and what really happened in it. */
export interface SimulatedVpc {
  readonly seed: number;
  /** The export of a moment: entries of network ACLs in any order, no hidden interfaces, no withheld lists. */
  readonly exportAt: (time: number) => VpcNotation;
  readonly layout: FlowLayout;
  /** In no particular order. */
  readonly lines: readonly (FlowRecord | StatusRecord)[];
  readonly flowCount: number;
  readonly statusCount: number;
  readonly truth: Truth;
  /** An interface wrote flow records, and its rules counted, although no inventory lists it. */
  readonly hasHiddenInterface: boolean;
  /** Nothing was lost, hidden, withheld or changed, and the log carries direction and flags. */
  readonly knowledge: 'full' | 'partial';
}

interface SimulationOptions {
  readonly period: Period;
  /** NODATA lines: one for every hour of every interface, or a few. */
  readonly statusLines: 'hourly' | 'some';
  /** Whether some group rules come or go during the period. */
  readonly rules: 'constant' | 'changing';
}

const HOUR = 3600;

/** The same seed gives the same VPC. Names are unique among different seeds. */
export function simulateVpc(seed: number, { period, statusLines, rules }: SimulationOptions): SimulatedVpc {
  const random = randomOf(seed);
  const constant = randomWorld(random, `w${seed}`);
  const world = rules === 'constant' ? constant : { ...constant, lifetimes: randomLifetimes(random, constant, period) };
  const layout = random.chance(0.7) ? 'full' : 'default';
  const lossRate = random.chance(0.2) ? 0.15 : 0;
  const witnessed = recordFlows(randomTraffic(random, world, period));
  const hidden = new Set(world.interfaces.filter((at) => at.inventory === 'hidden').map((at) => at.id));
  const kept = witnessed.filter(() => !random.chance(lossRate));
  const lost = witnessed.filter((entry) => !kept.includes(entry));
  const status: StatusRecord[] = [
    ...lost.map(({ record }) => ({ eni: record.eni, start: record.start, end: record.end, status: 'SKIPDATA' as const })),
    ...quietHours(random, world, period, statusLines),
  ];
  const entries = Object.fromEntries(Object.entries(world.nacl).map(([subnet, list]) => [subnet, shuffle(random, list)]));
  const isOpen = lost.length === 0 && hidden.size === 0 && world.withheldPrefixLists.length === 0;
  return {
    seed,
    exportAt: (time) => ({ ...toNotation(world, time), nacl: entries }),
    layout,
    lines: shuffle(random, [...kept.map((entry) => entry.record), ...status]),
    flowCount: kept.length,
    statusCount: status.length,
    truth: tellTruth(kept, layout),
    hasHiddenInterface: hidden.size > 0,
    knowledge: layout === 'full' && isOpen && rules === 'constant' ? 'full' : 'partial',
  };
}

/** A third of the rules is added or taken away at some moment of the period. */
function randomLifetimes(random: Random, world: World, period: Period): Record<string, Lifetime> {
  const changing = world.rules.filter(() => random.chance(0.35));
  return Object.fromEntries(
    changing.map((rule) => {
      const moment = random.int(period.start, period.end);
      return [rule.id, random.chance(0.5) ? { from: moment, until: Infinity } : { from: 0, until: moment }];
    }),
  );
}

/** NODATA lines of every listed interface: for each hour, or for a few. */
function quietHours(random: Random, world: World, period: Period, statusLines: 'hourly' | 'some'): StatusRecord[] {
  const listed = world.interfaces.filter((at) => at.inventory === 'listed');
  return listed.flatMap((at) => {
    const hours: StatusRecord[] = [];
    for (let start = period.start; start < period.end; start += HOUR) {
      if (statusLines === 'hourly' || random.chance(0.05)) hours.push({ eni: at.id, start, end: start + 600, status: 'NODATA' });
    }
    return hours;
  });
}

function toNotation(world: World, time: number): VpcNotation {
  const listed = world.interfaces.filter((at) => at.inventory === 'listed');
  return {
    id: `vpc-${world.id}`,
    cidr: world.cidr,
    ipv6Cidr: world.ipv6Cidr,
    enis: Object.fromEntries(listed.map((at) => [at.id, { ip: ownAddresses(at), sgs: at.groups, subnet: at.subnet }])),
    groups: world.groups,
    rules: rulesAt(world, time),
    subnets: world.subnets,
    prefixLists: Object.fromEntries(Object.entries(world.prefixLists).filter(([id]) => !world.withheldPrefixLists.includes(id))),
  };
}

export function shuffle<T>(random: Random, values: readonly T[]): T[] {
  const keyed = values.map((value) => ({ value, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}
