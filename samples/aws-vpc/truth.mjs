import { isInside, parseAddress, parseCidr } from './addresses.mjs';
import { mapOf } from './application-map.mjs';
import { backtestOf, missesOf } from './backtest.mjs';
import { HOSTS, RESOLVER, SKIPPED, UNKNOWN_HOST, VPC_CIDR } from './network.mjs';
import { NACLS } from './network-acls.mjs';
import { GROUPS, PREFIX_LISTS } from './security-groups.mjs';
import { isCoveredBy, isDeniedBy, isEverReached, isMergeable, isOverPermissive, structuralKind } from './structure.mjs';

/**
 * What an audit of the sample must say, computed from the connections that the generator made up, rule by rule, by the definitions alone.
 * It shares no code with the product. It stops when a rule turns out otherwise than its author intended (`expect` and `grade` beside the rule).
 *
 * @param sightings every connection as one interface saw it on one day
 */
export function truthOf(sightings, records) {
  const rules = {};
  const policies = {};
  const tested = [];
  const byHost = groupByHost(sightings);
  const opinions = new Map(sightings.map((sighting) => [sighting, opinionOf(sighting)]));
  const unplaced = byHost.get(UNKNOWN_HOST.name) ?? [];
  for (const group of GROUPS) {
    const hosts = HOSTS.filter((host) => host.groups.includes(group.name));
    if (hosts.length === 0) policies[group.id] = { unattached: true };
    for (const direction of ['in', 'out']) {
      const seen = hosts.flatMap((host) => byHost.get(host.name) ?? []);
      for (const rule of group[direction].filter((candidate) => candidate.exports !== 'first')) {
        rules[`${group.id}:${direction}/${rule.id}`] = groupRuleTruth(group, direction, rule, hosts, seen, opinions, unplaced, tested);
      }
    }
  }
  for (const acl of NACLS) {
    const hosts = HOSTS.filter((host) => host.subnet.acl === acl.name);
    const seen = hosts.flatMap((host) => byHost.get(host.name) ?? []);
    for (const direction of ['in', 'out']) {
      const decided = decisionsOf(acl, direction, seen);
      for (const entry of acl[direction])
        rules[`${acl.id}:${direction}/${entry.id}`] = aclEntryTruth(acl[direction], entry, direction, hosts, decided, unplaced, tested);
      const byDefault = refusals(decided.get(undefined) ?? [], direction, acl.whyDefault[direction]);
      const possible = byDefault.possible + halvesIn(unplaced, direction, 'REJECT').length;
      policies[`${acl.id}:${direction}`] = { default: { ...byDefault, possible } };
    }
  }
  const unexplained = sightings.filter((sighting) => opinions.get(sighting).unexplained).length;
  const days = [...new Set(sightings.map(({ day }) => day))].sort((a, b) => a - b);
  const backtest = backtestOf(tested, days, String(Math.floor((1000 * 23) / 24) / 1000));
  const unused = Object.values(rules).filter(({ findings }) => findings.includes('unused')).length;
  return {
    rules,
    policies,
    records,
    unattributable: unplaced.length,
    unexplained,
    backtest,
    missForecast: missesOf(unused, backtest),
    map: mapOf(sightings),
  };
}

function groupByHost(sightings) {
  const byHost = new Map();
  for (const sighting of sightings) {
    const ofHost = byHost.get(sighting.host.name) ?? [];
    byHost.set(sighting.host.name, ofHost);
    ofHost.push(sighting);
  }
  return byHost;
}

// Security groups: stateful, any permitting rule of any group on the interface.

/** Which way round the groups of the interface could have admitted the connection, and whether the log proves one of them. */
function opinionOf(sighting) {
  const { host, forward, opened, tuple, openerShown } = sighting;
  if (host === UNKNOWN_HOST || host.groups.length === 0 || forward !== 'ACCEPT')
    return { asOpened: 'no', reversed: false, unexplained: false };
  const other = opened === 'in' ? 'out' : 'in';
  const admits = (direction, packets) => groupRulesOn(host, direction).some((rule) => matchOf(rule, packets, direction) !== 'no');
  const admitted = admits(opened, tuple);
  if (openerShown) return { asOpened: admitted ? 'certain' : 'no', reversed: false, unexplained: !admitted };
  // No SYN: both readings are open unless the rules, known to have been in force, admit only one of them.
  const reversed = admits(other, reverse(tuple));
  return { asOpened: admitted ? (reversed ? 'possible' : 'certain') : 'no', reversed, unexplained: !admitted && !reversed };
}

