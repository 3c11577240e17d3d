import type { ChangeFile } from '../change-emitter.ts';
import { formatJson } from '../json-text.ts';
import { describeRulesInput, describeStaleInput } from './cli-input.ts';
import { COLUMNS, type Columns, compareBytes, liveLine, staleReferenceQuery } from './live-line.ts';
import type { NativeRule } from './native-rule.ts';
import { type GroupChange, keptRules } from './select-changes.ts';

/** One question to the live VPC, and what it must still answer. Paths are relative to the change set's folder. */
export type Check =
  | { readonly kind: 'rules'; readonly groupId: string; readonly input: string; readonly expectations: readonly Expectation[] }
  | { readonly kind: 'stale'; readonly groupId: string; readonly input: string; readonly query: string; readonly expected: string };

/** The file holds lines, cut to the columns, that must all be among the live rules of the group. */
export interface Expectation {
  readonly columns: Columns;
  readonly expected: string;
}

export interface Precheck {
  readonly checks: readonly Check[];
  /** With paths relative to the change set's folder. */
  readonly files: readonly ChangeFile[];
}

/** Everything that must hold on the live groups before the first revoke: the rules that go and those that have to stay, and stale targets. */
export function planPrecheck(changes: readonly GroupChange[]): Precheck {
  const checks: Check[] = [];
  const files: ChangeFile[] = [];
  for (const groupId of distinct(changes.map((change) => change.native.groupId))) {
    const ofGroup = changes.filter((change) => change.native.groupId === groupId);
    const prefix = `precheck/${String(checks.length + 1).padStart(3, '0')}`;
    checks.push(ruleCheck(prefix, groupId, ofGroup, files));
  }
  for (const { vpcId, change, targets } of staleReferences(changes)) {
    const prefix = `precheck/${String(checks.length + 1).padStart(3, '0')}`;
    files.push({ path: `${prefix}-describe-stale-security-groups.json`, content: formatJson(describeStaleInput(vpcId)) });
    files.push({ path: `${prefix}-stale-references.txt`, content: toLines(targets) });
    checks.push({
      kind: 'stale',
      groupId: change.native.groupId,
      input: `${prefix}-describe-stale-security-groups.json`,
      query: staleReferenceQuery(change.native),
      expected: `${prefix}-stale-references.txt`,
    });
  }
  return { checks, files };
}

function ruleCheck(prefix: string, groupId: string, changes: readonly GroupChange[], files: ChangeFile[]): Check {
  const input = `${prefix}-describe-security-group-rules.json`;
  files.push({ path: input, content: formatJson(describeRulesInput(groupId)) });
  const removed = changes.map((change) => change.native);
  const kept = changes.flatMap((change) => keptRules(change.basis).map((each) => each.native));
  const wanted: readonly (readonly [string, Columns, readonly NativeRule[]])[] = [
    ['removed-by-id', COLUMNS.whole, removed.filter((rule) => rule.ruleId !== null)],
    ['removed-by-content', COLUMNS.contentAndDescription, removed.filter((rule) => rule.ruleId === null)],
    ['kept-by-id', COLUMNS.idAndContent, kept.filter((rule) => rule.ruleId !== null)],
    ['kept-by-content', COLUMNS.content, kept.filter((rule) => rule.ruleId === null)],
  ];
  const expectations: Expectation[] = [];
  for (const [name, columns, rules] of wanted) {
    if (rules.length === 0) continue;
    const expected = `${prefix}-${name}.tsv`;
    files.push({ path: expected, content: toLines(rules.map((rule) => liveLine(rule, columns))) });
    expectations.push({ columns, expected });
  }
  return { kind: 'rules', groupId, input, expectations };
}

interface StaleReferences {
  readonly vpcId: string;
  /** Any change of the group and direction. */
  readonly change: GroupChange;
  readonly targets: readonly string[];
}

/** Per group and direction, in the order of the plan. */
function staleReferences(changes: readonly GroupChange[]): StaleReferences[] {
  const found = new Map<string, StaleReferences & { readonly targets: string[] }>();
  for (const change of changes) {
    if (change.basis.kind !== 'stale-reference') continue;
    const id = `${change.native.groupId} ${change.native.direction}`;
    const entry = found.get(id) ?? { vpcId: change.basis.vpcId, change, targets: [] };
    entry.targets.push(change.basis.target);
    found.set(id, entry);
  }
  return [...found.values()];
}

/** Distinct lines in the order of `LC_ALL=C sort`, which `comm` needs. */
function toLines(lines: readonly string[]): string {
  return distinct(lines)
    .sort(compareBytes)
    .map((line) => `${line}\n`)
    .join('');
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
