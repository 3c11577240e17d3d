import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGuardrails } from '../../src/governance/guardrails.ts';
import { listedInsecureServices, listedRiskyServices } from '../../src/governance/listed-services.ts';
import { zoneRanges } from '../../src/governance/zones.ts';
import { readGuardrailsFile } from '../../src/guardrails-file.ts';
import { init } from '../../src/init.ts';
import { formatAddressRange } from '../../src/model/address.ts';
import { renderStarterGuardrails } from '../../src/report/starter-guardrails.ts';
import { arbHostileText } from '../support/hostile-text.ts';
import { packageRoot, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const VPC = 'samples/aws-vpc/exports/2026-04-11';
const CSV = 'samples/generic-csv/rules.csv';
const started = (...rules: readonly string[]) => init({ rules: [...rules], inventory: [], onProgress: () => {} });

/** The file with every example taken in: a `#` directly before its text, or before at least two blanks. */
const withExamples = (text: string): string => text.replace(/^#(?=\S| {2})/gm, '');

const EXAMPLE_SECTIONS = ['zoneMatrix', 'exceptions', 'standardRequests', 'protectedRules', 'calendar'] as const;

test.each([
  ['nothing', []],
  ['a table of rules', [CSV]],
  ['an export with its inventory', [VPC]],
])('a file made from %s can be read as it is, and with all of its examples', async (_, rules) => {
  const { text, zones } = await started(...rules);
  const asWritten = parseGuardrails(text, 'guardrails.yaml');
  expect(asWritten.zones.size).toBe(zones);
  expect(EXAMPLE_SECTIONS.map((section) => asWritten[section])).toEqual(EXAMPLE_SECTIONS.map(() => []));
  const full = parseGuardrails(withExamples(text), 'guardrails.yaml');
  for (const section of EXAMPLE_SECTIONS) expect(full[section].length, section).toBeGreaterThan(0);
  const withoutLines = (entries: readonly object[]) => entries.map((entry) => ({ ...entry, line: null }));
  expect(withoutLines(full.insecureServices)).toEqual(listedInsecureServices());
  expect(withoutLines(full.riskyServices)).toEqual(listedRiskyServices());
});

test('zones come from what the inputs hold, with a word on where from', async () => {
  const { text } = await started(VPC);
  const guardrails = parseGuardrails(text, 'guardrails.yaml');
  expect([...guardrails.zones.keys()]).toEqual(['shop', 'public-a', 'public-b', 'web', 'app', 'data', 'ops']);
  expect(zoneRanges(guardrails, 'public-a').map(formatAddressRange)).toEqual(['10.20.0.0/24', '2001:db8:20::/64']);
  expect(text).toContain('\n  # subnet subnet-0238e36be509fd2ee (public-a) of shop\n  public-a:\n');
  expect(text).toContain(`\n# - ${VPC}/describe-subnets.json (sha256 `);
  expect(text).not.toContain(packageRoot);
  expect(await started(VPC)).toEqual(await started(VPC));
});

test('text from inputs cannot leave its comment, whatever it holds', () => {
  fc.assert(
    fc.property(arbHostileText(), (hostile) => {
      const range = { family: 4, first: 0x0a00_0000n, last: 0x0a00_00ffn } as const;
      const text = renderStarterGuardrails({
        inputs: [{ path: hostile, sha256: '0'.repeat(64) }],
        unreadRules: 1,
        zones: [{ name: 'web', networks: [range], tags: ['shop'], because: [hostile] }],
        otherNetworks: [],
        insecureServices: [],
        riskyServices: [],
      });
      expect([...parseGuardrails(text, 'guardrails.yaml').zones.keys()]).toEqual(['web']);
    }),
  );
});

test('rules that could not be read are counted in the file', async () => {
  const folder = temporaryFolder({
    'r.csv': 'policy,id,action,protocol,source,source_port,destination,destination_port\np,1,permit,tcp,10.0.0,,any,443\n',
  });
  const { text, unreadRules } = await started(join(folder, 'r.csv'));
  expect(unreadRules).toBe(1);
  expect(text).toContain('# 1 rule could not be read, so that a network may be missing.');
});

test('rulesweep init writes guardrails.yaml, and never replaces a file', async () => {
  const cwd = temporaryFolder();
  const first = await runRulesweep(['init', '--rules', join(packageRoot, CSV)], { cwd });
  expect([first.code, first.reason, first.stdout]).toEqual([
    0,
    'rulesweep: exit 0: written: guardrails.yaml, 1 zone proposed from 1 file',
    '',
  ]);
  const { guardrails, input } = await readGuardrailsFile(join(cwd, 'guardrails.yaml'));
  expect(guardrails.zones.size).toBe(1);
  expect(input).toMatchObject({
    role: 'guardrails',
    format: 'guardrails',
    records: 1,
    accepted: 1,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const before = readFileSync(join(cwd, 'guardrails.yaml'), 'utf8');
  const second = await runRulesweep(['init'], { cwd });
  expect([second.code, second.reason]).toEqual([
    2,
    'rulesweep: exit 2: --out guardrails.yaml is there already and is not replaced; name another file, or - for standard output',
  ]);
  expect(readFileSync(join(cwd, 'guardrails.yaml'), 'utf8')).toBe(before);
});

test('--out - writes to standard output and no file; a file that cannot be written ends with 2', async () => {
  const cwd = temporaryFolder();
  const run = await runRulesweep(['init', '--out', '-'], { cwd });
  expect([run.code, run.reason]).toEqual([0, 'rulesweep: exit 0: guardrails, examples only, because no --rules were given']);
  expect(run.stdout).toBe((await started()).text);
  expect(readdirSync(cwd)).toEqual([]);
  const refused = await runRulesweep(['init', '--out', 'missing/g.yaml'], { cwd });
  expect(refused.code).toBe(2);
  expect(refused.reason).toMatch(/^rulesweep: exit 2: --out missing\/g\.yaml cannot be written: ENOENT/);
  expect(existsSync(join(cwd, 'missing'))).toBe(false);
});
