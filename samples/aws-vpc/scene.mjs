import { DAY_SECONDS, intervalsOf, PROTOCOL } from './flow-records.mjs';
import { hostNamed } from './network.mjs';

/** Draws times and ports and writes connections into the log of every interface that sees them. */
export class Scene {
  constructor(log, random, index) {
    this.log = log;
    this.random = random;
    this.index = index;
    this.weekday = new Date(log.dayStart * 1000).getUTCDay();
    this.nextPort = new Map();
  }

  /** A source port that the opener has not used today, so that one connection is one 5-tuple. */
  sourcePort(opener) {
    const used = this.nextPort.get(opener) ?? this.random.between(0, 28000);
    this.nextPort.set(opener, used + 1);
    return 32768 + ((used * 7) % 28229);
  }

  /** Seconds of the day: busy from 07:00 to 21:00, with some traffic at night; leaves room for `duration` before midnight. */
  moment(duration) {
    const second = this.random.chance(0.8) ? this.random.between(7 * 3600, 21 * 3600) : this.random.between(0, DAY_SECONDS - 1);
    return Math.min(second, DAY_SECONDS - 2 - duration);
  }

  /**
   * One connection. `from` and `to` are hosts of the VPC or outside addresses; a host logs its side. `outcome` is `answered`, `silent` (arrives,
   * nobody answers), `refused` (the far side refuses it) or `reply-refused` (it arrives, the answer is refused on its way out).
   */
  connect(
    from,
    to,
    port,
    {
      protocol = PROTOCOL.tcp,
      sourcePort,
      start,
      duration = this.random.between(0, 40),
      outcome = 'answered',
      ipv6 = false,
      continues,
    } = {},
  ) {
    const source = addressOf(from, ipv6);
    const tuple = {
      protocol,
      source,
      sourcePort: sourcePort ?? this.sourcePort(source),
      destination: addressOf(to, ipv6),
      destinationPort: port,
    };
    for (const interval of intervalsOf(protocol, start ?? this.moment(duration), duration, continues)) {
      const { forward, back } = this.halves(tuple, interval, outcome);
      if (isHost(from)) {
        this.log.record({ ...forward, host: from, direction: 'egress', action: 'ACCEPT' });
        if (outcome === 'answered') this.log.record({ ...back, host: from, direction: 'ingress', action: 'ACCEPT' });
      }
      if (isHost(to)) {
        this.log.record({ ...forward, host: to, direction: 'ingress', action: outcome === 'refused' ? 'REJECT' : 'ACCEPT' });
        if (outcome === 'answered') this.log.record({ ...back, host: to, direction: 'egress', action: 'ACCEPT' });
        if (outcome === 'reply-refused') this.log.record({ ...back, host: to, direction: 'egress', action: 'REJECT' });
      }
    }
  }

  /** Both halves of a connection in one interval. Without an answer the opener sends its SYN once to three times, and nothing else. */
  halves(tuple, { start, end, openerFlags, responderFlags }, outcome = 'answered') {
    const isAnswered = outcome === 'answered';
    const packets = isAnswered ? this.random.between(4, 19) : this.random.between(1, 3);
    const flags = isAnswered ? openerFlags : openerFlags & 2;
    const forward = { tuple, reply: false, packets, bytes: packets * (isAnswered ? 92 : 40), start, end, flags };
    return { forward, back: { ...forward, reply: true, bytes: packets * 412, flags: responderFlags } };
  }

  /** A connection of a private host to the internet: the host's own records, and the inner and the outer half on the NAT gateway. */
  connectOut(from, address, port, { protocol = PROTOCOL.tcp, start, duration = this.random.between(0, 20) } = {}) {
    const nat = hostNamed('nat');
    const begin = start ?? this.moment(duration);
    const sourcePort = this.sourcePort(from.ip);
    this.connect(from, address, port, { protocol, start: begin, duration, sourcePort });
    this.connect(nat, address, port, { protocol, start: begin, duration });
    const tuple = { protocol, source: from.ip, sourcePort, destination: nat.ip, destinationPort: port };
    for (const interval of intervalsOf(protocol, begin, duration)) {
      const { forward, back } = this.halves(tuple, interval);
      const seenBy = { host: nat, action: 'ACCEPT', truePeer: address };
      this.log.record({ ...forward, ...seenBy, direction: 'ingress' });
      this.log.record({ ...back, ...seenBy, direction: 'egress' });
    }
  }
}

function isHost(end) {
  return typeof end === 'object';
}

function addressOf(end, ipv6) {
  if (!isHost(end)) return end;
  return ipv6 ? end.ip6 : end.ip;
}
