import { cpus, loadavg } from 'node:os';
import type { AskCase } from './ask-case.ts';
import { measureChanges } from './ask-changes.ts';
import { measureMatrix } from './ask-matrix.ts';
import { measureQuestions } from './ask-questions.ts';

// npm run bench -- ask [NAME…]: the questions of `rulesweep query`, `diff`, `check` and `request`. CPU seconds of one thread with its garbage collection, the
// best of several runs; whole commands by the wall clock. NAME picks cases by a part of their name.

const wanted = process.argv.slice(2);
const cases: readonly AskCase[] = [...measureQuestions(), ...measureChanges(), ...measureMatrix()];

process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`);
for (const each of cases) if (wanted.length === 0 || wanted.some((part) => each.name.includes(part))) measure(each);

function measure({ name, target, runs, clock, parts = 1, prepare }: AskCase): void {
  const ask = prepare();
  const seconds: number[] = [];
  let found = '';
  for (let run = 0; run < runs; run++) {
    const now = clock === 'wall' ? wallSeconds : cpuSeconds;
    const start = now();
    found = ask();
    seconds.push((now() - start) / parts);
  }
  const best = Math.min(...seconds);
  const against = target === null ? '' : ` (target ${target} s)`;
  const memory = (process.memoryUsage().rss / 1e6).toFixed(0);
  process.stdout.write(`${name.padEnd(26)} ${best.toFixed(2).padStart(6)} s${against}: ${found}; ${memory} MB\n`);
}

function wallSeconds(): number {
  return performance.now() / 1000;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
