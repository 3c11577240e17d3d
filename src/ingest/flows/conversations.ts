import type { AddressFamily } from '../../model/address.ts';
import type { ConversationBatch } from '../../model/flow.ts';
import { A_TRANSLATED, B_TRANSLATED, EVIDENCE_OPENER, EVIDENCE_RESPONDER, EVIDENCE_SHIFT_BA, REVERSE_ACCEPTED } from '../../model/flow.ts';
import { TCP } from '../../model/service.ts';
import type { Column, ColumnKind } from '../../store/columns.ts';
import type { Store } from '../../store/database.ts';
import { ADDRESSES } from './addresses.ts';
import { kindCode } from './format.ts';
import { EVIDENCE_AT, extraKeys, KEY, KEY_WITHOUT_DAY, KEY_WITHOUT_KIND, keyPart, type RollUpShape, SUMS } from './rollup.ts';
import { ROLLED } from './scan.ts';

/** Condition of the rows of {@link ROLLED} that are conversations. */
export const IS_CONVERSATION = `file IS NULL AND k IS NOT NULL AND ${keyPart('kind')} <= ${kindCode('REJECT')}`;

export const ATTACHMENTS = 'flow_attachments';
export const NAMED_RULES = 'flow_named_rules';
const REFUSED = 'flow_refused_replies';

const ROLES = EVIDENCE_OPENER | EVIDENCE_RESPONDER;
const ROLES_OF_BOTH = ROLES | (ROLES << EVIDENCE_SHIFT_BA);
/** A role once proven holds for later days of the same 5-tuple, as long as a connection may stay idle (432,000 s). */
const ROLE_DAYS = 5;

/** A missing interface is the empty text, however the log writes it. Says whether conversations may now occur twice. */
export async function clearMissingAttachments(store: Store): Promise<boolean> {
  const rows = await store.rows(
    `SELECT DISTINCT attachment FROM ${ROLLED} WHERE file IS NULL AND (attachment IS NULL OR attachment IN ('-', ''))`,
  );
  if (rows.every((row) => row['attachment'] === '')) return false;
  await store.run(`UPDATE ${ROLLED} SET attachment = '' WHERE file IS NULL AND (attachment IS NULL OR attachment = '-')`);
  return rows.length > 1;
}

/** Joins conversations that turned out to be the same, once addresses were read; `a` becomes the smaller endpoint by number, and an endpoint's talk with itself one half. */
export async function mergeConversations(store: Store, shape: RollUpShape): Promise<void> {
  const extra = extraKeys(shape);
  const aPort = keyPart('aPort');
  const bPort = keyPart('bPort');
  const otherBits = `(k & ${(1n << KEY.bPort) - 1n}::UBIGINT)`;
  const other = (name: string): string => (name.endsWith('_ab') ? name.replace('_ab', '_ba') : name.replace('_ba', '_ab'));
  const swappedSums = SUMS.map(
    (name) =>
      `CASE WHEN loop THEN ${name.endsWith('_ab') ? `${name} + ${other(name)}` : '0'} WHEN swap THEN ${other(name)} ELSE ${name} END AS ${name}`,
  );
  const swappedExtra = extra.map((name) =>
    name === 'named_rule' ? name : `CASE WHEN swap THEN ${name === 'a_true' ? 'b_true' : 'a_true'} ELSE ${name} END AS ${name}`,
  );
  const hours = `(marks & ${(1 << EVIDENCE_AT) - 1})`;
  const evidence = (half: number): string => `((marks >> ${EVIDENCE_AT + half}) & 15)`;
  const marks =
    `CASE WHEN loop THEN ${hours} | ((${evidence(0)} | ${evidence(EVIDENCE_SHIFT_BA)}) << ${EVIDENCE_AT}) ` +
    `WHEN swap THEN ${hours} | (${evidence(0)} << ${EVIDENCE_AT + EVIDENCE_SHIFT_BA}) | (${evidence(EVIDENCE_SHIFT_BA)} << ${EVIDENCE_AT}) ELSE marks END`;
  await store.run(
    `CREATE OR REPLACE TEMP TABLE merged_flows AS SELECT k, attachment, a, b, ${[...extra, ''].join(', ')}any_value(a_text) AS a_text, any_value(b_text) AS b_text, ` +
      `${SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ')}, min(first_start) AS first_start, max(last_end) AS last_end, bit_or(marks) AS marks FROM (` +
      `SELECT CASE WHEN swap THEN (${bPort}::UBIGINT << ${KEY.aPort}) | (${aPort}::UBIGINT << ${KEY.bPort}) | ${otherBits} ELSE k END AS k, attachment, ` +
      `CASE WHEN swap THEN b ELSE a END AS a, CASE WHEN swap THEN a ELSE b END AS b, a_text, b_text, ${[...swappedExtra, ...swappedSums].join(', ')}, first_start, last_end, ` +
      `(${marks})::UINTEGER AS marks ` +
      `FROM (SELECT *, a > b OR (a = b AND ${aPort} > ${bPort}) AS swap, a = b AND ${aPort} = ${bPort} AS loop FROM ${ROLLED} WHERE ${IS_CONVERSATION})) ` +
      `GROUP BY k, attachment, a, b, a_text IS NULL${extra.map((name) => `, ${name}`).join('')}`,
  );
  await store.run(`DELETE FROM ${ROLLED} WHERE ${IS_CONVERSATION}`);
  await store.run(`INSERT INTO ${ROLLED} BY NAME SELECT * FROM merged_flows`);
  await store.run('DROP TABLE merged_flows');
}

