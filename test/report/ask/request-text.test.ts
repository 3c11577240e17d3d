import { describe, expect, test } from 'vitest';
import { type ClauseAnswer, type RequestAnswer, requestAnswerSchema, type Suggestion } from '../../../src/model/request-answer.ts';
import { renderRequest } from '../../../src/report/ask/index.ts';
import { packetSet, queryPoint, ref, requestAnswer, suggestion, total } from '../../support/ask-answers.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { expectFitForTerminal, withoutColor } from '../../support/terminal-text.ts';

const textOf = (answer: RequestAnswer, width = 100): string => renderRequest(answer, 'text', { color: false, width });

const FORBIDS: ClauseAnswer = {
  id: 'zone-matrix web -> card',
  kind: 'zone-matrix',
  title: 'web to card: tcp/443 only',
  line: 12,
  says: 'forbids',
  severity: 'high',
  reason: 'Card data.',
  packets: packetSet(total(4), 'tcp 10.1.0.0/30 -> 10.9.0.5:443'),
};

const GUARDRAILS_FILE = {
  role: 'guardrails',
  path: 'guardrails.yaml',
  sha256: '0',
  format: 'guardrails',
  at: null,
  records: 1,
  accepted: 1,
  skipped: 0,
  skippedByReason: {},
} as const;

describe('the answer of request', () => {
  test.each([
    ['permitted', /^PERMITTED already: every packet passes everywhere it has to\.$/m],
    ['denied', /^DENIED: no packet of it passes\.$/m],
    ['partly', /^PARTLY PERMITTED: some of it passes, some of it is denied\.$/m],
    ['depends', /^DEPENDS: conditions that cannot be computed decide\.$/m],
  ] as const)('that is %s says so in its first sentence', (verdict, sentence) => {
    expect(textOf(requestAnswer({ verdict }))).toMatch(sentence);
  });

  test('that meets no policy is no permission', () => {
    expect(textOf(requestAnswer({ verdict: null, points: [] }))).toMatch(
      /\nNOT JUDGED: no policy of the rules given meets these packets\.\n/,
    );
  });

  test('counts the places where there are several, and shows each with its rules', () => {
    const points = [queryPoint({ verdict: 'permitted', layers: [['a']] }), queryPoint({ verdict: 'denied', layers: [['b']] })];
    const text = textOf(requestAnswer({ points }), 120);
    expect(text).toContain('(2 enforcement points: 1 permitted, 1 denied).');
    expect(text).toMatch(/\nPERMITTED in a: .*\n[\s\S]*\nDENIED in b: /);
  });

  test('says what a rule for exactly this would become, and by whom', () => {
    const coveredBy = [
      { policy: 'fw', rule: '10', packets: '64', share: '0.25' },
      { policy: 'fw', rule: 'default', packets: null, share: null },
      ...Array.from({ length: 6 }, (_, index) => ({ policy: 'fw', rule: `r${index}`, packets: '1', share: '0.01' })),
    ];
    const appended = (outcome: RequestAnswer['appended'][number]['outcome']) =>
      textOf(
        requestAnswer({
          appended: [{ policy: 'fw', outcome, coveredBy: outcome === 'decides all' || outcome === 'unknown' ? [] : coveredBy }],
        }),
        200,
      );
    const who = 'fw/10 (25 %), the default of fw, fw/r0 (1 %), fw/r1 (1 %), fw/r2 (1 %) and 3 more rules';
    expect(appended('decides all')).toContain('  - fw: it would decide all its packets.\n');
    expect(appended('decides some')).toContain(`  - fw: it would decide some of its packets; the others are decided before it: ${who}.\n`);
    expect(appended('shadowed')).toContain(`because rules before it take all its packets and do not permit them all: ${who}.\n`);
    expect(appended('redundant')).toContain(`because all its packets are permitted without it: ${who}.\n`);
    expect(appended('unknown')).toContain('  - fw: what would become of it is not known; the question exceeds the budget.\n');
  });

  test.each<[string, Partial<Suggestion>, string]>([
    ['behind all rules', { before: 'default' }, 'Add a rule to fw, behind all others'],
    ['before another', { before: '40' }, 'Add a rule to fw, directly before 40'],
    ['in a policy without order', { before: null }, 'Add a rule to fw'],
    ['by a wider rule', { kind: 'widen-rule', rule: ref('fw/10'), before: null }, 'Make fw/10 wider'],
    [
      'by a member',
      { kind: 'group-member', rule: ref('fw/10'), group: 'sg-2', before: null },
      'Add a member to sg-2, to which fw/10 refers',
    ],
  ])('suggests a change %s', (_name, more, title) => {
    expect(textOf(requestAnswer({ suggestions: [suggestion(more)] }))).toContain(
      `\nTo grant it, the smallest change first\n  1. ${title}\n`,
    );
  });

  test('says of a suggestion what it permits, what else changes, and where else', () => {
    const text = textOf(
      requestAnswer({
        suggestions: [
          suggestion({ explanation: 'The rule of the web team.' }),
          suggestion({
            kind: 'widen-rule',
            rule: ref('fw/10'),
            alsoChanges: packetSet(total(12), 'tcp 10.1.0.0/26 -> 10.9.0.4:443'),
            otherAttachments: ['eni-7', 'eni-8'],
          }),
          suggestion({ kind: 'group-member', group: 'sg-2', match: { source: ['10.1.2.3'], destination: [], services: [] } }),
        ],
      }),
    );
    expect(text).toContain(`  1. Add a rule to fw, behind all others
     permit tcp/443 from 10.1.0.64-10.1.0.255 to 10.9.0.5
     The rule of the web team.
     grants 192 packets (75 %) asked for
     changes nothing else
  2. Make fw/10 wider
     permit tcp/443 from 10.1.0.64-10.1.0.255 to 10.9.0.5 (as it reads afterwards)
     grants 192 packets (75 %) asked for
     also changes 12 packets
       tcp 10.1.0.0/26 -> 10.9.0.4:443
       for example tcp 10.1.2.3:40000 -> 10.9.0.5:443
     the policy is on 2 other interfaces too, where the same changes: eni-7, eni-8
  3. Add a member to sg-2
     new member: 10.1.2.3
`);
  });

  test('says that every policy in the way needs a change, and counts suggestions beyond twelve', () => {
    const suggestions = Array.from({ length: 15 }, (_, index) => suggestion({ policy: index < 8 ? 'acl' : 'fw' }));
    const text = textOf(requestAnswer({ suggestions }));
    expect(text).toContain('  Each of these policies needs one change: acl, fw.\n');
    expect(text).toContain('  and 3 more ways in --format json\n');
    expect(textOf(requestAnswer({ suggestions: [suggestion()] }))).not.toContain('Each of these policies');
  });

  test('names every clause that speaks about it, with its line in the file', () => {
    const clauses = [
      FORBIDS,
      {
        ...FORBIDS,
        id: 'STD-1',
        title: 'standard request STD-1',
        says: 'grants' as const,
        kind: 'standard-request' as const,
        line: 30,
        reason: '',
      },
    ];
    const text = textOf(
      requestAnswer({
        guardrails: { decision: 'forbidden', because: 'the zone matrix does not permit it', clauses },
        inputs: [GUARDRAILS_FILE],
      }),
    );
    expect(text).toContain('\nGuardrails: forbidden\n');
    expect(text).toContain(`
Guardrails
  forbidden: the zone matrix does not permit it
  forbids zone-matrix web -> card: web to card: tcp/443 only (zone-matrix, high)
          guardrails.yaml:12
          Card data.
          tcp 10.1.0.0/30 -> 10.9.0.5:443
          4 packets
  grants  standard request STD-1 (standard-request)
          guardrails.yaml:30
          tcp 10.1.0.0/30 -> 10.9.0.5:443
          4 packets
`);
  });

  test('without guardrails, or without a clause, says that nothing was judged', () => {
    expect(textOf(requestAnswer())).toContain('No guardrails were given: nothing is said about whether it may be granted.');
    expect(textOf(requestAnswer({ guardrails: { decision: 'needs approval', because: 'no clause grants it', clauses: [] } }))).toContain(
      '  needs approval: no clause grants it\n  No clause speaks about these packets.\n',
    );
  });

  test('in JSON is the document of the schema', () => {
    const answer = requestAnswer({ suggestions: [suggestion()], guardrails: { decision: 'passes', because: 'STD-1', clauses: [FORBIDS] } });
    expect(requestAnswerSchema.parse(JSON.parse(renderRequest(answer, 'json', { color: true, width: 60 })))).toEqual(answer);
  });
});

