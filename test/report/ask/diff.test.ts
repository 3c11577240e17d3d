import { describe, expect, test } from 'vitest';
import { type PolicyDiff, policyDiffSchema } from '../../../src/model/policy-diff.ts';
import { renderDiff } from '../../../src/report/ask/index.ts';
import { changedArea, changedRule, decided, policyDiff, policyDifference, total } from '../../support/ask-answers.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { expectFitForTerminal, withoutColor } from '../../support/terminal-text.ts';

const textOf = (diff: PolicyDiff, width = 100): string => renderDiff(diff, 'text', { color: false, width });
const markdownOf = (diff: PolicyDiff): string => renderDiff(diff, 'md', { color: true, width: 60 });

const PERMIT = decided('permit fw/10');
const DENY = decided('deny fw/default');

const EVERYTHING = policyDifference({
  widened: total(64),
  narrowed: total(2n ** 40n),
  areas: [
    changedArea('effect', PERMIT, decided('permit fw/10', { log: 'yes' })),
    changedArea('narrowed', PERMIT, DENY, total(2n ** 40n)),
    changedArea('widened', DENY, PERMIT),
    {
      ...changedArea('mixed', DENY, PERMIT),
      cases: [
        { when: [{ unknown: 'a', holds: true }], before: DENY, after: PERMIT },
        { when: [{ unknown: 'a', holds: false }], before: PERMIT, after: DENY },
      ],
    },
  ],
  rules: [
    changedRule('added', '10', true),
    changedRule('removed', '20', null),
    changedRule('moved', '30', false),
    {
      change: 'renamed',
      before: { rule: '40', asWritten: 'permit tcp any any 40', sourceRef: { path: 'old.csv', line: 5 } },
      after: { rule: '41', asWritten: 'permit tcp any any 40 log', sourceRef: { path: 'new.csv', line: 6 } },
      changesPackets: false,
    },
  ],
  notes: ['The default was deny and is permit.'],
});

