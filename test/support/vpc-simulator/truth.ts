import type { FlowLayout, FlowRecord } from '../aws-writer.ts';
import type { WitnessedRecord } from './flow-recorder.ts';
import type { Connection } from './network.ts';

/** What a rule really did among the logged connections. Connections are keys of (interface, UTC day of a record's start, oriented 5-tuple as the log shows it). */
export interface RuleTruth {
  readonly connections: Set<string>;
  /** Those that no other rule admitted. */
  readonly sole: Set<string>;
  /** Those of which some packet of the answering side was logged, on whatever day. */
  readonly answered: Set<string>;
  /** Every record of the connections. */
  readonly records: FlowRecord[];
}

/** By name: the id of a group rule, else `acl-…:in/100`, `sg-…:in/default`. A rule that did nothing is not there. */
export type Truth = ReadonlyMap<string, RuleTruth>;

/**
 * Sums up what the firewall did with the packets of the given records; lost ones are simply not given. Group rules get the connections that
 * they admitted, stateless entries every direction of packets, whoever refused gets what was refused. In the `default` layout two addresses of
 * one interface look like one.
 */
export function tellTruth(records: readonly WitnessedRecord[], layout: FlowLayout): Truth {
  const truth = new Map<string, RuleTruth>();
  const of = (name: string): RuleTruth => {
    const known = truth.get(name) ?? { connections: new Set(), sole: new Set(), answered: new Set(), records: [] };
    truth.set(name, known);
    return known;
  };
  const answered = answeredConnections(records);
  for (const { record, connections, decidedBy } of records) {
    for (const name of decidedBy) of(name).connections.add(tupleKey(record, layout, 'as logged'));
    if (record.action !== 'ACCEPT') continue;
    for (const connection of connections) {
      const rules = connection.admittedBy.get(record.eni) ?? [];
      for (const rule of rules)
        credit(of(rule), {
          record,
          connection,
          layout,
          isSole: rules.length === 1,
          isAnswered: answered.get(connection)?.has(record.eni) ?? false,
        });
    }
  }
  return truth;
}

/** The interfaces that logged an answer, by connection. */
function answeredConnections(records: readonly WitnessedRecord[]): Map<Connection, Set<string>> {
  const answered = new Map<Connection, Set<string>>();
  for (const { record, connections } of records) {
    for (const connection of connections) {
      if (record.action !== 'ACCEPT' || !isReply(record, connection)) continue;
      const interfaces = answered.get(connection) ?? new Set();
      answered.set(connection, interfaces.add(record.eni));
    }
  }
  return answered;
}

function isReply(record: FlowRecord, connection: Connection): boolean {
  return record.pktSrc === connection.dst && record.sport === connection.dport;
}

interface Credit {
  readonly record: FlowRecord;
  readonly connection: Connection;
  readonly layout: FlowLayout;
  readonly isSole: boolean;
  readonly isAnswered: boolean;
}

function credit(rule: RuleTruth, { record, connection, layout, isSole, isAnswered }: Credit): void {
  const key = tupleKey(record, layout, isReply(record, connection) ? 'reversed' : 'as logged');
  rule.connections.add(key);
  if (isSole) rule.sole.add(key);
  if (isAnswered) rule.answered.add(key);
  if (!rule.records.includes(record)) rule.records.push(record);
}

function tupleKey(record: FlowRecord, layout: FlowLayout, orientation: 'as logged' | 'reversed'): string {
  const from = { address: layout === 'full' ? record.pktSrc : record.src, port: record.sport };
  const to = { address: layout === 'full' ? record.pktDst : record.dst, port: record.dport };
  const [opener, responder] = orientation === 'as logged' ? [from, to] : [to, from];
  const day = Math.floor(record.start / 86_400);
  return [record.eni, day, record.protocol, opener.address, opener.port, responder.address, responder.port].join(' ');
}
