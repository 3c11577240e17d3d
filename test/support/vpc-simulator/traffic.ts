import { type GroupRuleNotation, portRange } from '../aws-writer.ts';
import { cidrContains } from './cidr.ts';
import { type Connection, Network, type Passage } from './network.ts';
import type { Random } from './random.ts';
import { OUTSIDE } from './random-world.ts';
import { type Interface, ownAddresses, type World } from './world.ts';

const SYN = 2;
const FIN = 1;
const RST = 4;
const SYN_ACK = 18;
const ACK = 16;

const ECHO_REQUEST: Readonly<Record<number, number>> = { 1: 8, 58: 128 };
const ECHO_REPLY: Readonly<Record<number, number>> = { 1: 0, 58: 129 };

/** When something happens, in epoch seconds; `end` is not included. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** A connection that somebody will try to open, and how both sides will behave. */
interface Attempt {
  readonly connection: Connection;
  readonly peer: 'answers' | 'silent' | 'resets';
  /** Moments at which the opener sends; the other side replies a second later. */
  readonly moments: readonly number[];
  readonly icmpError: boolean;
  /** A reply that comes long after the firewall forgot the connection; only after one that was in time. */
  readonly lateReplyAt: number | null;
  isEstablished: boolean;
  hasFailed: boolean;
}

/** Lets hosts talk for a while and returns what every interface did, in the order of time. */
export function randomTraffic(random: Random, world: World, period: Period): readonly Passage[] {
  const network = new Network(world);
  const attempts = Array.from({ length: random.int(2, 30) }, () => randomAttempt(random, world, period));
  const events = attempts.flatMap((attempt) => [
    ...attempt.moments.map((time, index) => ({ time, run: () => exchange(network, attempt, time, index, random) })),
    ...(attempt.lateReplyAt === null ? [] : [{ time: attempt.lateReplyAt, run: () => replyLate(network, attempt) }]),
  ]);
  for (const event of events.sort((a, b) => a.time - b.time)) event.run();
  return network.passages;
}

function randomAttempt(random: Random, world: World, period: Period): Attempt {
  const rule = random.pick(world.rules);
  const ends = (random.chance(0.7) ? endsAlong(random, world, rule) : null) ?? randomEnds(random, world);
  const protocol = random.chance(0.75) ? protocolAlong(random, rule, ends.src) : randomProtocol(random, ends.src);
  const ports = protocol === 6 || protocol === 17 ? randomPorts(random, rule, protocol) : { sport: 0, dport: 0 };
  const moments = randomMoments(random, period);
  const last = moments.at(-1) ?? period.start;
  const peer = random.chance(0.8) ? 'answers' : random.chance(0.5) ? 'silent' : 'resets';
  return {
    connection: { ...ends, protocol, ...ports, admittedBy: new Map() },
    peer,
    moments,
    icmpError: protocol === 1 && random.chance(0.2),
    lateReplyAt: protocol === 17 && peer === 'answers' && random.chance(0.2) ? last + random.int(200, 900) : null,
    isEstablished: false,
    hasFailed: false,
  };
}

/** Ends that the rule speaks of, one of them an interface that carries its group; null when there are none. */
function endsAlong(random: Random, world: World, rule: GroupRuleNotation): { src: string; dst: string } | null {
  const pairs = world.interfaces
    .filter((inside) => inside.groups.includes(rule.sg))
    .flatMap((inside) => remotesOf(world, inside).map((remote) => ({ inside, remote })))
    .filter(({ remote }) => isPeer(world, rule.peer, remote));
  if (pairs.length === 0) return null;
  const { inside, remote } = random.pick(pairs);
  const local = localAddress(random, inside, remote);
  return rule.dir === 'in' ? { src: remote, dst: local } : { src: local, dst: remote };
}

/** Anybody inside with anybody. */
function randomEnds(random: Random, world: World): { src: string; dst: string } {
  const inside = random.pick(world.interfaces);
  const remote = random.pick(remotesOf(world, inside));
  const local = localAddress(random, inside, remote);
  return random.chance(0.6) ? { src: remote, dst: local } : { src: local, dst: remote };
}

/** Addresses that the interface can talk to: not its own, and of a family that it has. */
function remotesOf(world: World, inside: Interface): string[] {
  return [...world.interfaces.filter((other) => other !== inside).flatMap(ownAddresses), ...OUTSIDE].filter(
    (address) => inside.ipv6 !== null || !address.includes(':'),
  );
}