/**
 * Two rows of one 5-tuple. Only few rows have a partner, and a number finds them: the exact comparison, which reads texts, is left to those whose
 * numbers are equal.
 */
const SAME_ENDPOINTS = 'x.attachment = y.attachment AND x.a = y.a AND x.b = y.b AND (x.a_text IS NULL) = (y.a_text IS NULL)';
const candidate = (tuple: string): string => `hash(${tuple}, a, b)`;

/** Carries the roles of TCP conversations to later days on which their flags no longer say who opened. */
export async function carryRoles(store: Store): Promise<void> {
  const roles = `((marks >> ${EVIDENCE_AT}) & ${ROLES_OF_BOTH})`;
  const tcp = `${IS_CONVERSATION} AND ${keyPart('protocol')} = ${TCP} AND k & 65535 <> 0`;
  const columns = `attachment, a, b, a_text, ${keyPart('day')} AS day, ${roles} AS roles`;
  await store.run(
    `CREATE OR REPLACE TEMP TABLE silent AS SELECT rowid AS id, ${KEY_WITHOUT_DAY} AS tuple, ${columns} FROM ${ROLLED} WHERE ${tcp} AND ${roles} = 0`,
  );
  await store.run(
    `CREATE OR REPLACE TEMP TABLE carried_roles AS SELECT x.id, arg_max(y.roles, y.day) AS roles FROM silent x JOIN (` +
      `SELECT ${KEY_WITHOUT_DAY} AS tuple, ${columns} FROM ${ROLLED} WHERE ${tcp} AND ${roles} <> 0 AND ${candidate(KEY_WITHOUT_DAY)} IN (SELECT ${candidate('tuple')} FROM silent)` +
      `) y ON x.tuple = y.tuple AND ${SAME_ENDPOINTS} WHERE y.day < x.day AND y.day >= x.day - ${ROLE_DAYS} GROUP BY x.id`,
  );
  await store.run(
    `UPDATE ${ROLLED} SET marks = (marks | (c.roles << ${EVIDENCE_AT}))::UINTEGER FROM carried_roles c WHERE c.id = ${ROLLED}.rowid`,
  );
  await store.run('DROP TABLE carried_roles; DROP TABLE silent');
}

/** Notes the refused conversations whose other direction was accepted on the same attachment and day: they are refused replies. */
export async function findRefusedReplies(store: Store): Promise<void> {
  const columns = `${KEY_WITHOUT_KIND} AS tuple, attachment, a, b, a_text, records_ab, records_ba`;
  const of = (kind: 'ACCEPT' | 'REJECT'): string => `${IS_CONVERSATION} AND ${keyPart('kind')} = ${kindCode(kind)}`;
  await store.run(`CREATE OR REPLACE TEMP TABLE refused AS SELECT rowid AS id, ${columns} FROM ${ROLLED} WHERE ${of('REJECT')}`);
  await store.run(
    `CREATE OR REPLACE TABLE ${REFUSED} AS SELECT DISTINCT x.id FROM refused x JOIN (` +
      `SELECT ${columns} FROM ${ROLLED} WHERE ${of('ACCEPT')} AND ${candidate(KEY_WITHOUT_KIND)} IN (SELECT ${candidate('tuple')} FROM refused)` +
      `) y ON x.tuple = y.tuple AND ${SAME_ENDPOINTS} WHERE (x.records_ab > 0 AND y.records_ba > 0) OR (x.records_ba > 0 AND y.records_ab > 0)`,
  );
  await store.run('DROP TABLE refused');
}

