import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cruiser = join(root, 'tools/node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const whySkipped = existsSync(cruiser) ? '' : ' (skipped: tools/ is not installed; npm run check installs it)';

/** One violation of every rule: rule, file, what the file says. */
const PLANTED: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-circular', 'src/core/egg.ts', "import { hen } from './hen.ts';\nexport const egg = () => hen;"],
  ['model-depends-on-nothing', 'src/model/planted.ts', "export { stored } from '../store/stored.ts';"],
  ['core-is-pure', 'src/core/reads-files.ts', "export { readFileSync } from 'node:fs';"],
  ['core-is-pure', 'src/core/reads-store.ts', "export { stored } from '../store/stored.ts';"],
  ['verifier-shares-nothing', 'src/core/verify/reads-engine.ts', "export { computed } from '../computed.ts';"],
  ['report-reads-the-result-only', 'src/report/reads-core.ts', "export { computed } from '../core/computed.ts';"],
  ['report-reads-the-result-only', 'src/report/reads-files.ts', "export { readFileSync } from 'node:fs';"],
  ['governance-knows-model-only', 'src/governance/reads-core.ts', "export { computed } from '../core/computed.ts';"],
  ['governance-files-in-journal', 'src/governance/writes.ts', "export { writeFileSync } from 'node:fs';"],
  ['governance-processes-in-signature', 'src/governance/starts.ts', "export { spawn } from 'node:child_process';"],
  ['only-workers-starts-threads', 'src/audit.ts', "export { Worker } from 'node:worker_threads';"],
  ['workers-know-core-and-model', 'src/workers.ts', "export { stored } from './store/stored.ts';"],
  ['store-knows-model-only', 'src/store/reads-core.ts', "export { computed } from '../core/computed.ts';"],
  ['ingest-knows-model-and-store', 'src/ingest/reads-core.ts', "export { computed } from '../core/computed.ts';"],
  ['cli-knows-use-cases', 'src/cli/reads-core.ts', "export { computed } from '../core/computed.ts';"],
  [
    'only-store-knows-duckdb',
    'src/ingest/opens.ts',
    "import type { DuckDBInstance } from '@duckdb/node-api';\nexport type Opened = DuckDBInstance;",
  ],
  ['only-cli-knows-commander', 'src/explain.ts', "export { Command } from 'commander';"],
  ['formats-are-strangers', 'src/ingest/formats/here/reads.ts', "export { there } from '../there/there.ts';"],
  ['nothing-imports-cli', 'src/query.ts', "export { shown } from './cli/shown.ts';"],
  ['src-never-imports-test', 'src/plan.ts', "export { tested } from '../test/tested.ts';"],
  ['samples-stand-alone', 'samples/generate.ts', "export { spoken } from '../src/model/spoken.ts';"],
];

/** A cycle is reported once, from one of its modules. */
const OTHER_HALF = ['src/core/hen.ts', "import { egg } from './egg.ts';\nexport const hen = () => egg;"] as const;

/** What each stage may do, so that a rule which forbids everything is found out too. */
const ALLOWED: readonly (readonly [file: string, text: string])[] = [
  ['src/model/spoken.ts', "import * as z from 'zod';\nexport const spoken = z.string();"],
  ['src/core/computed.ts', "import { spoken } from '../model/spoken.ts';\nexport const computed = spoken;"],
  ['src/store/stored.ts', "export { DuckDBInstance as stored } from '@duckdb/node-api';\nexport { spoken } from '../model/spoken.ts';"],
  [
    'src/ingest/formats/there/there.ts',
    "export { stored as there } from '../../../store/stored.ts';\nexport { readFileSync } from 'node:fs';",
  ],
  ['src/ingest/formats/index.ts', "export { there } from './there/there.ts';"],
  ['src/report/rendered.ts', "export { spoken as rendered } from '../model/spoken.ts';"],
  ['src/governance/journal.ts', "export { appendFileSync } from 'node:fs';\nexport { spoken } from '../model/spoken.ts';"],
  ['src/governance/signature.ts', "export { spawn } from 'node:child_process';"],
  [
    'src/diff.ts',
    "export { computed } from './core/computed.ts';\nexport { stored } from './store/stored.ts';\nexport { there } from './ingest/formats/index.ts';",
  ],
  [
    'src/cli/shown.ts',
    "export { Command } from 'commander';\nexport { computed } from '../diff.ts';\nexport { rendered } from '../report/rendered.ts';",
  ],
  ['test/tested.ts', "export { computed as tested } from '../src/core/computed.ts';"],
];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

describe.skipIf(whySkipped !== '')(`the import borders${whySkipped}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rulesweep-borders-'));
  let violations: readonly Violation[] = [];
  let cruised = 0;

  beforeAll(() => {
    for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json']) copyFileSync(join(root, name), join(folder, name));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, text] of [...PLANTED.map(([, file, text]) => [file, text] as const), OTHER_HALF, ...ALLOWED]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${text}\n`);
    }
    const run = spawnSync(process.execPath, [cruiser, '--output-type', 'json', 'src', 'samples'], { cwd: folder, encoding: 'utf8' });
    const report = JSON.parse(run.stdout) as {
      readonly summary: { readonly violations: readonly Violation[]; readonly totalCruised: number };
    };
    violations = report.summary.violations;
    cruised = report.summary.totalCruised;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the checker sees every planted module', () => {
    expect(cruised).toBeGreaterThanOrEqual(PLANTED.length + ALLOWED.length);
  });

  test.each(PLANTED)('%s stops %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((each) => each.rule.name)).toContain(rule);
  });

  test('every rule has a planted violation', async () => {
    const config = (await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href)) as {
      readonly default: { readonly forbidden: readonly { readonly name: string }[] };
    };
    expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(config.default.forbidden.map(({ name }) => name)));
  });

  test('what a stage may import passes', () => {
    expect(violations.filter(({ from }) => ALLOWED.some(([file]) => file === from))).toEqual([]);
  });
});
