import { orderOfDate, type Reading } from './reading.ts';

interface Exported {
  readonly id: string;
  readonly vpc: string;
  readonly versions: readonly { readonly at: number | null }[];
}

interface Retirement {
  readonly isRetired: boolean;
  /** When it was surely gone: the date of the newer export; null when that one is undated. */
  readonly retiredAt: number | null;
}

/**
 * Says which policies are gone: those that a newer export leaves out although it holds others of the same VPC. A VPC that the newer exports do
 * not speak about (another region, another account) is audited as it was last seen.
 */
export function findRetirement<Policy extends Exported>(
  policies: readonly Policy[],
  reading: Reading,
  what: string,
): (policy: Policy) => Retirement {
  const newestOfVpc = new Map<string, number>();
  for (const { vpc, versions } of policies) {
    const newest = Math.max(newestOfVpc.get(vpc) ?? 0, ...versions.map(({ at }) => orderOfDate(at)));
    newestOfVpc.set(vpc, newest);
  }
  reportMixedDates(policies, reading, what);
  return ({ id, vpc, versions }) => {
    const own = Math.max(...versions.map(({ at }) => orderOfDate(at)));
    const newer = newestOfVpc.get(vpc) ?? own;
    if (own >= newer) return { isRetired: false, retiredAt: null };
    const when = newer === orderOfDate(null) ? 'the undated export' : `the export of ${new Date(newer * 1000).toISOString()}`;
    reading.report(
      'info',
      'POLICY_RETIRED',
      null,
      `${what} ${id} stands in older exports only and is not audited: ${when} holds its VPC without it`,
    );
    return { isRetired: true, retiredAt: newer };
  };
}

function reportMixedDates(policies: readonly Exported[], reading: Reading, what: string): void {
  const dates = new Set(policies.flatMap(({ versions }) => versions.map(({ at }) => at)));
  if (!dates.has(null) || dates.size === 1) return;
  reading.report(
    'warning',
    'UNDATED_EXPORT',
    null,
    `some exports of ${what}s are dated and one is not; the undated one is taken as the newest. Date it with PATH@T`,
  );
}

/** Whether two lists hold the same texts equally often, in any order. */
export function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const other = [...b].sort();
  return [...a].sort().every((text, index) => text === other[index]);
}
