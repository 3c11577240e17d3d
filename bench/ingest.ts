import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadFlows } from '../src/ingest/flows/load-flows.ts';
import { openStore } from '../src/store/database.ts';
import { fiveTupleBaseline, rollUpBaseline } from './ingest-baseline.ts';
import { type LogShape, writeBenchLogs } from './ingest-data.ts';
import { countHits } from './ingest-hits.ts';

// `npm run bench -- ingest [RECORDS [RATIO…]]`: flow logs to finished hit counts of 10,000 rules, and to conversations in typed arrays, beside the same
// roll-up written as one bare statement, which only fills a table.
// Every run is a process of its own, so that peak memory is its own; the contestants take turns, so that a busy machine is busy for all of them.

const MIB = 2 ** 20;
const THREADS = 2;
/** What our loader is given, so that the process stays below 1 GB. */
const STORE_BYTES = 450 * MIB;
/** What the bare statements are given: all they ask for. */
const ROOMY_BYTES = 16_384 * MIB;
const RUNS = 3;

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** Groups, conversations handed over, or certain hits of all rules together. */
  readonly rows: number;
}

/** `limited` is the baseline with the memory that ours has. */
const CONTESTANTS = ['five-tuple', 'baseline', 'limited', 'load', 'hits'] as const;
type Contestant = (typeof CONTESTANTS)[number];

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') console.log(JSON.stringify(await measure(rest[0] as Contestant, rest[1] ?? '')));
else await compare(Number(first ?? 20_000_000), rest.length === 0 ? [0.08, 0.3, 0.8] : rest.map(Number));

async function compare(records: number, ratios: readonly number[]): Promise<void> {
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${THREADS} threads, ${records / 1e6} M records, best (mean ± deviation) of ${RUNS} in seconds`,
  );
  for (const distinct of ratios) {
    const shape: LogShape = { records, files: Math.max(1, Math.round(records / 100_000)), days: 30, distinct, interfaces: 400 };
    const folder = join('.cache', 'bench', `ingest-${records}-${shape.files}-${distinct}`);
    await writeBenchLogs(folder, shape);
    const runs = new Map<Contestant, Run[]>(CONTESTANTS.map((contestant) => [contestant, []]));
    for (let turn = 0; turn < RUNS; turn += 1) {
      for (const contestant of CONTESTANTS) runs.get(contestant)?.push(...inOwnProcess(contestant, folder));
    }
    console.log(`\n${distinct * 100} % distinct 5-tuples`);
    const baseline = runs.get('baseline') ?? [];
    for (const [contestant, own] of runs)
      console.log(`  ${contestant.padEnd(10)} ${own.length === 0 ? 'out of memory' : summary(own, baseline)}`);
  }
}

/** One run, or none when the database ran out of memory. */
function inOwnProcess(contestant: Contestant, folder: string): readonly Run[] {
  const child = spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), '--measure', contestant, folder], {
    encoding: 'utf8',
  });
  if (child.status !== 0 && child.stderr.includes('Out of Memory')) return [];
  if (child.status !== 0) throw new Error(`measuring ${contestant} on ${folder} failed:\n${child.stderr}`);
  return [JSON.parse(child.stdout) as Run];
}

function summary(runs: readonly Run[], baseline: readonly Run[]): string {
  const seconds = runs.map((run) => run.seconds);
  const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  const deviation = Math.sqrt(seconds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seconds.length);
  const cpu = Math.min(...runs.map((run) => run.cpuSeconds));
  const peak = Math.max(...runs.map((run) => run.peakMiB));
  const [rows] = runs.map((run) => run.rows);
  const bestOf = (of: readonly Run[], figure: 'seconds' | 'cpuSeconds'): number => Math.min(...of.map((run) => run[figure]));
  const ratio = (figure: 'seconds' | 'cpuSeconds'): string => (bestOf(runs, figure) / bestOf(baseline, figure)).toFixed(2);
  return (
    `${Math.min(...seconds).toFixed(2)} (${mean.toFixed(2)} ± ${deviation.toFixed(2)}) = ${ratio('seconds')} × baseline; ` +
    `CPU ${cpu.toFixed(1)} = ${ratio('cpuSeconds')} ×; peak ${peak} MiB; ${rows} rows`
  );
}

async function measure(contestant: Contestant, folder: string): Promise<Run> {
  const started = performance.now();
  const rows = contestant === 'load' || contestant === 'hits' ? await load(contestant, folder) : await bare(contestant, folder);
  const seconds = (performance.now() - started) / 1000;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return { seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMiB: Math.round(maxRSS / 1024), rows };
}

async function bare(contestant: Contestant, folder: string): Promise<number> {
  const store = await openStore({ threads: THREADS, memoryBytes: contestant === 'limited' ? STORE_BYTES : ROOMY_BYTES });
  await store.run(contestant === 'five-tuple' ? fiveTupleBaseline(folder) : rollUpBaseline(folder));
  const [row] = await store.rows(`SELECT count(*)::DOUBLE AS total FROM ${contestant === 'five-tuple' ? 'tuples' : 'flows'}`);
  store.close();
  return Number(row?.['total']);
}

async function load(contestant: 'load' | 'hits', folder: string): Promise<number> {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith('.log.gz'))
    .map((name) => join(folder, name));
  const store = await openStore({ threads: THREADS, memoryBytes: STORE_BYTES });
  const flows = await loadFlows(
    store,
    paths.map((path) => ({ path, format: null })),
    { from: null, to: null, onProgress: () => {}, signal: null },
  );
  if (contestant === 'hits') {
    const hits = await countHits(flows);
    store.close();
    return hits;
  }
  let rows = 0;
  let checksum = 0;
  for await (const batch of flows.conversations()) {
    rows += batch.rowCount;
    for (let row = 0; row < batch.rowCount; row += 1) checksum += (batch.aAddress[row] ?? 0) + (batch.recordsAb[row] ?? 0);
  }
  if (!Number.isFinite(checksum)) throw new Error('the conversations hold something that is no number');
  store.close();
  return rows;
}
