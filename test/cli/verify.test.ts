import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const RULES = `policy,id,action,protocol,source,source_port,destination,destination_port,enabled
edge,web,permit,tcp,any,any,10.0.0.0/24,443,
edge,mail,permit,tcp,any,any,10.0.1.0/24,25,
edge,mail-again,permit,tcp,any,any,10.0.1.0/24,25,
edge,old,permit,tcp,192.0.2.0/24,any,10.0.1.7,25,no
`;

/** A folder with rules and their audit. */
async function audited(): Promise<string> {
  const cwd = temporaryFolder({ 'rules.csv': RULES });
  const run = await runRulesweep(['audit', '--rules', 'rules.csv', '--out', 'out'], { cwd });
  expect(run.code).toBe(0);
  return cwd;
}

describe('rulesweep verify', () => {
  test('of an audit as it was written ends with 0 and counts the proofs by type', async () => {
    const cwd = await audited();
    const run = await runRulesweep(['verify', 'out/audit.json', '--rules', 'rules.csv'], { cwd });
    expect(run.reason).toBe('rulesweep: exit 0: 6 proofs and 1 facts hold');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^Proofs that hold\n/);
    expect(run.stdout).toMatch(/ 1 {2}comparison {3}copies proved equal to the rule that is kept\n/);
    expect(run.stdout).toMatch(/ 2 {2}removal {6}steps of the plan that change nothing\n/);
  });

  test('of an audit in which somebody added a removal ends with 4 and says which', async () => {
    const cwd = await audited();
    const path = join(cwd, 'out', 'audit.json');
    const result = JSON.parse(readFileSync(path, 'utf8'));
    result.plan.removals.push({ ...result.plan.removals[0], rule: 'web' });
    writeFileSync(path, JSON.stringify(result));
    const run = await runRulesweep(['verify', 'out/audit.json', '--rules', 'rules.csv'], { cwd });
    expect(run.code).toBe(4);
    expect(run.reason).toMatch(/^rulesweep: exit 4: 2 claims do not hold; the first: the plan of policy edge removes rule web as number 3/);
    expect(run.stdout).toContain('  the plan removes rule edge/web, and no proof shows that this step changes nothing\n');
  });

  test('after the rules have changed ends with 3 and names the file and both hashes', async () => {
    const cwd = await audited();
    writeFileSync(join(cwd, 'rules.csv'), RULES.replace('443', '80'));
    const run = await runRulesweep(['verify', 'out/audit.json', '--rules', 'rules.csv'], { cwd });
    expect(run.code).toBe(3);
    expect(run.stdout).toBe('');
    expect(run.reason).toMatch(
      /^rulesweep: exit 3: stale base: rules\.csv has the SHA-256 [0-9a-f]{64}, and the audit read rules\.csv with [0-9a-f]{64}; /,
    );
  });

  test('without the proofs, or without rules, ends with 2 and says what to do', async () => {
    const cwd = await audited();
    const elsewhere = await runRulesweep(['verify', 'out/audit.json', '--rules', 'rules.csv', '--proofs', 'lost.jsonl'], { cwd });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.reason).toMatch(/lost\.jsonl: there is no such file of proofs; name it with --proofs/);
    const noRules = await runRulesweep(['verify', 'out/audit.json'], { cwd });
    expect(noRules.code).toBe(2);
    expect(noRules.reason).toContain("required option '--rules <path...>' not specified");
  });

  test('shows at most 20 sentences, and says how many more there are', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `edge,r${i},permit,tcp,any,any,10.0.${2 * i}.0/24,443,`);
    const cwd = temporaryFolder({ 'rules.csv': `${RULES.split('\n')[0]}\n${rows.join('\n')}\n` });
    await runRulesweep(['audit', '--rules', 'rules.csv', '--out', 'out'], { cwd });
    writeFileSync(join(cwd, 'out', 'proofs.jsonl'), '');
    const run = await runRulesweep(['verify', 'out/audit.json', '--rules', 'rules.csv'], { cwd });
    expect(run.code).toBe(4);
    expect(run.reason).toMatch(/exit 4: 30 claims do not hold; the first: rule edge\/r0 has the witness /);
    expect(run.stdout.match(/and no proof shows/g)).toHaveLength(20);
    expect(run.stdout).toContain('  and 10 more\n');
  });
});
