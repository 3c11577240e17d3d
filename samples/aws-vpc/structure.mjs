import { parseCidr } from './addresses.mjs';

/**
 * What the rules of one list say about each other, found by trying a packet for every combination of the values at which some rule begins or ends,
 * and every combination of answers of the references: kinds as an audit must report them, or null. Slow and plain on purpose.
 *
 * @param rules in the order of evaluation, copies of others left out
 * @param ordered the first match decides and the end denies; else every rule permits
 */
export function structuralKind(rules, rule, ordered) {
  const reached = [];
  let taken = 0;
  for (const packet of packetsAround(rules)) {
    if (!matches(rule, packet)) continue;
    const others = rules.filter((other) => other !== rule && matches(other, packet));
    const before = ordered ? others.find((other) => rules.indexOf(other) < rules.indexOf(rule)) : undefined;
    if (before === undefined) reached.push(others.length === 0 ? 'deny' : (others[0].action ?? 'allow'));
    else taken += before.action === rule.action ? 0 : 1;
  }
  if (reached.length === 0) return taken > 0 ? 'shadowed' : 'redundant';
  return reached.every((action) => action === (rule.action ?? 'allow')) ? 'redundant' : null;
}

/** Whether any packet gets to an entry of an ordered list. */
export function isEverReached(rules, rule) {
  const earlier = rules.slice(0, rules.indexOf(rule));
  return packetsAround(rules).some((packet) => matches(rule, packet) && !earlier.some((other) => matches(other, packet)));
}

/** Whether the others permit every packet that the rule permits, whoever is behind the references. Those that never meet it are not looked at. */
export function isCoveredBy(others, rule) {
  const meeting = others.filter((other) => packetsAround([rule, other]).some((packet) => matches(rule, packet) && matches(other, packet)));
  const permitted = packetsAround([rule, ...meeting]).filter((packet) => matches(rule, packet));
  return permitted.every((packet) => meeting.some((other) => matches(other, packet)));
}

function packetsAround(rules) {
  const edges = (ranges) => [...new Set(ranges.flatMap(([first, last]) => [first, last + 1]))];
  const cidrs = rules.filter((rule) => cidrOf(rule) !== undefined).map((rule) => parseCidr(cidrOf(rule)));
  const addresses = [4, 6].flatMap((family) => {
    const values = new Set([0n, ...cidrs.filter((cidr) => cidr.family === family).flatMap(({ first, last }) => [first, last + 1n])]);
    const end = 1n << (family === 4 ? 32n : 128n);
    return [...values].filter((value) => value < end).map((value) => ({ family, value }));
  });
  const ports = [0, ...edges(rules.map(portsOf).filter((range) => range !== null))];
  const protocols = [...new Set([...rules.map(protocolOf), 253])].filter((protocol) => protocol !== null);
  const references = [...new Set(rules.map(referenceOf))].filter((reference) => reference !== null);
  return addresses.flatMap((address) =>
    protocols.flatMap((protocol) =>
      ports.flatMap((port) => subsetsOf(references).map((members) => ({ address, protocol, port, members }))),
    ),
  );
}

function matches(rule, { address, protocol, port, members }) {
  if (protocolOf(rule) !== null && protocolOf(rule) !== protocol) return false;
  const ports = portsOf(rule);
  if (ports !== null && (port < ports[0] || port > ports[1])) return false;
  const cidr = cidrOf(rule);
  // Who is behind a reference may change: any address may be, or not.
  if (cidr === undefined) return members.includes(referenceOf(rule));
  const { family, first, last } = parseCidr(cidr);
  return family === address.family && first <= address.value && address.value <= last;
}

/** Of ICMP the type, whatever the code; null: all of them. */
function portsOf(rule) {
  if (rule.first === null || rule.first < 0) return null;
  return protocolOf(rule) === 1 ? [rule.first, rule.first] : [rule.first, rule.last];
}

function cidrOf(rule) {
  return rule.cidr ?? rule.peer.cidr;
}

function referenceOf(rule) {
  return cidrOf(rule) === undefined ? JSON.stringify(rule.peer) : null;
}

function protocolOf({ proto }) {
  return proto === '-1' ? null : ({ tcp: 6, udp: 17, icmp: 1 }[proto] ?? Number(proto));
}

function subsetsOf(items) {
  return items.reduce((subsets, item) => subsets.flatMap((subset) => [subset, [...subset, item]]), [[]]);
}

/** Whether an earlier rule says the same but for ports or addresses that lie side by side with those of this rule. */
export function isMergeable(rules, rule) {
  const earlier = rules.slice(0, rules.indexOf(rule));
  return earlier.some((other, index) => {
    const between = earlier.slice(index + 1);
    if (other.action !== rule.action || protocolOf(other) !== protocolOf(rule)) return false;
    if (between.some((crossed) => crossed.action !== rule.action)) return false;
    const samePorts = JSON.stringify(portsOf(other)) === JSON.stringify(portsOf(rule));
    const samePeer = JSON.stringify(other.cidr ?? other.peer) === JSON.stringify(rule.cidr ?? rule.peer);
    return (
      (samePeer && !samePorts && portsTouch(portsOf(other), portsOf(rule))) ||
      (samePorts && !samePeer && cidrsTouch(cidrOf(other), cidrOf(rule)))
    );
  });
}

function portsTouch(a, b) {
  return a !== null && b !== null && a[0] <= b[1] + 1 && b[0] <= a[1] + 1;
}

/** Two halves of one block. */
function cidrsTouch(a, b) {
  if (a === undefined || b === undefined) return false;
  const [low, high] = [parseCidr(a), parseCidr(b)].sort((x, y) => (x.first < y.first ? -1 : 1));
  return low.family === high.family && low.last + 1n === high.first && low.last - low.first === high.last - high.first;
}

// Services that should not be open to everybody, as the documents about such things list them; only ports that somebody here might use.
const RISKY_PORTS = [20, 21, 22, 23, 25, 110, 111, 135, 143, 445, 1433, 3000, 3306, 3389, 5000, 5432, 6379, 8080, 8088, 9092, 9200, 27017];

/** Open to everybody: every protocol, more than 1024 ports (a list without state needs those), or on the way in something risky. */
export function isOverPermissive(rule, direction, stateful) {
  const cidr = cidrOf(rule);
  if (rule.action === 'deny' || cidr === undefined || !cidr.endsWith('/0')) return false;
  if (rule.proto === '-1') return true;
  const ports = portsOf(rule);
  if (ports === null || protocolOf(rule) === 1) return false;
  if (ports[1] - ports[0] >= 1024) return stateful;
  return direction === 'in' && RISKY_PORTS.some((port) => ports[0] <= port && port <= ports[1]);
}

/** Whether the first entry that matches denies it, for every packet that the rule permits. What comes from inside the subnet passes: the list is not asked. */
export function isDeniedBy(entries, subnetCidrs, rule) {
  const subnet = subnetCidrs.map((cidr) => ({ proto: '-1', first: null, cidr }));
  const permitted = packetsAround([...entries, ...subnet, rule]).filter((packet) => matches(rule, packet));
  const passes = (packet) =>
    subnet.some((block) => matches(block, packet)) || entries.find((entry) => matches(entry, packet))?.action === 'allow';
  return permitted.length > 0 && !permitted.some(passes);
}