export const BATCH_ROWS = 65_536;

/** Hands the conversations over, IPv4 first, one family per batch. The order of rows inside a family is not defined. */
export async function* streamConversations(store: Store, shape: RollUpShape): AsyncGenerator<ConversationBatch> {
  for (const family of [4, 6] as const) {
    for await (const { rowCount, columns } of store.columns(conversationColumns(family, shape), COLUMN_KINDS, BATCH_ROWS))
      yield batchOf(family, rowCount, columns);
  }
}

const COLUMN_KINDS: readonly ColumnKind[] = [
  'int32',
  ...Array.from({ length: 10 }, () => 'uint32' as const),
  ...Array.from({ length: 8 }, () => 'float64' as const),
  'uint32',
];

function conversationColumns(family: AddressFamily, shape: RollUpShape): string {
  const translated = (side: 'a' | 'b', bit: number): string =>
    shape.translated ? `CASE WHEN ${side}_true <> '' THEN ${bit} ELSE 0 END` : '0';
  const truly = (side: 'a' | 'b'): string =>
    shape.translated ? `coalesce((SELECT address FROM ${ADDRESSES} WHERE text = ${side}_true), 0)::UINTEGER` : '0::UINTEGER';
  const refused = `CASE WHEN ${keyPart('kind')} = ${kindCode('REJECT')} AND r.rowid IN (SELECT id FROM ${REFUSED}) THEN ${REVERSE_ACCEPTED} ELSE 0 END`;
  const seconds = (name: string): string => `coalesce(${name}::DOUBLE, 'nan'::DOUBLE)`;
  return (
    `SELECT ${keyPart('day')}::INTEGER, t.id, a, b, ${keyPart('aPort')}, ${keyPart('bPort')}, ${keyPart('protocol')}, ${keyPart('kind')}, ` +
    `((marks >> ${EVIDENCE_AT}) | ${translated('a', A_TRANSLATED)} | ${translated('b', B_TRANSLATED)} | ${refused})::UINTEGER, ${truly('a')}, ${truly('b')}, ` +
    `${SUMS.join(', ')}, ${seconds('first_start')}, ${seconds('last_end')}, ${shape.named ? 'coalesce(n.id, 0)::UINTEGER' : '0::UINTEGER'} ` +
    `FROM ${ROLLED} r JOIN ${ATTACHMENTS} t ON t.name = r.attachment${shape.named ? ` LEFT JOIN ${NAMED_RULES} n ON n.name = r.named_rule` : ''} ` +
    `WHERE ${IS_CONVERSATION} AND a_text IS ${family === 4 ? '' : 'NOT '}NULL`
  );
}

function batchOf(family: AddressFamily, rowCount: number, columns: readonly Column[]): ConversationBatch {
  const uint32 = (index: number): Uint32Array => checked(columns[index], Uint32Array);
  const float64 = (index: number): Float64Array => checked(columns[index], Float64Array);
  return {
    family,
    rowCount,
    day: checked(columns[0], Int32Array),
    attachment: uint32(1),
    aAddress: uint32(2),
    bAddress: uint32(3),
    aPort: uint32(4),
    bPort: uint32(5),
    protocol: uint32(6),
    loggedAction: uint32(7),
    evidence: uint32(8),
    aTrueAddress: uint32(9),
    bTrueAddress: uint32(10),
    recordsAb: float64(11),
    recordsBa: float64(12),
    packetsAb: float64(13),
    packetsBa: float64(14),
    bytesAb: float64(15),
    bytesBa: float64(16),
    firstStart: float64(17),
    lastEnd: float64(18),
    namedRule: uint32(19),
  };
}

function checked<T extends Column>(column: Column | undefined, kind: new () => T): T {
  if (column instanceof kind) return column;
  throw new TypeError(`expected a ${kind.name} column`);
}
