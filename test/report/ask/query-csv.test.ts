import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { QueryAnswer } from '../../../src/model/query-answer.ts';
import { renderQuery } from '../../../src/report/ask/index.ts';
import { area, decided, packetSet, queryAnswer, queryPoint, queryRule, total, usage } from '../../support/ask-answers.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';

function rowsOf(answer: QueryAnswer): Record<string, string>[] {
  return parse(renderQuery(answer, 'csv', { color: true, width: 60 }), { columns: true }) as Record<string, string>[];
}

describe('the answer of query as a table', () => {
  test('has a row for each region, case and rule', () => {
    const point = queryPoint({
      attachments: ['eni-1', 'eni-2'],
      direction: 'in',
      layers: [['acl'], ['fw', 'fw2']],
      areas: [
        area('permit fw/10 fw/20', total(64), 'tcp 10.1.0.0/27 -> 10.9.0.5:443', 'tcp 10.1.0.32/27 -> 10.9.0.5:443'),
        {
          ...packetSet(total(2, 3), 'tcp any -> any:80'),
          verdict: 'depends',
          cases: [
            { when: [{ unknown: 'a', holds: true }], decided: decided('permit fw/30', { log: 'yes' }) },
            { when: [{ unknown: 'a', holds: false }], decided: decided('deny') },
          ],
        },
      ],
      rules: [queryRule('fw/10', { name: 'Web', usage: usage(3, 5) }), queryRule('fw/20')],
    });
    const rows = rowsOf(queryAnswer([point]));
    expect(rows.map(({ area: number, region, if: when, verdict, rule }) => [number, region, when, verdict, rule])).toEqual([
      ['1', 'tcp 10.1.0.0/27 -> 10.9.0.5:443', '', 'permit', '10'],
      ['1', 'tcp 10.1.0.0/27 -> 10.9.0.5:443', '', 'permit', '20'],
      ['1', 'tcp 10.1.0.32/27 -> 10.9.0.5:443', '', 'permit', '10'],
      ['1', 'tcp 10.1.0.32/27 -> 10.9.0.5:443', '', 'permit', '20'],
      ['2', 'tcp any -> any:80', '"a" holds', 'permit', '30'],
      ['2', 'tcp any -> any:80', '"a" does not hold', 'deny', ''],
    ]);
    expect(rows[0]).toMatchObject({
      complete: 'yes',
      interfaces: 'eni-1; eni-2',
      direction: 'in',
      layers: 'acl, then fw with fw2',
      point_verdict: 'partly',
      area_verdict: 'permitted',
      area_packets: '64',
      policy: 'fw',
      rule_name: 'Web',
      source_ref: 'rules.csv:2',
      hits_certain: '3',
      hits_possible: '5',
      omitted: '',
    });
    expect(rows[4]).toMatchObject({
      area_packets: '5',
      area_packets_ipv4: '2',
      area_packets_ipv6: '3',
      attributes: 'log: yes',
      as_written: '',
    });
  });

  test('gives a row to whatever is left out', () => {
    const wide = { ...area('permit fw/10', total(64), 'tcp any -> any:1'), regionsOmitted: 7 };
    const open = area('permit fw/10', total(64), 'tcp any -> any:2');
    const [only] = open.cases;
    if (only === undefined) throw new Error('an area has a case');
    only.decided.by.omitted = 3;
    only.decided.by.complete = false;
    const rows = rowsOf(
      queryAnswer([queryPoint({ areas: [wide, open], areasOmitted: { count: 4, packets: total(11) } })], { complete: false }),
    );
    expect(rows.map(({ area: number, omitted, area_packets: packets }) => [number, omitted, packets])).toEqual([
      ['1', '', '64'],
      ['1', '7 more regions of the area', '64'],
      ['2', '', '64'],
      ['2', '3 more rules; other rules may have a part in it', '64'],
      ['', '4 more areas', '11'],
    ]);
    expect(new Set(rows.map(({ complete }) => complete))).toEqual(new Set(['no']));
  });

  test('no cell of a stranger acts as a formula', () => {
    for (const text of HOSTILE_TEXTS) {
      const areas = [
        {
          ...area('permit', total(1), text),
          witness: text,
          cases: [
            {
              when: [],
              decided: {
                ...decided('permit', { [text]: text }),
                by: { rules: [{ policy: text, rule: text }], omitted: 0, complete: true },
              },
            },
          ],
        },
      ];
      const rules = [queryRule('', { policy: text, rule: text, name: text, asWritten: text, sourceRef: { path: text } })];
      for (const row of rowsOf(queryAnswer([queryPoint({ attachments: [text], layers: [[text]], areas, rules })])))
        for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[\s\u200b\ufeff]*[=+\-@|%\uff1d\uff0b\uff20]|\p{Cc}/u);
    }
  });
});