describe('the answer of diff', () => {
  test('has the kinds of change apart, with the rules that decide before and after, then what changes no packet', () => {
    expect(
      textOf(policyDiff([EVERYTHING], { unchangedPolicies: 4 }), 120),
    ).toBe(`DIFFERENT: packets change in 1 of 5 policies; widened in 1, mixed in 1, narrowed in 1, another effect in 1.

Policy fw
  - The default was deny and is permit.
  WIDENED (denied before, permitted now): 64 packets
    tcp 10.1.0.0/26 -> 10.9.0.5:443
      before: denied by the default of fw
      after:  permitted by fw/10
      64 packets
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  MIXED (permitted more under some conditions, less under others)
    tcp 10.1.0.0/26 -> 10.9.0.5:443
      if "a" holds
      before: denied by the default of fw
      after:  permitted by fw/10
      if "a" does not hold
      before: permitted by fw/10
      after:  denied by the default of fw
      64 packets
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  NARROWED (permitted before, denied now)
    tcp 10.1.0.0/26 -> 10.9.0.5:443
      before: permitted by fw/10
      after:  denied by the default of fw
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  EFFECT (the same verdict, with another effect)
    tcp 10.1.0.0/26 -> 10.9.0.5:443
      before: permitted by fw/10
      after:  permitted by fw/10 (log: yes)
      64 packets
      for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
  Rules changed, and decide packets that change
    added   10  permit tcp any any 10
            new.csv:3
  Rules changed; whether they decide packets that change is not known
    removed 20  permit tcp any any 20
            old.csv:3
  Rules changed without effect: they change no packet
    moved   30  permit tcp any any 30
            old.csv:3 → new.csv:3
    renamed 40 → 41
            was permit tcp any any 40
            is  permit tcp any any 40 log
            old.csv:5 → new.csv:6
`);
  });

  test('says in one sentence that nothing changes', () => {
    expect(textOf(policyDiff([], { unchangedPolicies: 2 }))).toBe(
      'EQUAL: no packet changes its verdict or its effect (2 policies compared). Nothing differs.\n',
    );
    const moved = policyDifference({ equal: true, rules: [changedRule('moved', '30', false)] });
    expect(textOf(policyDiff([moved]), 120)).toMatch(
      /^EQUAL: .* \(1 policy compared\)\. 1 policy differs in the text only\.\n\nPolicy fw\n {2}No packet changes its verdict or its effect\.\n/,
    );
    expect(textOf(policyDiff([moved], { complete: false, incompleteBecause: ['No rule.'] }), 200)).toMatch(
      /^EQUAL as far as the inputs could be read: .*\nINCOMPLETE: this answer is missing something\.\n {2}- No rule\.\n/,
    );
  });

  test('never takes an unfinished comparison for an equal one', () => {
    const open = policyDifference({ equal: 'unknown', complete: false });
    const alone = textOf(policyDiff([open], { equal: 'unknown' }));
    expect(alone).toMatch(/^NOT DECIDED: whether any packet changes is not known \(1 policy compared\)\./);
    expect(alone).toContain('  Not decided: the comparison exceeds its budget.');
    expect(textOf(policyDiff([open, EVERYTHING], { equal: false }), 200)).toMatch(
      /^DIFFERENT: packets change in 1 of 2 policies; .*\. In 1 policy the work exceeds the budget: what else changes there is not known\.\n/,
    );
    for (const text of [alone, markdownOf(policyDiff([open], { equal: 'unknown' }))]) expect(text).not.toContain('EQUAL');
  });

  test('says of a comparison that found a part that it is a part', () => {
    const part = { ...EVERYTHING, complete: false };
    const text = textOf(
      policyDiff([part], { equal: false, complete: false, incompleteBecause: ['Comparing fw takes more than the budget.'] }),
      200,
    );
    expect(text).toMatch(/^DIFFERENT: .*\. In 1 policy the work exceeds the budget: what else changes there is not known\.\nINCOMPLETE/);
    expect(text).toContain(
      '  Not all of it: the comparison exceeds its budget. More may change than what follows, and numbers are lower bounds.\n',
    );
    expect(text).toContain('  WIDENED (denied before, permitted now): at least 64 packets\n');
    expect(markdownOf(policyDiff([part], { equal: false }))).toContain('Not all of it: the comparison exceeds its budget.');
  });

  test('says of a new or vanished policy what it is compared with', () => {
    expect(textOf(policyDiff([policyDifference({ before: null })]))).toContain('Policy fw (new: compared with nothing permitted)\n');
    expect(textOf(policyDiff([policyDifference({ after: null })]))).toContain('Policy fw (gone: compared with nothing permitted)\n');
    expect(textOf(policyDiff([policyDifference({ after: 'acl' })]))).toContain('Policy fw → acl\n');
  });

  test('prints the number of whatever it leaves out', () => {
    const diff = policyDiff([
      policyDifference({
        areas: Array.from({ length: 60 }, () => changedArea('widened', DENY, PERMIT)),
        areasOmitted: { count: 3, packets: total(9) },
        rules: Array.from({ length: 130 }, (_, index) => changedRule('added', `${index}`, true)),
        rulesOmitted: 2,
      }),
    ]);
    const text = textOf(diff);
    expect(text).toContain('    and 48 more areas in --format json\n');
    expect(text).toContain('  and 3 more areas that the answer leaves out: 9 packets\n');
    expect(text).toContain('    and 110 more rules in --format json\n');
    expect(text).toContain('  and 2 more changed rules that the answer leaves out\n');
    const markdown = markdownOf(diff);
    expect(markdown).toContain('The first 50 of 60; the rest is in the JSON answer.');
    expect(markdown).toContain('Left out: 3 more areas (9 packets).');
    expect(markdown).toContain('The first 100 of 130; the rest is in the JSON answer.');
    expect(markdown).toContain('Left out: 2 more changed rules.');
  });

  test('counts the cases beyond four', () => {
    const cases = Array.from({ length: 6 }, (_, index) => ({ when: [{ unknown: `u${index}`, holds: true }], before: DENY, after: PERMIT }));
    expect(textOf(policyDiff([policyDifference({ areas: [{ ...changedArea('mixed', DENY, PERMIT), cases }] })]))).toContain(
      '      and in 2 more cases\n',
    );
  });

  test('in JSON is the document of the schema', () => {
    const diff = policyDiff([EVERYTHING]);
    expect(policyDiffSchema.parse(JSON.parse(renderDiff(diff, 'json', { color: true, width: 60 })))).toEqual(diff);
  });
});