/** An address of the interface's own, of the family of another one. */
function localAddress(random: Random, at: Interface, other: string): string {
  return random.pick(ownAddresses(at).filter((address) => address.includes(':') === other.includes(':')));
}

function protocolAlong(random: Random, rule: GroupRuleNotation, address: string): number {
  if (rule.proto === 'tcp') return 6;
  if (rule.proto === 'udp') return 17;
  if (rule.proto === '47') return 47;
  return rule.proto === '-1' ? randomProtocol(random, address) : pingProtocol(address);
}

function randomProtocol(random: Random, address: string): number {
  const dice = random.next();
  if (dice < 0.6) return 6;
  if (dice < 0.8) return 17;
  return dice < 0.95 ? pingProtocol(address) : 47;
}

function pingProtocol(address: string): number {
  return address.includes(':') ? 58 : 1;
}

function isPeer(world: World, peer: string, address: string): boolean {
  if (peer.startsWith('sg-')) return world.interfaces.some((other) => other.groups.includes(peer) && ownAddresses(other).includes(address));
  return (world.prefixLists[peer] ?? [peer]).some((cidr) => cidrContains(cidr, address));
}

function randomPorts(random: Random, rule: GroupRuleNotation, protocol: number): { sport: number; dport: number } {
  const wanted = portRange(rule.ports)?.first;
  const common = protocol === 6 ? [22, 80, 443, 5432, 3389, 2049] : [53, 123, 514, 500];
  const dport = wanted !== undefined && random.chance(0.8) ? wanted : random.pick(common);
  if (protocol === 17 && random.chance(0.15)) return { sport: dport, dport }; // NTP and IKE use one port on both sides
  return { sport: random.chance(0.1) ? random.int(600, 1023) : random.int(32768, 60999), dport };
}

/** Mostly a minute; sometimes hours; sometimes over midnight, with long silences. */
function randomMoments(random: Random, period: Period): number[] {
  const dice = random.next();
  const length = dice < 0.6 ? random.int(0, 60) : dice < 0.75 ? random.int(600, 7200) : random.int(20_000, 110_000);
  const start = random.int(period.start, Math.max(period.start, period.end - length - 1000));
  const count = length === 0 ? 1 : random.int(2, 9);
  const moments = new Set([start]);
  while (moments.size < count && moments.size <= length / 3) moments.add(start + 3 * random.int(1, Math.max(1, Math.floor(length / 3))));
  return [...moments].sort((a, b) => a - b);
}

function exchange(network: Network, attempt: Attempt, time: number, index: number, random: Random): void {
  const { connection, moments } = attempt;
  if (attempt.hasFailed && connection.protocol === 6) return;
  const isLast = index === moments.length - 1;
  const opening = index === 0;
  const request = {
    ...connection,
    time,
    icmpType: attempt.icmpError ? 3 : (ECHO_REQUEST[connection.protocol] ?? -1),
    icmpCode: attempt.icmpError ? 4 : connection.protocol === 1 || connection.protocol === 58 ? 0 : -1,
    tcpFlags: connection.protocol !== 6 ? 0 : opening ? SYN : isLast ? FIN | ACK : ACK,
    count: random.int(1, 5),
  };
  const arrived = network.send(request, connection);
  const answered = arrived && attempt.peer !== 'silent' && !attempt.icmpError && reply(network, attempt, time + 1, { opening, isLast });
  if (answered && attempt.peer === 'answers') attempt.isEstablished = true;
  else attempt.hasFailed = true;
}

function reply(network: Network, attempt: Attempt, time: number, place: { opening: boolean; isLast: boolean }): boolean {
  const { connection } = attempt;
  const established = place.isLast && !place.opening ? FIN | ACK : ACK;
  const tcpFlags = attempt.peer === 'resets' ? RST | ACK : place.opening ? SYN_ACK : established;
  return network.send(
    {
      time,
      src: connection.dst,
      dst: connection.src,
      protocol: connection.protocol,
      sport: connection.dport,
      dport: connection.sport,
      icmpType: ECHO_REPLY[connection.protocol] ?? -1,
      icmpCode: connection.protocol === 1 || connection.protocol === 58 ? 0 : -1,
      tcpFlags: connection.protocol === 6 ? tcpFlags : 0,
      count: 1,
    },
    connection,
  );
}

function replyLate(network: Network, attempt: Attempt): void {
  if (attempt.isEstablished && attempt.lateReplyAt !== null)
    reply(network, attempt, attempt.lateReplyAt, { opening: false, isLast: false });
}
