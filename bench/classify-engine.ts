import { buildClassifier, type Classifier, type Strategy } from '../src/core/classify/classifier.ts';
import type { Evaluation } from '../src/model/policy.ts';
import { drawHotTuples, generateColdTuples, loadRuleSet, type RuleSet, type Tuples, toBoxes } from './rule-sets.ts';

export type Engine = 'chosen' | 'bit-vectors' | 'linear' | 'sql-range-join' | 'sql-tuple-space';

/** Rates in million look-ups per second of CPU time. */
export interface Measured {
  readonly structure: string;
  readonly tuples: number;
  readonly buildMs: number | null;
  readonly firstPass: { readonly best: number; readonly mean: number; readonly deviation: number } | null;
  readonly steady: number | null;
  readonly hot: number | null;
  readonly memoryBytes: number | null;
  readonly resultSets: number | null;
}

const TUPLES = 1_000_000;
const REPEATS = 5;
/** Rules × tuples that the linear scan goes through: about a second. */
const LINEAR_WORK = 1e8;
const MEMORY_BUDGET = 128 * 2 ** 20;
/** Rows of one call, as the roll-up hands them over. */
const BATCH = 16_384;

/** @throws when the structure's answers differ from those of the linear scan */
export function measureEngine(name: string, engine: Engine, evaluation: string): Measured {
  warmUp(name, engine, evaluation);
  const set = loadRuleSet(name);
  const boxes = toBoxes(set);
  const count = engine === 'linear' ? Math.min(TUPLES, Math.floor(LINEAR_WORK / set.count)) : TUPLES;
  const cold = generateColdTuples(set, count);
  const out = new Uint32Array(count);

  const firsts: number[] = [];
  let buildSeconds = Number.POSITIVE_INFINITY;
  let classifier = build(set, engine, evaluation);
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    globalThis.gc?.();
    const started = process.cpuUsage();
    classifier = buildClassifier(boxes, evaluation as Evaluation, optionsOf(engine));
    buildSeconds = Math.min(buildSeconds, cpuSecondsSince(started));
    classifyAll(classifier, cold, out);
    firsts.push(count / 1e6 / cpuSecondsSince(started));
  }
  const steady = bestRate(classifier, cold, out);
  checkAgainstLinear(set, evaluation, classifier, cold, out);
  const hotTuples = drawHotTuples(cold);
  classifyAll(classifier, hotTuples, out);
  return {
    structure: classifier.strategy,
    tuples: count,
    buildMs: buildSeconds * 1000,
    firstPass: { best: Math.max(...firsts), ...meanAndDeviation(firsts) },
    steady,
    hot: bestRate(classifier, hotTuples, out),
    memoryBytes: classifier.memoryBytes,
    resultSets: classifier.resultSets.length,
  };
}

/** Lets the compiler see the loops on another set. */
function warmUp(name: string, engine: Engine, evaluation: string): void {
  for (const other of ['aws_1000', 'fw1_1k'].filter((each) => each !== name)) {
    const set = loadRuleSet(other);
    const tuples = generateColdTuples(set, engine === 'linear' ? 10_000 : 200_000);
    const out = new Uint32Array(tuples.count);
    for (let repeat = 0; repeat < 2; repeat++) classifyAll(build(set, engine, evaluation), tuples, out);
  }
}

function build(set: RuleSet, engine: Engine, evaluation: string): Classifier {
  return buildClassifier(toBoxes(set), evaluation as Evaluation, optionsOf(engine));
}

function optionsOf(engine: Engine) {
  const options = { ipv6Addresses: [], memoryBudgetBytes: MEMORY_BUDGET };
  return engine === 'chosen' ? options : { ...options, strategy: engine as Strategy };
}

function classifyAll(classifier: Classifier, tuples: Tuples, out: Uint32Array): void {
  for (let start = 0; start < tuples.count; start += BATCH) {
    const end = Math.min(tuples.count, start + BATCH);
    const part = (column: Uint32Array): Uint32Array => column.subarray(start, end);
    classifier.classifyBatch(
      end - start,
      part(tuples.source),
      part(tuples.destination),
      part(tuples.protocol),
      part(tuples.sourcePort),
      part(tuples.destinationPort),
      part(out),
    );
  }
}

function bestRate(classifier: Classifier, tuples: Tuples, out: Uint32Array): number {
  let best = 0;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = process.cpuUsage();
    classifyAll(classifier, tuples, out);
    best = Math.max(best, tuples.count / 1e6 / cpuSecondsSince(started));
  }
  return best;
}

/** Every rule's hits on the first tuples are those of the linear scan, and so is every single answer. */
function checkAgainstLinear(set: RuleSet, evaluation: string, classifier: Classifier, tuples: Tuples, out: Uint32Array): void {
  const count = Math.min(tuples.count, Math.floor(LINEAR_WORK / set.count));
  const linear = build(set, 'linear', evaluation);
  const expected = new Uint32Array(count);
  classifyAll(linear, { ...tuples, count }, expected);
  const texts = [classifier, linear].map((each) => each.resultSets.map((result) => JSON.stringify(result)));
  const hits = [new Float64Array(set.count), new Float64Array(set.count)] as const;
  for (let i = 0; i < count; i++) {
    if (texts[0]?.[out[i] as number] !== texts[1]?.[expected[i] as number]) {
      throw new Error(`Tuple ${i} of ${set.name}: ${texts[0]?.[out[i] as number]} instead of ${texts[1]?.[expected[i] as number]}`);
    }
    for (const rule of classifier.resultSets[out[i] as number]?.certain ?? []) (hits[0][rule] as number) += 1;
    for (const rule of linear.resultSets[expected[i] as number]?.certain ?? []) (hits[1][rule] as number) += 1;
  }
  const differing = hits[0].findIndex((value, rule) => value !== hits[1][rule]);
  if (differing >= 0) throw new Error(`Rule ${differing} of ${set.name} has ${hits[0][differing]} hits instead of ${hits[1][differing]}`);
}

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

function cpuSecondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}
