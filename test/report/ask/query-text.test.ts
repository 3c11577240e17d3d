import { describe, expect, test } from 'vitest';
import type { QueryAnswer, QueryArea } from '../../../src/model/query-answer.ts';
import { queryAnswerSchema } from '../../../src/model/query-answer.ts';
import { renderQuery } from '../../../src/report/ask/index.ts';
import { area, decided, packetSet, queryAnswer, queryPoint, queryRule, total, usage } from '../../support/ask-answers.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { expectFitForTerminal, withoutColor } from '../../support/terminal-text.ts';

const textOf = (answer: QueryAnswer, width = 100): string => renderQuery(answer, 'text', { color: false, width });

const DEPENDS: QueryArea = {
  ...packetSet(total(16), 'tcp 10.1.0.0/28 -> 10.9.0.5:443'),
  verdict: 'depends',
  cases: [
    { when: [{ unknown: 'application web', holds: true }], decided: decided('permit fw/30') },
    { when: [{ unknown: 'application web', holds: false }], decided: decided('deny fw/default') },
  ],
};

describe('the answer of query', () => {
  test('says first what passes, with its rules and a packet, and last what is denied', () => {
    expect(textOf(queryAnswer([queryPoint()]))).toBe(`tcp 10.1.0.0/24 -> 10.9.0.5:443

PARTLY in fw: 64 packets (25 %) permitted, 192 packets (75 %) denied
  permitted
    tcp 10.1.0.0/26 -> 10.9.0.5:443
      permitted by fw/10
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  denied
    tcp 10.1.0.64-10.1.0.255 -> 10.9.0.5:443
      denied by the default of fw
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  rules
    packets     rule        action  as written
    25 % (64)   fw/10       permit  permit tcp 10.0.0.0/8 any 443
      rules.csv:2
    75 % (192)  fw/default  deny    default deny
      rules.csv:2
`);
  });

  test('orders places by verdict and counts them', () => {
    const point = (name: string, verdict: 'permitted' | 'denied' | 'partly' | 'depends') => queryPoint({ verdict, layers: [[name]] });
    const text = textOf(
      queryAnswer([point('a', 'denied'), point('b', 'depends'), point('c', 'partly'), point('d', 'permitted'), point('e', 'denied')]),
    );
    expect(text).toContain('5 enforcement points: 1 permitted, 1 partly, 1 depends, 2 denied');
    expect(text.match(/^[A-Z]{3,} in \w/gm)).toEqual(['PERMITTED in d', 'PARTLY in c', 'DEPENDS in b', 'DENIED in a', 'DENIED in e']);
  });

  test('names layers in their order and shortens a list of interfaces', () => {
    const attachments = Array.from({ length: 17 }, (_, index) => `eni-${index}`);
    const text = textOf(queryAnswer([queryPoint({ attachments, direction: 'in', layers: [['acl-1:in'], ['sg-1:in', 'sg-2:in']] })]));
    expect(text).toContain('PARTLY into eni-0, eni-1, eni-2 and 14 more: 64 packets');
    expect(text).toContain('  layers: acl-1:in, then sg-1:in with sg-2:in\n');
    expect(textOf(queryAnswer([queryPoint({ attachments: ['eni-1'], direction: 'out' })]))).toMatch(
      /PARTLY out of eni-1: .*\n {2}policy: fw\n/,
    );
    expect(textOf(queryAnswer([queryPoint({ attachments: ['eni-1'], layers: [['a', 'b']] })]))).toMatch(
      /PARTLY on eni-1: .*\n {2}policies that permit together: a with b\n/,
    );
    expect(textOf(queryAnswer([queryPoint({ attachments: ['eni-1'], layers: [] })]))).toContain('No policy is on it: it filters nothing.');
  });

  test('puts conditions in words', () => {
    const point = queryPoint({
      verdict: 'depends',
      permitted: total(0),
      denied: total(0),
      asked: total(16),
      depends: total(16),
      areas: [DEPENDS],
    });
    const text = textOf(queryAnswer([point]));
    expect(text).toContain('DEPENDS in fw: all 16 packets');
    expect(text).toContain('      permitted by fw/30 if "application web" holds\n');
    expect(text).toContain('      denied by the default of fw if "application web" does not hold\n');
  });

  test('names no condition where every case ends alike', () => {
    const cases = DEPENDS.cases.map(({ when }) => ({ when, decided: decided('permit fw/30') }));
    const text = textOf(queryAnswer([queryPoint({ areas: [{ ...DEPENDS, verdict: 'permitted', cases }] })]));
    expect(text).toContain('      permitted by fw/30\n');
    expect(text).not.toContain(' if ');
  });

  test('says which packets meet a place only where it is not all of them', () => {
    expect(textOf(queryAnswer([queryPoint()]))).not.toContain('packets that meet it');
    expect(textOf(queryAnswer([queryPoint({ region: ['tcp 10.1.0.7 -> 10.9.0.5:443'] })]))).toContain(
      '  packets that meet it\n    tcp 10.1.0.7 -> 10.9.0.5:443\n',
    );
  });

  test('is short where nothing passes: who denies, and how many rules have a part in it', () => {
    const only = area('deny fw/default', total(256), 'tcp 10.1.0.0/24 -> 10.9.0.5:443');
    const denied = queryPoint({
      verdict: 'denied',
      permitted: total(0),
      denied: total(256),
      areas: [only],
      region: ['as written'],
      rulesOmitted: 3,
    });
    expect(
      textOf(queryAnswer([denied]))
        .split('\n')
        .slice(2),
    ).toEqual([
      'DENIED in fw: all 256 packets',
      '  denied',
      '    tcp 10.1.0.0/24 -> 10.9.0.5:443',
      '      denied by the default of fw',
      '      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443',
      '  5 rules with a part in it, in --format json',
      '',
    ]);
    expect(textOf(queryAnswer([{ ...denied, areas: [{ ...only, regionsOmitted: 1 }] }]))).toContain(
      '  packets that meet it\n    as written\n',
    );
  });

  test('prints the number of whatever it leaves out', () => {
    const many = Array.from({ length: 30 }, (_, index) => area('permit fw/10', total(2), `tcp 10.1.0.${index} -> 10.9.0.5:443`));
    const regions = Array.from({ length: 40 }, (_, index) => `tcp 10.2.0.${index} -> 10.9.0.5:443`);
    const wide = { ...area('deny fw/default', total(40), ...regions), regionsOmitted: 7 };
    const rules = Array.from({ length: 25 }, (_, index) => queryRule(`fw/${index}`));
    const text = textOf(
      queryAnswer([queryPoint({ areas: [...many, wide], areasOmitted: { count: 4, packets: total(64) }, rules, rulesOmitted: 10 })]),
    );
    expect(text).toContain('    and 18 more areas (36 packets (14.1 %)) in --format json\n');
    expect(text).toContain('    and 45 more regions\n');
    expect(text).toContain('  and 4 more areas that the answer leaves out: 64 packets (25 %)\n');
    expect(text).toContain('    and 15 more rules with a part in it\n');
  });

  test('gives a headline to every place, however many there are', () => {
    const points = Array.from({ length: 33 }, (_, index) => queryPoint({ layers: [[`fw${index}`]] }));
    const text = textOf(queryAnswer(points));
    expect(text.match(/^PARTLY in fw\d+: /gm)).toHaveLength(33);
    expect(text.match(/^ {2}permitted$/gm)).toHaveLength(20);
    expect(text).toContain('Only the headlines of the others; --format json has all of it');
  });

  test('shows what the logs saw of the rules, where they were given', () => {
    const rules = [
      queryRule('fw/1', { usage: usage(1204, 1204) }),
      queryRule('fw/2', { usage: usage(0, 20) }),
      queryRule('fw/3', { usage: usage(0, 0) }),
      queryRule('fw/4'),
    ];
    const text = textOf(queryAnswer([queryPoint({ rules })]));
    for (const line of [/fw\/1 .* 1,204 /, /fw\/2 .* 0 to 20 /, /fw\/3 .* none /, /fw\/4 .* not known /, /hits in logs/])
      expect(text).toMatch(line);
    expect(textOf(queryAnswer([queryPoint()]))).not.toContain('hits in logs');
  });

  test('tells a rule that only conditions bring into play from one that was not counted', () => {
    const rules = [
      queryRule('fw/1', { packets: total(0), share: '0' }),
      queryRule('fw/2', { packets: null, share: null, name: 'Old web' }),
    ];
    const text = textOf(queryAnswer([queryPoint({ rules })]));
    expect(text).toMatch(/ depends +fw\/1 /);
    expect(text).toMatch(/ not known +fw\/2 /);
    expect(text).toContain('      Old web, rules.csv:2\n');
  });

  test('names the zones, what is missing, and the notes', () => {
    const text = textOf(
      queryAnswer([], {
        zones: { from: ['outside'], to: ['card', 'tag:pci'] },
        complete: false,
        incompleteBecause: ['No inventory.'],
        notes: ['Replies are not judged.'],
      }),
    );
    expect(text).toContain('Zones: from outside to card, tag:pci\n');
    expect(text).toContain('INCOMPLETE: this answer is missing something.\n  - No inventory.\n');
    expect(text).toContain('NOT JUDGED: no policy of the rules given meets these packets.\n');
    expect(text).toContain('Notes\n  - Replies are not judged.\n');
    expect(textOf(queryAnswer([queryPoint()], { zones: { from: [], to: ['card'] } }))).toContain('Zones: to card\n');
  });

  test('in JSON is the document of the schema', () => {
    const answer = queryAnswer([queryPoint({ areas: [DEPENDS], rules: [queryRule('fw/1', { usage: usage(1, 2) })] })]);
    expect(queryAnswerSchema.parse(JSON.parse(renderQuery(answer, 'json', { color: true, width: 60 })))).toEqual(answer);
  });
});

