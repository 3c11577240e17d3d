import { DAY_SECONDS, DayLog, PROTOCOL } from './flow-records.mjs';
import { ACCOUNT, HOSTS, hostNamed, SKIPPED, UNKNOWN_HOST } from './network.mjs';
import { randomStream } from './random.mjs';
import { Scene } from './scene.mjs';

export const FIRST_DAY = Date.UTC(2026, 0, 1) / 1000;
export const DAY_COUNT = 100;

// Outside addresses, disjoint by purpose. RFC 5737 leaves 768 of them.
const OFFICE = Array.from({ length: 11 }, (_, index) => `203.0.113.${index + 2}`);
const SCANNER_NETS = [
  ['203.0.113', 128, 255],
  ['198.51.100', 208, 239],
];
const VENDORS = ['192.0.2.17', '192.0.2.21', '192.0.2.40'];
const VAULT = ['192.0.2.224', '192.0.2.225', '192.0.2.226', '192.0.2.227'];
const SCANNED_PORTS = [23, 25, 110, 135, 139, 445, 1433, 2323, 3306, 3389, 5060, 5432, 5900, 6379, 8080, 8888, 9200, 11211, 27017];
const FTP_PASSIVE_PORTS = [49152, 49153, 49154, 49999, 50000, 50001, 51111, 52222, 55555, 60001, 61616, 65535];

/** The records and connections of one day, counted from 0. The order of the calls is the order of the random numbers: change it and every day changes. */
export function logDay(index) {
  const log = new DayLog(ACCOUNT, FIRST_DAY + index * DAY_SECONDS);
  const scene = new Scene(log, randomStream(`aws-vpc/day/${index}`), index);
  internetClients(scene);
  scanners(scene);
  balancerToWeb(scene);
  webToApp(scene);
  appToData(scene);
  poolConnections(scene);
  cluster(scene);
  monitoring(scene);
  administration(scene);
  backupAndBatch(scene);
  throughNat(scene);
  oddities(scene);
  idleHours(log);
  return log;
}

function repeat(count, act) {
  for (let index = 0; index < count; index += 1) act(index);
}

const balancers = () => [hostNamed('alb-a'), hostNamed('alb-b')];
const webServers = () => [hostNamed('web-1'), hostNamed('web-2')];
const appServers = () => [hostNamed('app-1'), hostNamed('app-2')];

function internetClients(scene) {
  const { random } = scene;
  const client = () => (random.chance(0.5) ? `203.0.113.${random.between(64, 127)}` : `198.51.100.${random.between(0, 127)}`);
  const isWeekend = scene.weekday === 0 || scene.weekday === 6;
  repeat(random.between(110, 150) - (isWeekend ? 40 : 0), () => scene.connect(client(), random.pick(balancers()), 443));
  repeat(random.between(14, 26), () => scene.connect(client(), random.pick(balancers()), 80));
  const client6 = () => `2001:db8:1000:${random.between(1, 4095).toString(16)}::${random.between(1, 255).toString(16)}`;
  repeat(random.between(18, 30), () => scene.connect(client6(), hostNamed('alb-a'), 443, { ipv6: true }));
}

/** Internet background noise. What the groups do not permit is refused; what they permit is answered, or meets a port where nobody listens. */
function scanners(scene) {
  const { random } = scene;
  const scanner = () => {
    const [net, first, last] = random.pick(SCANNER_NETS);
    return `${net}.${random.between(first, last)}`;
  };
  const probe = (hosts, ports, outcome) => {
    const duration = random.between(0, 6);
    scene.connect(scanner(), random.pick(hosts), random.pick(ports), {
      sourcePort: random.between(1025, 65000),
      duration,
      outcome,
      start: random.between(0, DAY_SECONDS - 10),
    });
  };
  const exposed = [...balancers(), hostNamed('bastion'), hostNamed('legacy')];
  repeat(random.between(110, 170), () => probe(exposed, SCANNED_PORTS, 'refused'));
  repeat(random.between(3, 8), () => probe([hostNamed('bastion')], [22], 'refused'));
  repeat(random.between(6, 14), () => probe(balancers(), [443], 'answered'));
  repeat(random.between(2, 6), () => probe(balancers(), [8443], 'silent'));
  repeat(random.between(3, 9), () => probe([hostNamed('legacy')], [22], 'answered'));
  repeat(random.between(1, 4), () => probe([hostNamed('legacy')], [21], 'silent'));
  repeat(random.between(0, 3), () => probe([hostNamed('legacy')], FTP_PASSIVE_PORTS, 'silent'));
  // A NAT gateway has no group: what is sent to it unasked is logged as accepted, and dropped inside.
  repeat(random.between(1, 4), () => probe([hostNamed('nat')], SCANNED_PORTS, 'silent'));
  if (random.chance(0.4)) {
    scene.connect(`2001:db8:dead::${random.between(1, 99)}`, hostNamed('alb-a'), 22, { ipv6: true, outcome: 'refused', duration: 2 });
  }
}