function groupRulesOn(host, direction) {
  return GROUPS.filter((group) => host.groups.includes(group.name)).flatMap((group) => group[direction]);
}

function reverse({ protocol, source, sourcePort, destination, destinationPort }) {
  return { protocol, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort };
}

/** Whether a rule of a group admits a packet: `certain`, `possible` (something about the rule or the packet is not known) or `no`. */
function matchOf(rule, tuple, direction) {
  const service = serviceMatch(rule, tuple);
  if (service === 'no') return 'no';
  const peer = peerMatch(rule.peer, direction === 'in' ? tuple.source : tuple.destination);
  if (peer === 'no') return 'no';
  return service === 'certain' && peer === 'certain' ? 'certain' : 'possible';
}

function serviceMatch(rule, { protocol, destinationPort }) {
  if (rule.proto === '-1') return 'certain';
  const wanted = { tcp: 6, udp: 17, icmp: 1 }[rule.proto] ?? Number(rule.proto);
  if (wanted !== protocol) return 'no';
  // A flow log carries no ICMP type: a rule for one type may have matched, a rule for all types has.
  if (protocol === 1) return rule.first === -1 || rule.first === null ? 'certain' : 'possible';
  return rule.first === null || (rule.first <= destinationPort && destinationPort <= rule.last) ? 'certain' : 'no';
}

function peerMatch(peer, address) {
  if (peer.cidr !== undefined) return isInside(address, peer.cidr) ? 'certain' : 'no';
  if (peer.deleted !== undefined) return 'no';
  const isPrivate = isInside(address, VPC_CIDR) || isInside(address, '172.16.0.0/12');
  if (peer.foreign !== undefined) return isPrivate ? 'possible' : 'no';
  if (peer.list !== undefined) {
    const { entries } = PREFIX_LISTS.find((list) => list.name === peer.list);
    if (entries === null) return parseAddress(address).family === 4 ? 'possible' : 'no';
    return entries.some((cidr) => isInside(address, cidr)) ? 'certain' : 'no';
  }
  const member = HOSTS.some((host) => host.groups.includes(peer.group) && (host.ip === address || host.ip6 === address));
  return member ? 'certain' : 'no';
}

function groupRuleTruth(group, direction, rule, hosts, seen, opinions, unplaced, tested) {
  const admitted = [];
  const possibleDays = [];
  const certainDays = [];
  let certain = 0;
  let answered = 0;
  for (const sighting of seen) {
    const opinion = opinions.get(sighting);
    const asOpened = sighting.opened === direction && opinion.asOpened !== 'no';
    const asReversed = sighting.opened !== direction && opinion.reversed && !sighting.openerShown;
    if (!asOpened && !asReversed) continue;
    const tuple = asOpened ? sighting.tuple : reverse(sighting.tuple);
    const match = matchOf(rule, tuple, direction);
    if (match === 'no') continue;
    admitted.push(tuple);
    possibleDays.push(sighting.day);
    if (match === 'possible' || opinion.asOpened !== 'certain') continue;
    certain += 1;
    certainDays.push(sighting.day);
    if (sighting.reply === 'ACCEPT') answered += 1;
  }
  for (const { tuple, day } of unplaced.flatMap((sighting) => openingsIn(sighting, direction))) {
    if (matchOf(rule, tuple, direction) === 'no') continue;
    admitted.push(tuple);
    possibleDays.push(day);
  }
  const isUnresolved =
    rule.peer.foreign !== undefined || PREFIX_LISTS.some((list) => list.name === rule.peer.list && list.entries === null);
  tested.push({
    leftOut: whyGroupRuleIsLeftOut({ group, direction, rule, hosts, seen, isUnresolved }),
    certain: certainDays,
    possible: possibleDays,
  });
  const grade = groupRuleGrade({ group, direction, rule, hosts, seen, isUnresolved, certain, possible: admitted.length });
  const findings = [];
  if (rule.peer.deleted !== undefined) findings.push('stale-reference');
  if (isUnresolved) findings.push('not-evaluable');
  if (isCopy(group[direction], rule)) findings.push('duplicate');
  else if (rule.peer.deleted === undefined) findings.push(...structuralFindings(group[direction], rule, direction, hosts));
  if (['A', 'B', 'C'].includes(grade)) findings.push('unused');
  if (certain > 0 && answered === 0) findings.push('unanswered');
  if (certain > 0 && !isUnresolved && isPartlyUnused(rule, direction, admitted)) findings.push('partly-unused');
  return verified(rule, { why: rule.why, connections: certain, possible: admitted.length, answered, grade, findings: findings.sort() });
}

