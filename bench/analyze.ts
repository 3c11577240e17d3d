import { cpus, loadavg } from 'node:os';
import { analysePolicy, type PolicyAnalysis, type RuleVerdict } from '../src/core/trace/analyse-policy.ts';
import { decisionsOf } from '../src/core/trace/decisions.ts';
import { createTraceContext } from '../src/core/trace/trace-context.ts';
import { comparePairs } from './analyze-pairs.ts';
import { type ActedRuleSet, ADVERSARIAL, generateAdversarial, generateLarge, seededRandom, toPolicy, withActions } from './analyze-sets.ts';
import { loadRuleSet } from './rule-sets.ts';

// npm run bench -- analyze [NAME…]: verdicts with proofs, the plan, shares; beside it comparing in pairs. CPU seconds of one thread and its
// garbage collection; the best of RUNS for sets of up to 10,000 rules. NAME picks sets by a part of their name.

const RUNS = 3;
const VERDICT_BUDGET = 3_000_000;
const SHARE_BUDGET = 200_000;
const SEED = 5;

interface Case {
  readonly make: () => ActedRuleSet;
  readonly name: string;
  /** CPU seconds that issue 3 asks for: verdicts with proofs and the plan; exact shares on top. */
  readonly target: number | null;
  readonly shareTarget: number | null;
}

const cases: Case[] = [
  ...['acl1_10k', 'fw1_10k', 'ipc1_10k'].map((name) => ({
    name,
    make: () => withActions(loadRuleSet(name), 7),
    target: 0.8,
    shareTarget: 6,
  })),
  ...ADVERSARIAL.map((kind) => ({
    name: kind,
    make: () => generateAdversarial(kind, 10_000, SEED),
    target: 4,
    shareTarget: kind.includes('tiling') ? 6 : null,
  })),
  ...[1000, 2000, 5000, 10_000, 20_000, 50_000].map((count) => ({
    name: `sites_${count}`,
    make: () => generateLarge(count, SEED),
    target: null,
    shareTarget: null,
  })),
  { name: 'sites_100000', make: () => generateLarge(100_000, SEED), target: 60, shareTarget: null },
];

const wanted = process.argv.slice(2);
const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}, seed ${SEED}\n`,
);
for (const each of chosen) measure(each);

function measure({ name, make, target, shareTarget }: Case): void {
  const set = make();
  const policy = toPolicy(set);
  const runs = set.count > 20_000 ? 1 : RUNS;
  let analysis: PolicyAnalysis | null = null;
  const verdictSeconds: number[] = [];
  const planSeconds: number[] = [];
  let planned = 0;
  for (let run = 0; run < runs; run++) {
    const start = cpuSeconds();
    const found = analysePolicy(policy, { budget: VERDICT_BUDGET });
    const judged = cpuSeconds();
    planned = Math.max(
      growPlan(found, (rules) => [...rules].reverse()),
      growPlan(found, (rules) => rules),
    );
    verdictSeconds.push(judged - start);
    planSeconds.push(cpuSeconds() - judged);
    analysis = found;
  }
  if (analysis === null) return;
  const verdict = Math.min(...verdictSeconds);
  const plan = Math.min(...planSeconds);
  const gaveUp = analysis.verdicts.filter(({ kind }) => kind === 'not-evaluable').length;
  line(`\n${name}: ${set.count} rules, ${overlapDensity(set).toFixed(2)} % of pairs overlap`);
  line(
    `  verdicts ${verdict.toFixed(2)} s + plan ${plan.toFixed(2)} s${target === null ? '' : ` (target ${target} s)`}, ${planned} removals, given up: ${gaveUp}`,
  );
  line(`  ${kinds(analysis.verdicts)}`);
  if (shareTarget !== null) shares(analysis, shareTarget);
  if (set.count <= 10_000) {
    const pairs = comparePairs(set, analysis.verdicts);
    line(
      `  in pairs: ${pairs.covered} covered, ${pairs.missed} missed, ${pairs.unsafe} unsafe, ${pairs.mislabelled} called redundant although an intent is broken`,
    );
  }
  line(`  memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}

/** Bottom-up or top-down, every prefix safe: how many of the rules that change nothing may go. */
function growPlan(analysis: PolicyAnalysis, order: (rules: readonly string[]) => readonly string[]): number {
  const candidates = analysis.verdicts.filter(({ kind }) => kind === 'duplicate' || kind === 'redundant').map(({ rule }) => rule);
  const growing = analysis.startRemoval();
  for (const rule of order(candidates)) growing.tryAdd(rule);
  return growing.rules.size;
}

function shares(analysis: PolicyAnalysis, target: number): void {
  const context = createTraceContext(analysis.space, analysis.program, SHARE_BUDGET);
  const start = cpuSeconds();
  let pairs = 0;
  let gaveUp = 0;
  for (let entry = 0; entry < analysis.space.entries.length; entry++) {
    const decisions = decisionsOf(context, entry);
    if (decisions === null) gaveUp++;
    else pairs += decisions.deciders.length;
  }
  line(
    `  shares of every rule ${(cpuSeconds() - start).toFixed(2)} s (target ${target} s), ${pairs} deciders, beyond ${SHARE_BUDGET} regions: ${gaveUp} rules`,
  );
}

function kinds(verdicts: readonly RuleVerdict[]): string {
  const counts = new Map<string, number>();
  for (const { kind, by, relation } of verdicts) {
    const name = [kind, by, relation].filter((part) => part !== undefined).join(' ');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** Of 200,000 random pairs. */
function overlapDensity({ bounds, count }: ActedRuleSet): number {
  const random = seededRandom(1);
  const draws = 200_000;
  let overlapping = 0;
  for (let i = 0; i < draws; i++) {
    const a = Math.floor(random() * count) * 10;
    const b = Math.floor(random() * count) * 10;
    let meets = a !== b;
    for (let k = 0; k < 10 && meets; k += 2)
      meets = (bounds[a + k] as number) <= (bounds[b + k + 1] as number) && (bounds[b + k] as number) <= (bounds[a + k + 1] as number);
    if (meets) overlapping++;
  }
  return (100 * overlapping) / draws;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function line(text: string): void {
  process.stdout.write(`${text}\n`);
}
