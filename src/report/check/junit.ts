import type { CheckKind, CheckResult, Introduced } from '../../model/check-result.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { xmlText } from '../escape/xml-escape.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { checkState } from './check-state.ts';
import { describeClause, describeOpponents, itemStanding, packetLines } from './item-words.ts';

/** One test case as viewers show it: where it is filed, its name, and how it ended. */
interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly place: { readonly file: string; readonly line: number | null } | null;
  readonly outcome: 'passed' | 'skipped' | 'failure' | 'error';
  readonly message: string;
  readonly details: readonly string[];
}

/**
 * JUnit XML as Jenkins and GitLab read it. Viewers show one failure per test case, so each introduced thing is one: failed, skipped where
 * somebody accepted it, else passed with its text as output. The suite `rulesweep check` has a case for completeness and one for each kind of which nothing
 * fails, so that a run without anything new is not empty.
 */
export function checkJunit(result: CheckResult): string {
  const cases = [...runCases(result), ...itemCases(result)];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) =>
    suiteXml(
      suite,
      cases.filter((each) => each.suite === suite),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rulesweep check" ${counts(cases)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

const RUN_SUITE = 'rulesweep check';

function runCases(result: CheckResult): TestCase[] {
  const { sentence } = checkState(result);
  const complete: TestCase = {
    suite: RUN_SUITE,
    name: 'the check is complete',
    place: null,
    outcome: result.complete ? 'passed' : 'error',
    message: result.complete ? '' : sentence,
    details: result.incompleteBecause,
  };
  return [complete, ...result.failsOn.flatMap((kind) => kindCase(kind, result))];
}

/** None for a kind of which something fails: that has cases of its own, and counts once. */
function kindCase(kind: CheckKind, { introduced, complete }: CheckResult): TestCase[] {
  if (introduced.some((item) => item.kind === kind && item.fails)) return [];
  const known = { suite: RUN_SUITE, name: `nothing new: ${kind}`, place: null, details: [] };
  // What could not be looked at everywhere has not passed.
  return [complete ? { ...known, outcome: 'passed', message: '' } : { ...known, outcome: 'skipped', message: 'the check is incomplete' }];
}

function itemCases({ introduced }: CheckResult): TestCase[] {
  const names = new Map<string, number>();
  for (const item of introduced) names.set(caseKey(item), (names.get(caseKey(item)) ?? 0) + 1);
  return introduced.map((item) => {
    const { policy, fails, status, message, sourceRef } = item;
    const settled = status === 'accepted' || status === 'known';
    return {
      suite: policy === '' ? 'guardrails' : policy,
      // The same name in every run, where it can be: viewers keep a history by name.
      name: names.get(caseKey(item)) === 1 ? caseName(item) : `${caseName(item)} ${item.id}`,
      place: { file: sourceRef.path, line: sourceRef.line ?? null },
      outcome: fails ? 'failure' : settled ? 'skipped' : 'passed',
      message: fails || !settled ? message : itemStanding(item),
      details: itemDetails(item),
    };
  });
}

function caseName({ kind, rule, clause }: Introduced): string {
  return [`${kind}${rule === null ? '' : `: ${rule}`}`, ...(clause === null ? [] : [`(${clause.id})`])].join(' ');
}

function caseKey(item: Introduced): string {
  return JSON.stringify([item.policy, caseName(item)]);
}

function itemDetails(item: Introduced): string[] {
  const { kind, severity, asWritten, clause, packets, ruleKey, sourceRef, id } = item;
  return [
    `${CHECK_KIND_WORDS[kind].meaning}`,
    item.message,
    `severity: ${severity}`,
    `cause: ${itemStanding(item)}`,
    ...(asWritten === '' ? [] : [`as written: ${asWritten}`]),
    `at: ${formatSourceRef(sourceRef)}`,
    ...(describeOpponents(item) === '' ? [] : [`against: ${describeOpponents(item)}`]),
    ...(clause === null ? [] : [`guardrails: ${describeClause(clause)}`]),
    ...(packets === null ? [] : ['packets:', ...packetLines(packets, 20).map((line) => `  ${line}`), `for example: ${packets.witness}`]),
    ...(ruleKey === null ? [] : [`rule key: ${ruleKey}`]),
    `id: ${id}`,
  ];
}

function suiteXml(suite: string, cases: readonly TestCase[]): string {
  return [`  <testsuite name="${xmlText(suite)}" ${counts(cases)}>`, ...cases.map(caseXml), '  </testsuite>'].join('\n');
}

function caseXml({ suite, name, place, outcome, message, details }: TestCase): string {
  const where = place === null ? '' : ` file="${xmlText(place.file)}"${place.line === null ? '' : ` line="${place.line}"`}`;
  const open = `    <testcase classname="${xmlText(className(suite))}" name="${xmlText(name)}"${where} time="0"`;
  const text = details.map(xmlText).join('\n');
  switch (outcome) {
    case 'passed':
      return text === '' ? `${open}/>` : `${open}>\n      <system-out>${text}</system-out>\n    </testcase>`;
    case 'skipped':
      return `${open}>\n      <skipped message="${xmlText(message)}"/>${text === '' ? '' : `\n      <system-out>${text}</system-out>`}\n    </testcase>`;
    case 'failure':
    case 'error':
      return `${open}>\n      <${outcome} message="${xmlText(message)}" type="${outcome === 'error' ? 'incomplete' : 'introduced'}">${text}</${outcome}>\n    </testcase>`;
  }
}

/** Viewers take dots for the borders of packages. */
function className(suite: string): string {
  return suite === RUN_SUITE ? 'rulesweep.check' : `rulesweep.${suite.replaceAll('.', '_')}`;
}

function counts(cases: readonly TestCase[]): string {
  const of = (outcome: TestCase['outcome']) => cases.filter((each) => each.outcome === outcome).length;
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}" time="0"`;
}