/** Which connections an interface may have let be opened in a direction, whatever its rules are. */
function openingsIn({ forward, opened, tuple, day, openerShown }, direction) {
  if (forward !== 'ACCEPT') return [];
  if (opened === direction) return [{ tuple, day }];
  return openerShown ? [] : [{ tuple: reverse(tuple), day }];
}

function groupRuleGrade({ group, direction, rule, hosts, seen, isUnresolved, certain, possible }) {
  if (rule.peer.deleted !== undefined) return 'P';
  if (certain > 0) return 'U';
  if (isUnresolved || possible > 0) return 'I';
  if (rule.peer.cidr === `${RESOLVER}/32`) return 'I';
  // A group on no interface sees no traffic, so no log can show what it would do.
  if (hosts.length === 0) return 'I';
  if (rule.exports === 'last') return 'D';
  if (carriesUntrackedReplies(group, direction, rule, seen)) return 'I';
  const seasonal = /quarter-end|year-end|failover|disaster|break-glass/.test(rule.description);
  return seasonal || hosts.some((host) => host.name === SKIPPED.host) ? 'C' : 'B';
}

/** Why the silence of a rule would not be called unused, whatever it carried; null when it would. */
function whyGroupRuleIsLeftOut({ group, direction, rule, hosts, seen, isUnresolved }) {
  if (rule.peer.deleted !== undefined) return 'NOT_IN_FORCE';
  if (isCopy(group[direction], rule)) return 'EXPLAINED_BY_CONFIGURATION';
  const isUnseen = isUnresolved || rule.peer.cidr === `${RESOLVER}/32` || hosts.length === 0;
  if (isUnseen || carriesUntrackedReplies(group, direction, rule, seen)) return 'NOT_OBSERVABLE';
  return rule.exports === 'last' ? 'YOUNGER_THAN_WINDOW' : null;
}

/** A rule for everything to everywhere lets the answers of untracked connections out: those that a rule of the other direction admits from everywhere. */
function carriesUntrackedReplies(group, direction, rule, seen) {
  if (rule.proto !== '-1' || rule.peer.cidr !== '0.0.0.0/0') return false;
  const open = group[direction === 'in' ? 'out' : 'in'].filter((other) => other.peer.cidr === '0.0.0.0/0');
  const other = direction === 'in' ? 'out' : 'in';
  return seen.some(
    (sighting) =>
      sighting.opened === other &&
      sighting.reply === 'ACCEPT' &&
      open.some((candidate) => matchOf(candidate, sighting.tuple, other) === 'certain'),
  );
}

/** Of two rules with the same match the one without a description goes. */
function isCopy(rules, rule) {
  const meaning = ({ proto, first, last, peer }) => JSON.stringify([{ tcp: '6', udp: '17', icmp: '1' }[proto] ?? proto, first, last, peer]);
  return rule.description === '' && rules.some((other) => other !== rule && other.description !== '' && meaning(other) === meaning(rule));
}

/** Among the rules of today that match anything, copies gone. Of a group on no interface only that is said, not how wide its rules are. */
function structuralFindings(rules, rule, direction, hosts) {
  const inForce = inForceOf(rules);
  const findings = [];
  const kind = structuralKind(inForce, rule, false);
  if (kind !== null) findings.push(kind);
  else if (hosts.length > 0 && hosts.every((host) => isCoveredOn(host, rules, rule, direction))) findings.push('redundant');
  if (isMergeable(inForce, rule)) findings.push('mergeable');
  if (hosts.length > 0 && isOverPermissive(rule, direction, true)) findings.push('over-permissive');
  if (hosts.length > 0 && hosts.every((host) => isDeniedOn(host, rule, direction))) findings.push('denied-by-next-layer');
  return findings;
}

