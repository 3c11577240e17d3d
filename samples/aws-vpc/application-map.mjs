import { isInside, parseAddress } from './addresses.mjs';
import { DAY_SECONDS, PROTOCOL } from './flow-records.mjs';
import { HOSTS, SUBNETS } from './network.mjs';

/** A TCP connection may be idle for so many days without being forgotten, so that its opener stays known. */
const IDLE_DAYS = 5;

/**
 * Who talked to whom on what: every connection of a day once, whichever interfaces saw it. Places are the groups of an interface, else its subnet, else the
 * internet or the private rest.
 */
export function mapOf(sightings) {
  const connections = new Map();
  for (const [sighting, orientation] of orientationsOf(sightings)) {
    const { tuple, truePeer, day } = sighting;
    const key = JSON.stringify([day, tuple.protocol, tuple.source, tuple.sourcePort, truePeer ?? tuple.destination, tuple.destinationPort]);
    const connection = connections.get(key) ?? { tuple, truePeer, day, orientation, seen: [] };
    connections.set(key, connection);
    connection.seen.push(sighting);
  }
  const edges = new Map();
  for (const connection of connections.values()) addTo(edges, connection);
  const sorted = [...edges.values()].toSorted((a, b) => b.connections - a.connections || compare(nameOf(a), nameOf(b)));
  return sorted.map((edge) => ({ ...edge, bytes: String(bytesOf(edge.bytes)) }));
}

function addTo(edges, { tuple, truePeer, day, orientation, seen }) {
  const [from, to] = [placeOf(tuple.source), placeOf(truePeer ?? tuple.destination)];
  const service = serviceOf(tuple);
  const key = JSON.stringify([from, to, service, orientation]);
  const date = new Date(day * 1000).toISOString().slice(0, 10);
  const edge = edges.get(key) ?? {
    source: from,
    destination: to,
    service,
    orientation,
    connections: 0,
    accepted: 0,
    rejected: 0,
    undecided: 0,
    answered: 0,
    refusedReplies: 0,
    sightings: 0,
    bytes: new Map(),
    firstDay: date,
    lastDay: date,
  };
  edges.set(key, edge);
  const isRefused = seen.some(({ forward }) => forward === 'REJECT');
  edge.connections += 1;
  edge[isRefused ? 'rejected' : 'accepted'] += 1;
  if (seen.some(({ forward, reply }) => forward === 'ACCEPT' && reply === 'ACCEPT')) edge.answered += 1;
  edge.refusedReplies += seen.filter(({ forward, reply }) => forward === 'ACCEPT' && reply === 'REJECT').length;
  // A half that was accepted and one that was refused are two lines of the log's account of it.
  edge.sightings += seen.reduce((sum, { forward, reply }) => sum + (forward !== null && reply !== null && forward !== reply ? 2 : 1), 0);
  const ends = `${endOf(tuple.source)} ${endOf(truePeer ?? tuple.destination)}`;
  const byViewer = edge.bytes.get(ends) ?? new Map();
  edge.bytes.set(ends, byViewer);
  for (const { host, bytes } of seen) byViewer.set(host.name, (byViewer.get(host.name) ?? 0) + bytes);
  if (date < edge.firstDay) edge.firstDay = date;
  if (date > edge.lastDay) edge.lastDay = date;
}

/** Between two interfaces, or an interface and a place, the viewer that saw most counts. */
function bytesOf(byEnds) {
  return [...byEnds.values()].reduce((sum, byViewer) => sum + Math.max(...byViewer.values()), 0);
}

function endOf(address) {
  return HOSTS.find(({ ip, ip6 }) => ip === address || ip6 === address)?.name ?? placeOf(address);
}

/** `proven` by a SYN, on that day or on one of the days before; else by the ports, or by the only side that sent. */
function orientationsOf(sightings) {
  const shown = new Map();
  const tupleOf = ({ host, tuple }) => JSON.stringify([host.name, ...Object.values(tuple)]);
  for (const sighting of sightings.filter(({ openerShown }) => openerShown))
    shown.set(tupleOf(sighting), [...(shown.get(tupleOf(sighting)) ?? []), sighting.day]);
  return sightings.map((sighting) => {
    const days = shown.get(tupleOf(sighting)) ?? [];
    const isShown = days.some((day) => day <= sighting.day && sighting.day - day <= IDLE_DAYS * DAY_SECONDS);
    return [sighting, isShown ? 'proven' : guessed(sighting)];
  });
}

function guessed({ tuple, forward, reply }) {
  if (tuple.protocol === PROTOCOL.icmp) return forward !== null && reply !== null && forward === reply ? 'unknown' : 'likely';
  const { sourcePort, destinationPort } = tuple;
  const looksRight = (limit) => sourcePort >= limit && destinationPort < limit;
  if (!looksRight(1024) && !looksRight(32768)) throw new Error(`the ports do not tell who opened ${JSON.stringify(tuple)}`);
  return 'likely';
}

function placeOf(address) {
  const host = HOSTS.find(({ ip, ip6 }) => ip === address || ip6 === address);
  if (host !== undefined && host.groups.length > 0) return [...host.groups].sort().join(' + ');
  const subnet = SUBNETS.find(({ cidr, ipv6Cidr }) => isInside(address, cidr) || (ipv6Cidr !== null && isInside(address, ipv6Cidr)));
  if (subnet !== undefined) return subnet.name;
  const { family } = parseAddress(address);
  const isPrivate = family === 4 && ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((cidr) => isInside(address, cidr));
  return isPrivate ? 'private, unknown' : 'internet';
}

function serviceOf({ protocol, destinationPort }) {
  const [name] = Object.entries(PROTOCOL).find(([, number]) => number === protocol) ?? [String(protocol)];
  return protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp ? `${name}/${destinationPort}` : name;
}

function nameOf({ source, destination, service, orientation }) {
  return [source, destination, service, orientation].join(' ');
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
