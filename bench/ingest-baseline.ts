import { FIELDS } from './ingest-data.ts';

// What somebody who knows DuckDB well would write by hand for the same answer. Nothing is checked: a file that is cut off, a line with a repeated
// blank or a port that is no number goes unnoticed or ends the query, and no record is counted by file.

const TYPES: Readonly<Record<string, string>> = {
  srcport: 'USMALLINT',
  dstport: 'USMALLINT',
  protocol: 'UTINYINT',
  packets: 'BIGINT',
  bytes: 'BIGINT',
  start: 'UINTEGER',
  end: 'UINTEGER',
  'tcp-flags': 'UTINYINT',
};

function logs(folder: string): string {
  const columns = FIELDS.split(' ').map((name) => `'${name}': '${TYPES[name] ?? 'VARCHAR'}'`);
  return `read_csv('${folder}/*.log.gz', delim = ' ', header = true, nullstr = '-', auto_detect = false, quote = '', escape = '', columns = {${columns.join(', ')}})`;
}

/** The same roll-up: the same keys, the same sums for each direction, times, hours and evidence. */
export function rollUpBaseline(folder: string): string {
  return `
CREATE TABLE flows AS
SELECT day, interface, a, a_port, b, b_port, protocol, action,
       sum(CASE WHEN forward THEN 1 ELSE 0 END) AS records_ab, sum(CASE WHEN forward THEN 0 ELSE 1 END) AS records_ba,
       sum(CASE WHEN forward THEN packets ELSE 0 END) AS packets_ab, sum(CASE WHEN forward THEN 0 ELSE packets END) AS packets_ba,
       sum(CASE WHEN forward THEN bytes ELSE 0 END) AS bytes_ab, sum(CASE WHEN forward THEN 0 ELSE bytes END) AS bytes_ba,
       min(first_s) AS first_start, max(last_s) AS last_end, bit_or(hour) AS hours, bit_or(CASE WHEN forward THEN evidence ELSE evidence << 4 END) AS evidence
FROM (
  SELECT first_s // 86400 AS day, interface, protocol, action, forward, packets, bytes, first_s, last_s, 1::UINTEGER << ((first_s // 3600) % 24) AS hour,
         CASE WHEN forward THEN source ELSE destination END AS a, CASE WHEN forward THEN source_port ELSE destination_port END AS a_port,
         CASE WHEN forward THEN destination ELSE source END AS b, CASE WHEN forward THEN destination_port ELSE source_port END AS b_port,
         CASE WHEN protocol = 6 AND flags & 18 = 18 THEN 2 WHEN protocol = 6 AND flags & 2 = 2 THEN 1 ELSE 0 END
         + CASE direction WHEN 'ingress' THEN 4 WHEN 'egress' THEN 8 ELSE 0 END AS evidence
  FROM (
    SELECT *, source < destination OR (source = destination AND source_port <= destination_port) AS forward
    FROM (
      SELECT "interface-id" AS interface, srcaddr AS source, dstaddr AS destination, srcport AS source_port, dstport AS destination_port, protocol, packets, bytes,
             "start" AS first_s, "end" AS last_s, action, "tcp-flags" AS flags, "flow-direction" AS direction
      FROM ${logs(folder)} WHERE "log-status" = 'OK'
    )
  )
)
GROUP BY ALL`;
}

/** The plain 5-tuple count that such logs are usually asked for. */
export function fiveTupleBaseline(folder: string): string {
  return (
    `CREATE TABLE tuples AS SELECT srcaddr, dstaddr, srcport, dstport, protocol, count(*) AS records, sum(packets) AS packets, sum(bytes) AS bytes ` +
    `FROM ${logs(folder)} WHERE "log-status" = 'OK' GROUP BY ALL`
  );
}
