import { UNKNOWN_HOST, VPC_ID } from './network.mjs';

export const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id tcp-flags pkt-srcaddr pkt-dstaddr flow-direction';

export const DAY_SECONDS = 86400;
const LONGEST_INTERVAL = 600;
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 };

/**
 * Everything that the interfaces log on one UTC day. `lines` are the records; `sightings` are the connections behind them, one for each
 * interface and oriented 5-tuple, with what became of the two halves. truth.mjs knows the sightings only, an audit the lines only.
 */
export class DayLog {
  constructor(account, dayStart) {
    this.account = account;
    this.dayStart = dayStart;
    this.lines = [];
    this.sightings = new Map();
    this.hoursWithTraffic = new Map();
    this.counts = { accepted: 0, NODATA: 0, SKIPDATA: 0 };
  }

  /** One half of one connection on one interface in one aggregation interval. `tuple` is oriented: its source opened the connection. */
  record(half) {
    const { host, tuple, reply, direction, packets, bytes, start, end, action, flags, truePeer } = half;
    if (start < 0 || end < start || end >= DAY_SECONDS || end - start > LONGEST_INTERVAL)
      throw new Error(`a record from ${start} to ${end} is no interval of one day`);
    const [source, sourcePort, destination, destinationPort] = reply
      ? [tuple.destination, tuple.destinationPort, tuple.source, tuple.sourcePort]
      : [tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort];
    // Behind a NAT gateway the inner half shows the gateway's own address on the local side; pkt-* keeps the true one.
    const pktSource = truePeer !== undefined && reply ? truePeer : source;
    const pktDestination = truePeer !== undefined && !reply ? truePeer : destination;
    const fields = [
      source,
      destination,
      sourcePort,
      destinationPort,
      tuple.protocol,
      packets,
      bytes,
      this.dayStart + start,
      this.dayStart + end,
      action,
      'OK',
    ];
    this.push(
      host,
      start,
      `5 ${this.account} ${host.id} ${fields.join(' ')} ${VPC_ID} ${host.subnet.id} ${flags} ${pktSource} ${pktDestination} ${direction}`,
    );
    this.counts.accepted += 1;
    this.remember(half, pktDestination);
  }

  remember({ host, tuple, reply, direction, action, flags, truePeer, bytes }) {
    const key = [host.name, tuple.protocol, tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort, truePeer ?? ''].join(
      ' ',
    );
    let sighting = this.sightings.get(key);
    if (sighting === undefined) {
      const opened = (direction === 'ingress') !== reply ? 'in' : 'out';
      sighting = { host, day: this.dayStart, tuple, opened, truePeer, forward: null, reply: null, openerShown: false, bytes: 0 };
      this.sightings.set(key, sighting);
    }
    sighting[reply ? 'reply' : 'forward'] = action;
    sighting.bytes += bytes;
    if ((flags & 2) !== 0) sighting.openerShown = true;
  }

  push(host, start, line) {
    const hour = Math.floor(start / 3600);
    if (host !== UNKNOWN_HOST) {
      const hours = this.hoursWithTraffic.get(host.name) ?? new Set();
      this.hoursWithTraffic.set(host.name, hours.add(hour));
    }
    this.lines.push({ host: host.id, start, line });
  }

  /** A record without a flow: NODATA for an idle interval, SKIPDATA for a lost one. */
  recordNothing(host, hour, status) {
    const start = hour * 3600 + 600;
    const times = `${this.dayStart + start} ${this.dayStart + start + 599}`;
    this.push(host, start, `5 ${this.account} ${host.id} - - - - - - - ${times} - ${status} - - - - - -`);
    this.counts[status] += 1;
  }

  /** The text of the day's file: header, then records by interface and time. */
  toText() {
    const sorted = this.lines.toSorted((a, b) => compare(a.host, b.host) || a.start - b.start || compare(a.line, b.line));
    return `${HEADER}\n${sorted.map((entry) => entry.line).join('\n')}\n`;
  }
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Cuts a connection into aggregation intervals of at most ten minutes, with the flags that AWS would record in each. */
export function intervalsOf(protocol, start, duration, continues = { before: false, after: false }) {
  const intervals = [];
  for (let from = start; from === start || from < start + duration; from += LONGEST_INTERVAL) {
    const to = Math.min(from + LONGEST_INTERVAL - 1, start + duration);
    const isFirst = from === start && !continues.before;
    const isLast = to + 1 >= start + duration && !continues.after;
    const isTcp = protocol === PROTOCOL.tcp;
    // Only SYN (2), SYN-ACK (18), FIN (1) and RST (4) are recorded; they are OR-ed over the interval.
    intervals.push({
      start: from,
      end: Math.max(from, to),
      openerFlags: isTcp ? (isFirst ? 2 : 0) | (isLast ? 1 : 0) : 0,
      responderFlags: isTcp ? (isFirst ? 18 : 0) | (isLast ? 1 : 0) : 0,
    });
  }
  return intervals;
}
