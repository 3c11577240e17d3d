import * as z from 'zod';

const cell = (description: string) => z.string().describe(description);
const optionalCell = (description: string) => z.string().optional().describe(description);

/**
 * A row of `rules-csv`, for rules that no parser reads: UTF-8, header by name in any order. Rows of one policy, in reading order, are its rules;
 * the first match decides; replies need no rule. Lists are separated by `;`, an empty cell means any. A non-empty cell in a column that is not named
 * here is a condition nobody can compute, unless the name of the column starts with `note`.
 */
export const rulesCsvRowSchema = z
  .object({
    policy: cell('Policy the rule belongs to'),
    id: cell('Id of the rule, unique in its policy; empty: its position'),
    action: cell('permit, allow, accept or pass; deny, drop, reject or block; in any case'),
    protocol: cell('tcp, udp, icmp, icmpv6, another name or number; any'),
    source: cell('CIDR, host, first-last or any (both families; 0.0.0.0/0 is IPv4 only)'),
    source_port: cell('443, 1000-2000 or any'),
    destination: cell('As source'),
    destination_port: cell('As source_port; for icmp and icmpv6: type/code, type or any'),
    enabled: optionalCell('Whether the rule is switched on; empty: yes'),
    name: optionalCell('Name as configured'),
    description: optionalCell('Comment as configured'),
    owner: optionalCell('Who answers for the rule'),
    ticket: optionalCell('Ticket or change that asked for it'),
    created: optionalCell('When the rule was made: ISO 8601 or epoch seconds'),
    modified: optionalCell('When the rule was last changed: ISO 8601 or epoch seconds'),
    expires: optionalCell('Documented end; it changes nothing about what the device does'),
    hits: optionalCell("The device's own count of packets or connections"),
  })
  .catchall(z.string());

/** A row of `flows-csv`, for logs that no parser reads: header by name in any order. Without `tcp_flags` the source is taken as the one who opened. */
export const flowsCsvRowSchema = z
  .object({
    start: cell('Start of the record: ISO 8601 or epoch seconds'),
    end: cell('End of the record: ISO 8601 or epoch seconds'),
    source: cell('Source address'),
    source_port: cell('Source port'),
    destination: cell('Destination address'),
    destination_port: cell('Destination port'),
    protocol: cell('Name or number'),
    action: cell('What the log says became of it: accept or reject words as in rules-csv; empty: the log does not say'),
    packets: cell('Packets in the record'),
    bytes: cell('Bytes in the record'),
    interface: optionalCell('Interface that logged it, as the inventory names it'),
    direction: optionalCell('in or out, seen from the interface'),
    tcp_flags: optionalCell('TCP flags of the record, OR-ed, as a number; empty: the source opened the connection'),
    records: optionalCell('How many records this row sums up; empty: 1'),
    rule: optionalCell('Rule that decided, where the log names it'),
  })
  .catchall(z.string());