function balancerToWeb(scene) {
  const { random } = scene;
  repeat(random.between(40, 56), () =>
    scene.connect(random.pick(balancers()), random.pick(webServers()), 8080, { duration: random.between(5, 110) }),
  );
  for (const balancer of balancers()) {
    for (const [index, web] of webServers().entries()) {
      repeat(8, (turn) => scene.connect(balancer, web, 8081, { start: turn * 10800 + index * 900 + random.between(0, 600), duration: 1 }));
    }
  }
}

function webToApp(scene) {
  const { random } = scene;
  repeat(random.between(44, 60), () =>
    scene.connect(random.pick(webServers()), random.pick(appServers()), 9000, { duration: random.between(1, 90) }),
  );
  repeat(random.between(5, 9), () => scene.connect(random.pick(webServers()), random.pick(appServers()), 9443));
}

function appToData(scene) {
  const { random } = scene;
  repeat(random.between(26, 40), () =>
    scene.connect(random.pick(appServers()), hostNamed('db-1'), 5432, { duration: random.between(1, 30) }),
  );
  repeat(random.between(16, 26), () =>
    scene.connect(random.pick(appServers()), hostNamed('cache-1'), 6379, { duration: random.between(0, 20) }),
  );
  for (const app of appServers()) {
    // One socket for the whole day: one connection, many records, no answers.
    const sourcePort = scene.sourcePort(app.ip);
    repeat(12, (turn) =>
      scene.connect(app, hostNamed('log-1'), 514, {
        protocol: PROTOCOL.udp,
        sourcePort,
        start: turn * 7200 + random.between(0, 3000),
        duration: random.between(10, 500),
        outcome: 'silent',
      }),
    );
  }
}

/** Pool connections that live for five days and speak every two hours: only their first interval has a SYN, only their last a FIN. */
function poolConnections(scene) {
  const { random, index } = scene;
  const LIFE_DAYS = 5;
  for (const [number, app] of appServers().entries()) {
    const age = (index + number) % LIFE_DAYS;
    const sourcePort = 61001 + number * 100 + Math.floor((index + number) / LIFE_DAYS);
    repeat(12, (turn) => {
      const continues = { before: !(age === 0 && turn === 0), after: !(age === LIFE_DAYS - 1 && turn === 11) };
      scene.connect(app, hostNamed('db-1'), 5432, {
        sourcePort,
        start: turn * 7200 + random.between(0, 6000),
        duration: random.between(30, 550),
        continues,
      });
    });
  }
}

function cluster(scene) {
  const [first, second] = appServers();
  repeat(3, () => scene.connect(first, second, 7800, { duration: 3 }));
  repeat(3, () => scene.connect(second, first, 7800, { duration: 3 }));
  repeat(2, () => scene.connect(second, first, 7801, { duration: 3 }));
  scene.connect(hostNamed('db-2'), hostNamed('db-1'), 5433, { start: scene.random.between(300, 3000), duration: 4000 });
}

function monitoring(scene) {
  const monitor = hostNamed('monitor');
  const scraped = [...webServers(), ...appServers(), hostNamed('db-1'), hostNamed('db-2'), hostNamed('backup')];
  for (const [index, server] of scraped.entries()) {
    for (const hour of [1, 5, 9, 13, 17, 21])
      scene.connect(monitor, server, 9100, { start: hour * 3600 + index * 120 + scene.random.between(0, 60), duration: 1 });
  }
  for (const web of webServers()) ping(scene, monitor, web, 'answered');
  if (scene.index % 3 === 0) ping(scene, monitor, hostNamed('backup'), 'reply-refused');
}

function ping(scene, from, to, outcome) {
  scene.connect(from, to, 0, {
    protocol: PROTOCOL.icmp,
    sourcePort: 0,
    start: 8 * 3600 + scene.random.between(0, 600),
    duration: 4,
    outcome,
  });
}