describe('whatever strangers wrote', () => {
  const hostile = HOSTILE_TEXTS.map((text) => {
    const point = queryPoint({
      attachments: [text, text],
      direction: 'in',
      layers: [[text], [text, text]],
      region: [text],
      areas: [
        { ...area(`permit ${text.replaceAll(' ', '')}/${text.replaceAll(' ', '')}`, total(9), text.repeat(20)), witness: text },
        {
          ...DEPENDS,
          cases: [
            {
              when: [
                { unknown: text.repeat(9), holds: true },
                { axis: text, values: [text] },
              ],
              decided: decided('deny fw/1', { [text]: text }),
            },
            ...DEPENDS.cases,
          ],
        },
      ],
      rules: [queryRule(`${text}/${text}`, { name: text, asWritten: text, sourceRef: { path: `${text}#place` } })],
    });
    return queryAnswer([point, point], {
      region: [text],
      zones: { from: [text], to: [text] },
      complete: false,
      incompleteBecause: [text],
      notes: [text],
    });
  });

  test.each([60, 100])('the text fits a terminal of %i columns and gives it no command', (width) => {
    for (const answer of hostile) expectFitForTerminal(textOf(answer, width), width, /^ {6}for example |#place$/);
  });

  test('colours change nothing but the colour', () => {
    for (const answer of [...hostile, queryAnswer([queryPoint()])]) {
      const colored = renderQuery(answer, 'text', { color: true, width: 80 });
      expect(colored).toContain('\u001b[1m');
      expect(withoutColor(colored)).toBe(textOf(answer, 80));
    }
  });
});

test('a long region is broken behind commas, and never silently cut', () => {
  const addresses = Array.from({ length: 60 }, (_, index) => `10.0.${index}.0/24`).join(',');
  const lines = textOf(queryAnswer([queryPoint({ areas: [area('permit fw/10', total(9), `tcp ${addresses} -> any:443`)] })]), 60).split(
    '\n',
  );
  const start = lines.findIndex((line) => line.startsWith('    tcp 10.0.0.0/24'));
  expect(lines[start + 1]).toMatch(/^ {6}10\.0\.\d+\.0\/24,/);
  expect(lines[start + 7]).toBe('      …');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});
