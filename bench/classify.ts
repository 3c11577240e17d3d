import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Engine, type Measured, measureEngine } from './classify-engine.ts';
import { measureSql } from './classify-sql.ts';
import { RULE_SETS } from './rule-sets.ts';

// `npm run bench -- classify [SET…]`: million look-ups per second and core. Every figure comes from a process of its own: a loop that has
// seen several structures is compiled for all of them, and loses 10 to 40 %.

const ENGINES: readonly Engine[] = ['chosen', 'bit-vectors', 'linear', 'sql-range-join', 'sql-tuple-space'];

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') await measure(rest);
else compare(first === undefined ? RULE_SETS : [first, ...rest]);

async function measure([set = '', engine = '', evaluation = '']: readonly string[]): Promise<void> {
  const isSql = engine.startsWith('sql-');
  const measured = isSql ? await measureSql(set, engine as Engine, evaluation) : measureEngine(set, engine as Engine, evaluation);
  console.log(JSON.stringify(measured));
}

function compare(sets: readonly string[]): void {
  const [cpu] = cpus();
  console.log(`Node ${process.version}, ${cpu?.model ?? 'unknown processor'}; CPU time of one thread, M look-ups per second.`);
  console.log(
    'first pass: 1 M distinct tuples, the build included, best (mean ± deviation) of 5. steady: the same tuples again, best of 5.',
  );
  console.log(
    'hot: 1 M draws from 200,000 tuples, Zipf-like. memory: structure and result sets after all passes. Baselines: fewer tuples, see n.\n',
  );
  const widths = [10, 11, 15, 12, 8, 21, 7, 7, 7, 9, 9];
  printRow(['set', 'evaluation', 'engine', 'structure', 'build ms', 'first pass', 'steady', 'hot', 'MB', 'results', 'n'], widths);
  for (const set of sets) {
    for (const evaluation of ['first-match', 'any-permit']) {
      for (const engine of ENGINES) printRow(format(set, evaluation, engine, runMeasure(set, engine, evaluation)), widths);
    }
  }
}

function runMeasure(set: string, engine: Engine, evaluation: string): Measured {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, ['--expose-gc', script, '--measure', set, engine, evaluation], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`Measuring ${engine} on ${set} (${evaluation}) failed:\n${child.stderr}`);
  return JSON.parse(child.stdout) as Measured;
}

function format(set: string, evaluation: string, engine: Engine, measured: Measured): string[] {
  const rate = (value: number | null): string => (value === null ? '' : value.toFixed(value < 0.1 ? 4 : 2));
  const { firstPass } = measured;
  const spread = firstPass === null ? '' : `${rate(firstPass.best)} (${rate(firstPass.mean)} ± ${rate(firstPass.deviation)})`;
  return [
    set,
    evaluation,
    engine,
    measured.structure,
    measured.buildMs === null ? '' : measured.buildMs.toFixed(1),
    spread,
    rate(measured.steady),
    rate(measured.hot),
    measured.memoryBytes === null ? '' : (measured.memoryBytes / 2 ** 20).toFixed(1),
    measured.resultSets === null ? '' : String(measured.resultSets),
    String(measured.tuples),
  ];
}

function printRow(cells: readonly string[], widths: readonly number[]): void {
  console.log(cells.map((cell, i) => (i < 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
}