function inForceOf(rules) {
  return rules.filter((other) => other.exports !== 'first' && other.peer.deleted === undefined && !isCopy(rules, other));
}

/** By what stands beside it on the host: rules of other groups, and those of its own that are needed there. */
function isCoveredOn(host, rules, rule, direction) {
  const others = GROUPS.filter((group) => host.groups.includes(group.name)).flatMap((group) => {
    const inForce = inForceOf(group[direction]);
    return group[direction] === rules
      ? inForce.filter((other) => other !== rule && structuralKind(inForce, other, false) === null)
      : inForce;
  });
  return isCoveredBy(others, rule);
}

function isDeniedOn(host, rule, direction) {
  const acl = NACLS.find(({ name }) => name === host.subnet.acl);
  const own = [host.subnet.cidr, host.subnet.ipv6Cidr].filter((cidr) => cidr !== null);
  return isDeniedBy(acl[direction], own, rule);
}

// Parts of a used rule that carried nothing.

function isPartlyUnused(rule, direction, admitted) {
  const peers = new Set(admitted.map((tuple) => (direction === 'in' ? tuple.source : tuple.destination)));
  return (
    hasUnusedProtocols(rule, admitted) || hasUnusedPorts(rule, admitted) || hasUnusedBlocks(rule, peers) || hasUnusedMembers(rule, peers)
  );
}

function hasUnusedProtocols(rule, admitted) {
  return rule.proto === '-1' && new Set(admitted.map((tuple) => tuple.protocol)).size <= 3;
}

function hasUnusedPorts(rule, admitted) {
  if (!['tcp', 'udp', '6', '17'].includes(rule.proto) || rule.first === rule.last) return false;
  const used = new Set(admitted.map((tuple) => tuple.destinationPort)).size;
  const size = rule.last - rule.first + 1;
  return used <= 64 && (size - used) / size >= 0.5;
}

/** The block halved down to sixteenths, single addresses at the least: at least half of it without any peer. */
function hasUnusedBlocks(rule, peers) {
  if (rule.peer.cidr === undefined || rule.peer.cidr.endsWith('/0')) return false;
  const block = parseCidr(rule.peer.cidr);
  const size = block.last - block.first + 1n;
  if (size < 4n) return false;
  const parts = size < 16n ? size : 16n;
  const used = new Set([...peers].map((peer) => ((parseAddress(peer).value - block.first) * parts) / size)).size;
  return (Number(parts) - used) / Number(parts) >= 0.5;
}

function hasUnusedMembers(rule, peers) {
  if (rule.peer.group === undefined) return false;
  const members = HOSTS.filter((host) => host.groups.includes(rule.peer.group)).flatMap((host) =>
    host.ip6 === null ? [host.ip] : [host.ip, host.ip6],
  );
  return members.length >= 2 && members.filter((member) => !peers.has(member)).length / members.length >= 0.5;
}

// Network ACLs: stateless, the first matching entry decides each half, and only at the border of the subnet.

/** The halves that crossed the border of the subnet, by the entry that decided them; those that no entry matches under `undefined`. */
function decisionsOf(acl, direction, seen) {
  const decided = new Map();
  for (const sighting of seen) {
    const half = halfIn(sighting, direction);
    if (half.action === null || !crossesBorder(half)) continue;
    const decider = acl[direction].find((entry) => entryMatches(entry, half));
    const halves = decided.get(decider) ?? [];
    decided.set(decider, halves);
    halves.push(half);
  }
  return decided;
}

