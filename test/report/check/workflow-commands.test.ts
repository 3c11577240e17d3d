import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../../src/model/check-result.ts';
import { renderCheck } from '../../../src/report/check/index.ts';
import { visibleText } from '../../../src/report/escape/visible-text.ts';
import { workflowCommand } from '../../../src/report/escape/workflow-command.ts';
import { checkResultFixture, introducedItem, passingResult, riskyItem } from '../../support/check-result-fixture.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

interface Annotation {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** How a runner takes a line of output apart: the command ends at the first `::` behind its name, its properties at commas, and escapes are undone last. */
function asRunnerReads(line: string): Annotation | null {
  if (!line.trimStart().startsWith('::')) return null;
  const end = line.indexOf('::', 2);
  const [level = '', ...rest] = line.slice(2, end).split(' ');
  const undo = (text: string): string =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
  const properties = rest
    .join(' ')
    .split(',')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), undo(pair.slice(at + 1))];
    });
  const message = line
    .slice(end + 2)
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%');
  return { level, properties: Object.fromEntries(properties), message };
}

function annotationsOf(result: CheckResult): Annotation[] {
  const lines = renderCheck(result, 'github', { color: true, width: 80 }).trimEnd().split('\n');
  return lines.map((line) => {
    const annotation = asRunnerReads(line);
    if (annotation === null) throw new Error(`not a command: ${line}`);
    return annotation;
  });
}

const many = (count: number, changes: Parameters<typeof introducedItem>[0]) =>
  Array.from({ length: count }, (_, index) => introducedItem({ rule: `r${index}`, ...changes }));

test('a runner reads back what a workflow command was made of, whatever strangers wrote', () => {
  fc.assert(
    fc.property(arbHostileText(), arbHostileText(), arbHostileText(), (file, title, sentence) => {
      const line = workflowCommand({ level: 'error', file, line: 3, title, sentences: [sentence, 'second'] });
      expect(line).not.toMatch(/[\r\n]/);
      const read = asRunnerReads(line);
      expect(read?.level).toBe('error');
      expect(read?.message).toBe(`${visibleText(sentence)}\nsecond`);
      expect(read?.properties).toEqual({ file: visibleText(file), line: '3', title: visibleText(title) });
    }),
    { numRuns: 500 },
  );
});

describe('the annotations', () => {
  test('are errors for what fails, warnings for what does not and for wrong inputs, notices for what was accepted, and the outcome last', () => {
    const annotations = annotationsOf(checkResultFixture());
    expect(annotations.map(({ level }) => level)).toEqual(['error', 'error', 'warning', 'warning', 'notice', 'notice']);
    expect(annotations[0]?.properties).toEqual({ file: 'rules/edge.csv', line: '12', title: 'any-any: edge/quick-fix' });
    expect(annotations[0]?.message).toContain('Rule key: v1:5f2b6c0d7e8f9a01');
    expect(annotations[0]?.message).toContain('As written: quick-fix permit any any -> any');
    expect(annotations[3]?.properties).toEqual({ file: 'decisions.yaml', line: '4', title: 'DECISION_EXPIRED' });
    expect(annotations.at(-1)).toMatchObject({ level: 'notice', properties: { title: 'Firewall check: failed' } });
  });

  test('are at most ten of a level, and the last says how many are not shown and where they are', () => {
    const annotations = annotationsOf(
      checkResultFixture({
        introduced: [...many(25, {}), ...many(12, { fails: false }), ...many(30, { fails: false, status: 'accepted' })],
        diagnostics: [],
      }),
    );
    const count = (level: string) => annotations.filter((each) => each.level === level).length;
    expect([count('error'), count('warning'), count('notice')]).toEqual([10, 10, 10]);
    expect(annotations.at(-1)?.message).toContain('38 more annotations not shown');
    expect(annotations.at(-1)?.message).toContain('--out FILE.json');
  });

  test('of a complete list do not speak of hidden ones', () => {
    expect(annotationsOf(checkResultFixture()).at(-1)?.message).toBe('Of 4 things that the change introduces, 2 must not get in.');
  });

  test('of an incomplete check begin with an error that says why', () => {
    const [first] = annotationsOf(passingResult({ complete: false, incompleteBecause: ['No inventory was given.'] }));
    expect(first).toEqual({ level: 'error', properties: { title: 'Firewall check: incomplete' }, message: 'No inventory was given.' });
    expect(annotationsOf(passingResult({ complete: false }))[0]?.message).toBe('No reason was recorded.');
  });

  test('of a passed check are one notice', () => {
    expect(annotationsOf(passingResult())).toEqual([
      { level: 'notice', properties: { title: 'Firewall check: passed' }, message: 'The change is empty: no policy differs.' },
    ]);
  });

  test.each(['/tmp/x/rules.csv', '../base/rules.csv', '.git/rulesweep-check/base/rules.csv', 'C:\\rules.csv', '-'])(
    'do not point at %s, which is no file of the repository, but name it',
    (path) => {
      const [first] = annotationsOf(checkResultFixture({ introduced: [introducedItem({ sourceRef: { path, line: 7 } })] }));
      expect(first?.properties).toEqual({ title: 'any-any: edge/quick-fix' });
      expect(first?.message).toContain(`In ${path}, line 7`);
    },
  );

  test('of a rule without a line point at the file; ./ is left out', () => {
    const [first] = annotationsOf(
      checkResultFixture({ introduced: [riskyItem({ fails: true, sourceRef: { path: './sg.json', pointer: '/a' } })] }),
    );
    expect(first?.properties).toEqual({ file: 'sg.json', title: 'risky-service: edge/backup' });
    expect(first?.message).toContain('Guardrails: risky service SMB (tcp/445) (line 41)');
  });
});
