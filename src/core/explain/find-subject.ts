import type { AuditedPolicy, AuditResult } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import { DEFAULT_RULE, formatRuleRef, type RuleRef } from '../../model/rule.ts';

/** What a text names in an audit. */
export type Subject =
  | { readonly kind: 'rule'; readonly policy: AuditedPolicy; readonly ref: RuleRef }
  | { readonly kind: 'finding'; readonly policy: AuditedPolicy; readonly finding: Finding }
  /** Nothing, or several things; the names that come closest, at most 5. */
  | { readonly kind: 'unclear'; readonly count: number; readonly nearest: readonly string[] };

const MOST_NAMED = 5;

/** Finds a finding by its id or the beginning of it (`F-` and 4 digits at least), a rule by `POLICY/RULE`, or by its own id where that is unique. */
export function findSubject(result: AuditResult, text: string): Subject {
  const wanted = text.trim();
  const findings = /^F-[0-9a-f]{4,16}$/i.test(wanted)
    ? result.findings.filter(({ id }) => id.startsWith(`F-${wanted.slice(2).toLowerCase()}`))
    : [];
  const [finding] = findings;
  const findingPolicy = result.policies.find(({ id }) => id === finding?.policy);
  if (findings.length === 1 && finding !== undefined && findingPolicy !== undefined)
    return { kind: 'finding', policy: findingPolicy, finding };
  if (findings.length > 1) return unclear(findings.map(({ id }) => id));

  const rules = [...rulesOf(result)];
  const exact = rules.find(({ ref }) => formatRuleRef(ref) === wanted);
  if (exact !== undefined) return { kind: 'rule', ...exact };
  const byId = rules.filter(({ ref, policy }) => ref.rule !== DEFAULT_RULE && (ref.rule === wanted || isNativeId(policy, ref, wanted)));
  const [only] = byId;
  if (byId.length === 1 && only !== undefined) return { kind: 'rule', ...only };
  if (byId.length > 1) return unclear(byId.map(({ ref }) => formatRuleRef(ref)));
  const names = /^F-/i.test(wanted) ? result.findings.map(({ id }) => id) : rules.map(({ ref }) => formatRuleRef(ref));
  return { kind: 'unclear', count: 0, nearest: nearestNames(wanted, names) };
}

function unclear(names: readonly string[]): Subject {
  return { kind: 'unclear', count: names.length, nearest: names.slice(0, MOST_NAMED) };
}

function* rulesOf({ policies }: AuditResult): Iterable<{ readonly policy: AuditedPolicy; readonly ref: RuleRef }> {
  for (const policy of policies) {
    for (const { id } of policy.rules) yield { policy, ref: { policy: policy.id, rule: id } };
    if (policy.rules.every(({ id }) => id !== DEFAULT_RULE)) yield { policy, ref: { policy: policy.id, rule: DEFAULT_RULE } };
  }
}

function isNativeId(policy: AuditedPolicy, ref: RuleRef, wanted: string): boolean {
  return policy.rules.find(({ id }) => id === ref.rule)?.nativeId === wanted;
}

/** More names than this are only searched for the text itself, not compared letter by letter. */
const MOST_COMPARED = 20_000;

/** Names that hold the text, shortest first; else those that differ from it in a third of its letters at most, nearest first. At most 5. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const lower = wanted.toLowerCase();
  const holding = names.filter((name) => lower !== '' && name.toLowerCase().includes(lower));
  if (holding.length > 0) return holding.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MOST_NAMED);
  if (names.length > MOST_COMPARED) return [];
  const most = Math.max(2, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: Math.abs(name.length - wanted.length) > most ? most + 1 : distance(lower, name.toLowerCase()) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