function aclEntryTruth(entries, entry, direction, hosts, decidedBy, unplaced, tested) {
  const decided = decidedBy.get(entry) ?? [];
  const counts = entry.action === 'allow' ? permissions(decided) : refusals(decided, direction, entry.why);
  const { connections, answered } = counts;
  // In front of an interface that no export holds any list may stand, so every half that the entry matches may have been decided by it.
  const elsewhere = halvesIn(unplaced, direction, entry.action === 'allow' ? 'ACCEPT' : 'REJECT').filter((half) =>
    entryMatches(entry, half),
  );
  const possible = counts.possible + elsewhere.length;
  if (entry.action === 'allow') {
    const days = decided.filter((half) => half.action === 'ACCEPT').map(({ sighting }) => sighting.day);
    tested.push({
      leftOut: isEverReached(entries, entry) ? null : 'EXPLAINED_BY_CONFIGURATION',
      certain: days,
      possible: [...days, ...elsewhere.map(({ sighting }) => sighting.day)],
    });
  }
  const lost = hosts.some((host) => host.name === SKIPPED.host);
  const grade = connections > 0 ? 'U' : possible > 0 ? 'I' : lost ? 'C' : 'B';
  const findings = [];
  const structural = structuralKind(entries, entry, true);
  if (structural !== null) findings.push(structural);
  if (structural === 'shadowed' && isOpposedByTraffic(entry, [...decidedBy.values()].flat())) findings.push('broken-intent');
  if (isMergeable(entries, entry)) findings.push('mergeable');
  if (structural !== 'shadowed' && isOverPermissive(entry, direction, false)) findings.push('over-permissive');
  if (entry.action === 'allow' && ['B', 'C'].includes(grade)) findings.push('unused');
  return verified(entry, { why: entry.why, connections, possible, answered, grade, findings: findings.sort() });
}

/** Whether traffic that the entry would have decided otherwise went through, or was refused. */
function isOpposedByTraffic(entry, halves) {
  return halves.some((half) => entryMatches(entry, half) && (half.action === 'ACCEPT') === (entry.action === 'deny'));
}

/** What the groups refused is no use of an entry that would have let it pass. */
function permissions(decided) {
  const permitted = decided.filter((half) => half.action === 'ACCEPT');
  const answered = permitted.filter(({ sighting }) => sighting.forward === 'ACCEPT' && sighting.reply === 'ACCEPT').length;
  return { connections: permitted.length, possible: permitted.length, answered };
}

/** What both the list and the groups refuse may have been refused by either. */
function refusals(decided, direction, why) {
  const accepted = decided.find((half) => half.action === 'ACCEPT');
  if (accepted !== undefined) throw new Error(`the log accepts what a network ACL denies: ${JSON.stringify(accepted.packets)}`);
  return { why, connections: decided.filter((half) => groupsPermit(half, direction)).length, possible: decided.length, answered: 0 };
}

function halvesIn(sightings, direction, action) {
  return sightings.map((sighting) => halfIn(sighting, direction)).filter((half) => half.action === action);
}

/** The half of a connection that flows in one direction of the interface: its first packets, or the replies. */
function halfIn(sighting, direction) {
  const isReply = sighting.opened !== direction;
  const packets = isReply ? reverse(sighting.tuple) : sighting.tuple;
  const remote = direction === 'in' ? packets.source : packets.destination;
  return { sighting, isReply, packets, remote, action: isReply ? sighting.reply : sighting.forward };
}

function crossesBorder({ sighting, remote }) {
  const { cidr, ipv6Cidr } = sighting.host.subnet;
  return !isInside(remote, cidr) && (ipv6Cidr === null || !isInside(remote, ipv6Cidr));
}

/** Whether the groups would have let a refused half pass. They never refuse a reply to what they permitted. */
function groupsPermit({ sighting, isReply, packets }, direction) {
  return isReply || groupRulesOn(sighting.host, direction).some((rule) => matchOf(rule, packets, direction) === 'certain');
}

function entryMatches(entry, { packets, remote }) {
  if (!isInside(remote, entry.cidr)) return false;
  if (entry.proto === '-1') return true;
  if (Number(entry.proto) !== packets.protocol) return false;
  return entry.first === null || (entry.first <= packets.destinationPort && packets.destinationPort <= entry.last);
}

/** Stops the generator when the made-up traffic does not show what the rule is there to show. */
function verified(rule, truth) {
  const intended = JSON.stringify([rule.grade, rule.expect]);
  const shown = JSON.stringify([truth.grade, truth.findings]);
  if (intended !== shown) throw new Error(`rule ${rule.name ?? rule.id} is meant to be ${intended}, but its traffic makes it ${shown}`);
  return truth;
}
