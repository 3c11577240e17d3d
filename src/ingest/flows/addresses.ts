import { parseAddress } from '../../model/address.ts';
import type { Store } from '../../store/database.ts';
import { kindCode } from './format.ts';
import { extraKeys, keyPart, type RollUpShape } from './rollup.ts';
import { type KindCounts, ROLLED, type ScannedFlows } from './scan.ts';

/** Every address that is not plain IPv4, and every true address, with what it means. Values are IPv4 integers, or places in the sorted list of IPv6 addresses. */
export const ADDRESSES = 'flow_addresses';

export interface ResolvedAddresses {
  /** Sorted. */
  readonly ipv6Addresses: readonly bigint[];
  /** Counts with the records of unreadable addresses moved to MALFORMED_ADDRESS. */
  readonly counts: ReadonlyMap<number, KindCounts>;
  /** Two texts mean one address, so conversations may occur twice. */
  readonly needsMerge: boolean;
  /** True addresses that cannot be read, and are as good as not logged. */
  readonly unreadTrueAddresses: number;
}

/**
 * Reads every distinct address that the roll-up left as text, once and strictly: IPv6, and what is no address at all or joins two families. Records
 * of the latter are malformed: they leave the roll-up, and the files are asked again where they came from. Afterwards `a` and `b` of every conversation
 * are set, and `a_text` is null exactly where they are IPv4.
 */
export async function resolveAddresses(store: Store, scanned: ScannedFlows): Promise<ResolvedAddresses> {
  const { shape } = scanned;
  const columns = ['a_text', 'b_text', ...extraKeys(shape).filter((name) => name !== 'named_rule')];
  const isConversation = `file IS NULL AND k IS NOT NULL AND ${keyPart('kind')} <= ${kindCode('REJECT')}`;
  const texts = await store.rows(
    `SELECT DISTINCT text FROM (${columns.map((name) => `SELECT ${name} AS text FROM ${ROLLED} WHERE ${isConversation}`).join(' UNION ALL ')}) WHERE text <> '' ORDER BY text`,
  );
  const parsed = texts.map((row) => ({ text: String(row['text']), address: parseAddress(String(row['text'])) }));
  const ipv6Addresses = sortedIpv6(parsed.flatMap(({ address }) => (address?.family === 6 ? [address.value] : [])));
  const placeOf = new Map(ipv6Addresses.map((value, index) => [value, index]));
  await store.run(`CREATE OR REPLACE TABLE ${ADDRESSES} (text VARCHAR, family UINTEGER, address UINTEGER)`);
  await store.append(
    ADDRESSES,
    ['text', 'uint32', 'uint32'],
    parsed.map(({ text, address }) => [
      text,
      address?.family ?? 0,
      address === null ? 0 : address.family === 4 ? Number(address.value) : (placeOf.get(address.value) ?? 0),
    ]),
  );
  const counts = await moveMalformed(store, scanned);
  for (const side of ['a', 'b']) {
    await store.run(
      `UPDATE ${ROLLED} SET ${side} = x.address, ${side}_text = CASE WHEN x.family = 4 THEN NULL ELSE ${side}_text END FROM ${ADDRESSES} x WHERE x.text = ${side}_text`,
    );
  }
  const ipv6Texts = parsed.filter(({ address }) => address?.family === 6).length;
  return {
    ipv6Addresses,
    counts,
    // A mapped address is IPv4 written as IPv6, and may stand beside the same address written plainly.
    needsMerge: ipv6Texts !== ipv6Addresses.length || parsed.some(({ text, address }) => address?.family === 4 && text.includes(':')),
    unreadTrueAddresses: await clearUnreadTrueAddresses(store, shape),
  };
}

function sortedIpv6(values: readonly bigint[]): readonly bigint[] {
  return [...new Set(values)].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

const FAMILY = (side: 'a' | 'b'): string =>
  `CASE WHEN ${side}_text IS NULL THEN 4 ELSE (SELECT family FROM ${ADDRESSES} WHERE text = ${side}_text) END`;

/** Removes conversations without two addresses of one family, and counts their records as what they are. */
async function moveMalformed(store: Store, scanned: ScannedFlows): Promise<ReadonlyMap<number, KindCounts>> {
  const { shape } = scanned;
  const isConversation = `file IS NULL AND k IS NOT NULL AND ${keyPart('kind')} <= ${kindCode('REJECT')}`;
  await store.run(
    `CREATE OR REPLACE TEMP TABLE unread_pairs AS SELECT DISTINCT a, b, a_text, b_text FROM ${ROLLED} ` +
      `WHERE ${isConversation} AND (a_text IS NOT NULL OR b_text IS NOT NULL) AND (${FAMILY('a')} <> ${FAMILY('b')} OR ${FAMILY('a')} = 0)`,
  );
  const [pairs] = await store.rows('SELECT count(*) AS pairs FROM unread_pairs');
  if (Number(pairs?.['pairs'] ?? 0) === 0 || scanned.rows === null) return scanned.counts;
  await store.run(
    `DELETE FROM ${ROLLED} WHERE ${isConversation} AND EXISTS (SELECT 1 FROM unread_pairs u WHERE u.a = ${ROLLED}.a AND u.b = ${ROLLED}.b ` +
      `AND u.a_text IS NOT DISTINCT FROM ${ROLLED}.a_text AND u.b_text IS NOT DISTINCT FROM ${ROLLED}.b_text)`,
  );
  const moved = await store.rows(
    `WITH unread AS (SELECT coalesce(a_text, ${plainText('a')}) AS a, coalesce(b_text, ${plainText('b')}) AS b FROM unread_pairs) ` +
      `SELECT file, kind, ${shape.copies ? 'sum(copies)' : 'count(*)'}::DOUBLE AS total FROM (${scanned.rows}) r JOIN unread u ON u.a = least(r.source, r.destination) AND u.b = greatest(r.source, r.destination) ` +
      `WHERE kind <= ${kindCode('REJECT')} GROUP BY file, kind`,
  );
  const counts = new Map([...scanned.counts].map(([file, kinds]) => [file, new Map(kinds)]));
  for (const row of moved) {
    const kinds = counts.get(Number(row['file']));
    if (kinds === undefined) continue;
    const kind = Number(row['kind']);
    const total = Number(row['total']);
    const malformed = kindCode('MALFORMED_ADDRESS');
    kinds.set(kind, (kinds.get(kind) ?? 0) - total);
    kinds.set(malformed, (kinds.get(malformed) ?? 0) + total);
  }
  return counts;
}

function plainText(name: string): string {
  return `concat_ws('.', ${name} >> 24, (${name} >> 16) & 255, (${name} >> 8) & 255, ${name} & 255)`;
}

/** A true address that is none, or of the other family than the one that was seen, says nothing that could be matched. */
async function clearUnreadTrueAddresses(store: Store, shape: RollUpShape): Promise<number> {
  if (!shape.translated) return 0;
  let cleared = 0;
  for (const side of ['a', 'b'] as const) {
    const unread = `${side}_true <> '' AND file IS NULL AND (SELECT family FROM ${ADDRESSES} WHERE text = ${side}_true) <> ${FAMILY(side)}`;
    const [row] = await store.rows(`SELECT count(*) AS total FROM ${ROLLED} WHERE ${unread}`);
    cleared += Number(row?.['total'] ?? 0);
    if (Number(row?.['total'] ?? 0) > 0) await store.run(`UPDATE ${ROLLED} SET ${side}_true = '' WHERE ${unread}`);
  }
  return cleared;
}
