/** A flow record as it was made up, before anybody wrote or read a log. The source of the record sent the packets. */
export interface RawRecord {
  readonly interface: string;
  /** UTC day, days since 1970. */
  readonly day: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly action: 'accept' | 'reject';
  readonly bytes: number;
  /** Whether a SYN without ACK was in it: the sender opened. */
  readonly isOpening: boolean;
}

export interface NaiveEdge {
  readonly source: string;
  readonly destination: string;
  readonly service: string;
  readonly connections: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly answered: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

/**
 * The slow twin of the application map: every connection of every day is one entry of a list, whoever logged it, and the list is counted. TCP with a SYN in
 * the log of each opener's record; each interface logged everything or nothing.
 */
export function naiveMap(records: readonly RawRecord[], placeOf: (address: string) => string): NaiveEdge[] {
  const connections = new Map<string, RawRecord[]>();
  for (const record of records.filter(({ isOpening }) => isOpening)) {
    const key = JSON.stringify([record.day, record.source, record.sourcePort, record.destination, record.destinationPort]);
    connections.set(key, [...(connections.get(key) ?? []), record]);
  }
  const answers = new Set(
    records
      .filter(({ isOpening, action }) => !isOpening && action === 'accept')
      .map((record) =>
        JSON.stringify([record.interface, record.day, record.destination, record.destinationPort, record.source, record.sourcePort]),
      ),
  );
  const edges = new Map<string, NaiveEdge>();
  for (const [, seen] of connections) {
    const [first] = seen;
    if (first === undefined) continue;
    const [source, destination, service] = [placeOf(first.source), placeOf(first.destination), `tcp/${first.destinationPort}`];
    const key = JSON.stringify([source, destination, service]);
    const isRejected = seen.some(({ action }) => action === 'reject');
    const isAnswered =
      !isRejected &&
      seen.some(({ interface: logger, day, source: from, sourcePort, destination: to, destinationPort }) =>
        answers.has(JSON.stringify([logger, day, from, sourcePort, to, destinationPort])),
      );
    const before = edges.get(key);
    edges.set(key, {
      source,
      destination,
      service,
      connections: (before?.connections ?? 0) + 1,
      accepted: (before?.accepted ?? 0) + (isRejected ? 0 : 1),
      rejected: (before?.rejected ?? 0) + (isRejected ? 1 : 0),
      answered: (before?.answered ?? 0) + (isAnswered ? 1 : 0),
      firstDay: Math.min(before?.firstDay ?? first.day, first.day),
      lastDay: Math.max(before?.lastDay ?? first.day, first.day),
    });
  }
  return [...edges.values()];
}