describe('the answer of diff for a ticket', () => {
  const markdown = markdownOf(policyDiff([EVERYTHING], { notes: ['A note.'] }));

  test('has a table for each kind of change, one row for each case', () => {
    expect(markdown.match(/^#+ .*$/gm)).toEqual([
      '# Policy difference',
      '## Policy fw',
      '### WIDENED: denied before, permitted now',
      '### MIXED: permitted more under some conditions, less under others',
      '### NARROWED: permitted before, denied now',
      '### EFFECT: the same verdict, with another effect',
      '### Rules changed, and decide packets that change',
      '### Rules changed; whether they decide packets that change is not known',
      '### Rules changed without effect: they change no packet',
      '## Notes',
      '## Inputs',
    ]);
    expect(markdown).toContain(
      '| tcp 10.1.0.0/26 -&#62; 10.9.0.5:443 &#40;64 packets&#41; |  | denied by the default of fw | permitted by fw/10 | tcp 10.1.2.3:40000 -&#62; 10.9.0.5:443 |',
    );
    expect(markdown).toContain('| the same packets | &#34;a&#34; does not hold | permitted by fw/10 | denied by the default of fw |  |');
    expect(markdown).toContain('- The default was deny and is permit.');
    expect(markdown).toContain('- A note.');
  });

  test('says that it is incomplete, and why', () => {
    expect(markdownOf(policyDiff([], { complete: false, incompleteBecause: ['Before: no rule.'] }))).toContain(
      '> **INCOMPLETE: this answer is missing something.**\n> - Before: no rule.',
    );
  });
});

describe('whatever strangers wrote', () => {
  const hostile = HOSTILE_TEXTS.map((text) => {
    const end = decided('permit', { [text]: text });
    end.by.rules.push({ policy: text, rule: text });
    const side = { rule: text, asWritten: text, sourceRef: { path: `${text}#place` } };
    const areas = [
      {
        ...changedArea('widened', DENY, end),
        regions: [text],
        witness: text,
        cases: [{ when: [{ axis: text, values: [text] }], before: end, after: end }],
      },
    ];
    return policyDiff(
      [
        policyDifference({
          before: text,
          after: text.repeat(2),
          areas,
          rules: [{ change: 'renamed', before: side, after: { ...side, asWritten: text.repeat(9) }, changesPackets: false }],
          notes: [text],
        }),
      ],
      { complete: false, incompleteBecause: [text], notes: [text] },
    );
  });

  test.each([60, 100])('the text fits a terminal of %i columns and gives it no command', (width) => {
    for (const diff of hostile) {
      expectFitForTerminal(textOf(diff, width), width, /^ {6}for example |#place$/);
      expect(withoutColor(renderDiff(diff, 'text', { color: true, width }))).toBe(textOf(diff, width));
    }
  });

  test('the ticket shows it literally', () => {
    for (const diff of hostile) {
      const cells = markdownOf(diff)
        .split('\n')
        .filter((line) => line.startsWith('|'));
      expect(new Set(cells.map((line) => line.split('|').length))).toEqual(new Set([6, 7]));
      expect(markdownOf(diff)).not.toMatch(/<script|\u202e|(?!\n)\p{Cc}|\]\(/u);
    }
  });
});