function administration(scene) {
  const { random, index } = scene;
  const bastion = hostNamed('bastion');
  const isWorkday = scene.weekday !== 0 && scene.weekday !== 6;
  if (isWorkday) {
    repeat(random.between(2, 5), () => scene.connect(random.pick(OFFICE), bastion, 22, { duration: random.between(60, 2400) }));
    scene.connect(`2001:db8:ff:10::${random.between(1, 20)}`, hostNamed('alb-a'), 8444, { ipv6: true, duration: random.between(60, 900) });
    repeat(random.between(2, 6), () =>
      scene.connect(bastion, random.pick([...webServers(), ...appServers()]), 22, { duration: random.between(30, 1500) }),
    );
    repeat(random.between(1, 2), () => scene.connect(bastion, hostNamed('monitor'), 3000, { duration: 30 }));
    if (random.chance(0.5)) ping(scene, random.pick(OFFICE.slice(0, 3)), bastion, 'answered');
  }
  // Somebody tries the database every other week, in vain: entry 90 of the network ACL.
  if (index % 14 === 6) scene.connect(bastion, hostNamed('db-1'), 22, { duration: 6, outcome: 'refused' });
  scene.connect(bastion, `192.0.2.${random.between(130, 140)}`, 443, { duration: 15 });
  // The contractor's rule is only in the first export.
  if (index < 20 && isWorkday) scene.connect('198.51.100.200', bastion, 22, { duration: random.between(300, 1200) });
}

function backupAndBatch(scene) {
  const { random, index } = scene;
  const backup = hostNamed('backup');
  const batch = hostNamed('batch');
  scene.connect(backup, hostNamed('db-2'), 873, { start: 3 * 3600 + random.between(60, 600), duration: random.between(1200, 2000) });
  scene.connectOut(backup, VAULT[index % VAULT.length], 443, { start: 4 * 3600 + random.between(0, 900), duration: 500 });
  repeat(random.between(2, 4), () =>
    scene.connect(batch, hostNamed('db-1'), 6432, {
      start: random.between(0, 5) * 3600 + random.between(3, 1000),
      duration: random.between(10, 300),
    }),
  );
  // The weekly copy job: permitted by both groups, refused by the network ACL of the database subnet.
  if (scene.weekday === 0) scene.connect(batch, backup, 445, { start: 5 * 3600 + 1800, duration: 9, outcome: 'refused' });
}

function throughNat(scene) {
  const { random } = scene;
  repeat(random.between(8, 14), () => scene.connectOut(random.pick(webServers()), random.pick(VENDORS), 443));
  repeat(random.between(8, 14), () => scene.connectOut(random.pick(appServers()), `192.0.2.${random.between(130, 150)}`, 443));
  repeat(random.between(2, 4), () => scene.connectOut(hostNamed('batch'), random.pick(VENDORS), 443));
  for (const web of webServers())
    repeat(2, (turn) => scene.connectOut(web, '192.0.2.123', 123, { protocol: PROTOCOL.udp, start: turn * 43200 + 3000, duration: 1 }));
}

/** What an audit must not guess about. */
function oddities(scene) {
  const { index } = scene;
  // Open since before the first day, through a rule that is long gone: no rule explains it, no SYN says who opened it.
  if (index < 3) {
    scene.connect('172.16.5.9', hostNamed('cache-1'), 11211, {
      sourcePort: 41000,
      start: 36000,
      duration: 500,
      continues: { before: true, after: true },
    });
  }
  // An interface that no export holds.
  if (index >= 40 && index < 44) scene.connect(UNKNOWN_HOST, '172.16.5.9', 8883, { duration: 5 });
  // Refused by the group and by the network ACL: the log does not say by which.
  if (index % 40 === 10) scene.connect(hostNamed('monitor'), hostNamed('db-1'), 23, { duration: 3, outcome: 'refused' });
}

/** Every interface says something in every hour: NODATA where it is idle, SKIPDATA where its records were lost. */
function idleHours(log) {
  for (const host of HOSTS) {
    const busy = log.hoursWithTraffic.get(host.name) ?? new Set();
    const lostHour = host.name === SKIPPED.host ? SKIPPED.hour : null;
    if (lostHour !== null && busy.has(lostHour)) throw new Error(`${host.name} has traffic in the hour whose records are lost`);
    repeat(24, (hour) => {
      if (hour === lostHour) log.recordNothing(host, hour, 'SKIPDATA');
      else if (!busy.has(hour)) log.recordNothing(host, hour, 'NODATA');
    });
  }
}
