import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../../src/model/check-result.ts';
import { renderCheck } from '../../../src/report/check/index.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { checkResultFixture, introducedItem, passingResult, riskyItem } from '../../support/check-result-fixture.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** As much of an XML reader as strictness needs: elements, quoted attributes, five entities; everything else is an error. */
function parseXml(xml: string): Element {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
  const decode = (text: string): string =>
    text.replace(/&(.*?)(?:;|$)/gs, (_all, name: string) => {
      const character = ENTITIES[name];
      if (character === undefined) throw new Error(`unknown entity &${name};`);
      return character;
    });
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  let end = 0;
  for (const match of body.matchAll(/([^<]*)<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g)) {
    const [whole, text = '', closes, name = '', attributes = '', empty] = match;
    expect(match.index).toBe(end);
    end += whole.length;
    const top = open.at(-1) ?? root;
    top.text += decode(text);
    if (closes === '/') {
      expect(open.pop()?.name).toBe(name);
      continue;
    }
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']): [string, string] => [
      key,
      decode(value),
    ]);
    const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
    top.children.push(element);
    if (empty !== '/') open.push(element);
  }
  expect(body.slice(end)).toBe('\n');
  expect(open).toHaveLength(1);
  return root.children[0] ?? root;
}

const junitOf = (result: CheckResult): Element => parseXml(renderCheck(result, 'junit', { color: true, width: 80 }));
const casesOf = (suites: Element): Element[] => suites.children.flatMap((suite) => suite.children);
const outcomeOf = (testcase: Element): string =>
  testcase.children.map(({ name }) => name).find((name) => name !== 'system-out') ?? 'passed';

describe('the JUnit report of a check', () => {
  test('has a case for each thing that was introduced: failed, passed, or skipped where somebody accepted it', () => {
    const [, edge] = junitOf(checkResultFixture()).children;
    expect(edge?.attributes).toMatchObject({ name: 'edge', tests: '4', failures: '2', skipped: '1', errors: '0' });
    expect(edge?.children.map((each) => [each.attributes['name'], outcomeOf(each)])).toEqual([
      ['any-any: quick-fix', 'failure'],
      ['shadowed: block-telnet', 'failure'],
      ['risky-service: backup (tcp/445)', 'passed'],
      ['risky-service: legacy (tcp/445)', 'skipped'],
    ]);
    const [failure] = edge?.children ?? [];
    expect(failure?.attributes).toMatchObject({ classname: 'rulesweep.edge', file: 'rules/edge.csv', line: '12' });
    expect(failure?.children[0]?.attributes['message']).toMatch(/^The new rule quick-fix permits/);
    for (const part of [
      'as written: quick-fix permit',
      'at: rules/edge.csv:12',
      'and 3 more regions',
      'for example: tcp',
      'rule key: v1:5f2b',
    ])
      expect(failure?.children[0]?.text).toContain(part);
  });

  test('of a run without anything new is not empty: one case for each kind, and one for completeness', () => {
    const report = junitOf(passingResult());
    expect(casesOf(report).map((each) => [each.attributes['name'], outcomeOf(each)])).toEqual([
      ['the check is complete', 'passed'],
      ['nothing new: shadowed', 'passed'],
      ['nothing new: redundant', 'passed'],
      ['nothing new: any-any', 'passed'],
      ['nothing new: zone-matrix', 'passed'],
    ]);
    expect(report.attributes).toMatchObject({ tests: '5', failures: '0', errors: '0', skipped: '0' });
  });

  test('of an incomplete run has an error, and passes no kind', () => {
    const report = junitOf(passingResult({ complete: false, incompleteBecause: ['No inventory.'] }));
    expect(casesOf(report).map(outcomeOf)).toEqual(['error', 'skipped', 'skipped', 'skipped', 'skipped']);
    expect(casesOf(report)[0]?.children[0]?.text).toBe('No inventory.');
  });

  test('tells two things of one rule apart, and counts what it holds', () => {
    const twins = [introducedItem(), introducedItem({ id: 'C-00000000000000ff' })];
    const guardrails = introducedItem({
      kind: 'expired-exception',
      policy: '',
      rule: null,
      ruleKey: null,
      packets: null,
      asWritten: '',
      sourceRef: { path: 'guardrails.yaml' },
    });
    const report = junitOf(checkResultFixture({ introduced: [...twins, guardrails, riskyItem({ policy: 'a.b' })] }));
    const names = casesOf(report).map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('rulesweep.edge any-any: quick-fix C-00000000000000ff');
    expect(names).toContain('rulesweep.guardrails expired-exception');
    expect(names).toContain('rulesweep.a_b risky-service: backup (tcp/445)');
    expect(report.attributes).toMatchObject({ tests: String(names.length), failures: '3' });
  });

  test('is XML, whatever strangers wrote', () => {
    for (const text of [...HOSTILE_TEXTS, '&amp;', '\ufffe\uffff', ']]>', '\u{10ffff}']) {
      const item = introducedItem({
        policy: text,
        rule: text,
        asWritten: text,
        message: text,
        sourceRef: { path: text },
        clause: { id: text, title: text, line: 1 },
      });
      const report = junitOf(
        checkResultFixture({ introduced: [item, riskyItem({ rule: text, status: 'known' })], complete: false, incompleteBecause: [text] }),
      );
      expect(casesOf(report).length).toBeGreaterThan(2);
    }
  });
});