describe('whatever strangers wrote', () => {
  const hostile = HOSTILE_TEXTS.map((text) =>
    requestAnswer({
      region: [text],
      complete: false,
      incompleteBecause: [text],
      appended: [{ policy: text, outcome: 'shadowed', coveredBy: [{ policy: text, rule: text, packets: null, share: null }] }],
      suggestions: (['new-rule', 'widen-rule', 'group-member'] as const).map((kind) =>
        suggestion({
          policy: text,
          kind,
          rule: { policy: text, rule: text },
          group: text,
          before: text,
          match: { source: [text, text], destination: [text], services: [text] },
          alsoChanges: { ...packetSet(total(1), text), witness: text },
          otherAttachments: [text],
          explanation: text.repeat(9),
        }),
      ),
      guardrails: {
        decision: 'needs approval',
        because: text,
        clauses: [{ ...FORBIDS, id: text, title: text.repeat(9), reason: text, packets: packetSet(total(1), text) }],
      },
      inputs: [{ ...GUARDRAILS_FILE, path: text }],
      notes: [text],
    }),
  );

  test.each([60, 100])('the text fits a terminal of %i columns and gives it no command', (width) => {
    for (const answer of hostile) {
      expectFitForTerminal(textOf(answer, width), width, /for example |:12$/);
      expect(withoutColor(renderRequest(answer, 'text', { color: true, width }))).toBe(textOf(answer, width));
    }
  });
});
