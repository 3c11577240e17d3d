import { describe, expect, test } from 'vitest';
import { type RequestAnswer, requestAnswerSchema } from '../../src/model/request-answer.ts';
import { renderRequest } from '../../src/report/ask/index.ts';
import { type AccessRequest, requestAccess } from '../../src/request.ts';
import { type Run, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

/** The deny of the scanner stands before everything, so that a rule behind all others would be shadowed for it. */
const RULES = `policy,id,action,protocol,source,source_port,destination,destination_port
edge,scanner,deny,any,10.3.0.0/24,any,any,any
edge,web,permit,tcp,10.1.0.0/24,any,10.9.0.5,443
`;

const GUARDRAILS = `version: 1
zones:
  office: { cidrs: [10.1.0.0/16] }
  card: { cidrs: [10.9.0.0/24] }
zoneMatrix:
  - { from: office, to: card, allow: [tcp/443], reason: card data }
`;

/** What the command line calls, without the time a process takes to start. */
function asked(region: string, options: Partial<AccessRequest> = {}): Promise<RequestAnswer> {
  return requestAccess({
    region,
    rules: [`${temporaryFolder({ 'rules.csv': RULES })}/rules.csv`],
    inventory: [],
    guardrails: null,
    audit: null,
    asOf: null,
    interface: null,
    direction: null,
    defaultAction: null,
    onProgress: () => {},
    signal: null,
    ...options,
  });
}

const textOf = (answer: RequestAnswer): string => renderRequest(answer, 'text', { color: false, width: 100 });

/** As the command line would, in a folder with {@link RULES} and {@link GUARDRAILS}. */
const run = (...args: readonly string[]): Promise<Run> =>
  runRulesweep(['request', ...args, '--rules', 'rules.csv'], {
    cwd: temporaryFolder({ 'rules.csv': RULES, 'guardrails.yaml': GUARDRAILS }),
  });

describe('rulesweep request', () => {
  test('says that it is permitted already, and by which rule', async () => {
    const { code, reason, stdout } = await run('tcp 10.1.0.7 -> 10.9.0.5:443');
    expect([code, reason]).toEqual([0, 'rulesweep: exit 0: permitted already']);
    expect(stdout).toMatch(/^tcp 10\.1\.0\.7 -> 10\.9\.0\.5:443\nPERMITTED already: every packet passes everywhere it has to\.\n/);
    expect(stdout).toContain('permitted by edge/web\n');
    expect(stdout).not.toContain('To grant it');
  });

  test('of what is denied says the smallest change, where it belongs in the order, and what the guardrails say', async () => {
    const { code, reason, stdout } = await run('tcp 10.1.0.7 -> 10.9.0.6:22', '--guardrails', 'guardrails.yaml', '--as-of', '2026-06-01');
    expect(code).toBe(0);
    expect(reason).toMatch(/^rulesweep: exit 0: denied; \d+ changes? suggested; guardrails: forbidden$/);
    expect(stdout).toContain('DENIED: no packet of it passes.\nGuardrails: forbidden\n');
    expect(stdout).toMatch(/\nTo grant it, the smallest change first\n {2}1\. /);
    expect(stdout).toMatch(/\n {2}forbids .*zone-matrix.*\n {10}guardrails\.yaml:6\n/);
  });

  test('warns of a rule behind all others that would be shadowed', async () => {
    const answer = await asked('tcp 10.3.0.7 -> 10.9.0.5:443');
    expect(answer.verdict).toBe('denied');
    expect(answer.appended).toMatchObject([{ policy: 'edge', outcome: 'shadowed', coveredBy: [{ rule: 'scanner' }] }]);
    expect(answer.suggestions.filter(({ kind }) => kind === 'new-rule')).toMatchObject([{ before: 'scanner' }]);
    expect(textOf(answer)).toContain('it would be shadowed, because rules before it take all its packets');
  });

  test('of a part that is permitted suggests the missing part only', async () => {
    const answer = await asked('tcp 10.1.0.0/23 -> 10.9.0.5:443');
    expect(answer.verdict).toBe('partly');
    expect(answer.suggestions.length).toBeGreaterThan(0);
    for (const { alsoChanges } of answer.suggestions.slice(0, 1)) expect(alsoChanges).toBeNull();
    expect(requestAnswerSchema.parse(JSON.parse(renderRequest(answer, 'json', { color: false, width: 100 })))).toEqual(answer);
  });

  test('explains a malformed request', async () => {
    const malformed = await run('tcp 10.1.0.0/24 10.9.0.5:443');
    expect([malformed.code, malformed.stdout]).toEqual([2, '']);
    expect(malformed.reason).toMatch(/^rulesweep: exit 2: not a region: /);
    await expect(asked('tcp 10.1.0.0/24 -> [2001:db8::1]:443')).rejects.toThrow(/no address family in common/);
  });
});
