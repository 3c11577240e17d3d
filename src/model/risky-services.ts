import { type PortRange, TCP, UDP } from './service.ts';

/** Changes with every change of the table, so that a finding can be traced to the list it was made with. */
export const RISKY_SERVICES_VERSION = 1;

/** Why a service should not be open to wide networks. */
export type Risk = 'clear text' | 'remote administration' | 'data store' | 'often attacked';

export interface RiskyService {
  readonly name: string;
  readonly protocol: number;
  readonly ports: PortRange;
  readonly risk: Risk;
}

/**
 * Services that the standards name as insecure (PCI DSS 1.2.5 and 1.2.6), administrative access (CIS), data stores and ports of prowler's default list. Not
 * among them: port 80, of which nobody can say from outside whether it carries credentials.
 */
export const RISKY_SERVICES: readonly RiskyService[] = [
  ...services('clear text', TCP, {
    ftp: [20, 21],
    telnet: [23, 23],
    smtp: [25, 25],
    pop3: [110, 110],
    rpcbind: [111, 111],
    netbios: [137, 139],
    imap: [143, 143],
    ldap: [389, 389],
    smb: [445, 445],
    'rexec, rlogin, rsh': [512, 514],
    nfs: [2049, 2049],
    x11: [6000, 6063],
  }),
  ...services('clear text', UDP, {
    tftp: [69, 69],
    rpcbind: [111, 111],
    netbios: [137, 138],
    snmp: [161, 162],
    syslog: [514, 514],
    nfs: [2049, 2049],
  }),
  ...services('remote administration', TCP, { ssh: [22, 22], rdp: [3389, 3389], vnc: [5800, 5903], winrm: [5985, 5986] }),
  ...services('remote administration', UDP, { rdp: [3389, 3389] }),
  ...services('data store', TCP, {
    'sql server': [1433, 1434],
    oracle: [1521, 1521],
    'oracle tls': [2483, 2483],
    mysql: [3306, 3306],
    postgresql: [5432, 5432],
    kibana: [5601, 5601],
    redis: [6379, 6379],
    'cassandra jmx': [7199, 7199],
    kafka: [9092, 9092],
    cassandra: [9160, 9160],
    elasticsearch: [9200, 9300],
    memcached: [11211, 11211],
    mongodb: [27017, 27018],
  }),
  ...services('data store', UDP, { memcached: [11211, 11211] }),
  ...services('often attacked', TCP, {
    msrpc: [135, 135],
    'port 3000': [3000, 3000],
    'port 4333': [4333, 4333],
    'port 5000': [5000, 5000],
    'http 8080': [8080, 8080],
    'http 8088': [8088, 8088],
  }),
];

function services(risk: Risk, protocol: number, ports: Readonly<Record<string, readonly [number, number]>>): RiskyService[] {
  return Object.entries(ports).map(([name, [first, last]]) => ({ name, protocol, ports: { first, last }, risk }));
}
