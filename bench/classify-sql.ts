import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { buildClassifier } from '../src/core/classify/classifier.ts';
import type { Evaluation } from '../src/model/policy.ts';
import type { Engine, Measured } from './classify-engine.ts';
import { generateColdTuples, loadRuleSet, type RuleSet, type Tuples, toBoxes } from './rule-sets.ts';

/** Rules × tuples that each statement goes through: some seconds. */
const WORK: Readonly<Record<string, number>> = { 'sql-range-join': 1.5e8, 'sql-tuple-space': 2e9 };
const MOST_TUPLES = 500_000;

/** The join an analyst writes: the ten bounds of every rule. */
const RANGE_JOIN = `
  SELECT t.id, r.id AS rule FROM tuples t JOIN rules r
    ON t.s BETWEEN r.slo AND r.shi AND t.d BETWEEN r.dlo AND r.dhi AND t.sp BETWEEN r.splo AND r.sphi
   AND t.dp BETWEEN r.dplo AND r.dphi AND t.pr BETWEEN r.prlo AND r.prhi`;

/** The strong one: one hash join over all combinations of prefix lengths. Needs prefixes. */
const TUPLE_SPACE = `
  SELECT t.id, r.id AS rule
  FROM (SELECT t.*, z.ssize, z.dsize, (t.s // z.ssize) * z.ssize AS skey, (t.d // z.dsize) * z.dsize AS dkey
        FROM tuples t CROSS JOIN (SELECT DISTINCT ssize, dsize FROM rules) z) t
  JOIN rules r ON r.ssize = t.ssize AND r.dsize = t.dsize AND r.slo = t.skey AND r.dlo = t.dkey
   AND t.sp BETWEEN r.splo AND r.sphi AND t.dp BETWEEN r.dplo AND r.dphi AND t.pr BETWEEN r.prlo AND r.prhi`;

/** @throws when the hits differ from those of our own classifier */
export async function measureSql(name: string, engine: Engine, evaluation: string): Promise<Measured> {
  const set = loadRuleSet(name);
  const tuples = generateColdTuples(set, Math.min(MOST_TUPLES, Math.floor((WORK[engine] as number) / set.count)));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '4GB' });
  const connection = await instance.connect();
  await load(connection, set, tuples);
  const join = engine === 'sql-range-join' ? RANGE_JOIN : TUPLE_SPACE;
  const matches = evaluation === 'first-match' ? `SELECT min(rule) AS rule FROM (${join}) GROUP BY id` : join;
  const started = process.cpuUsage();
  const reader = await connection.runAndReadAll(`SELECT count(*)::DOUBLE AS hits, sum(rule)::DOUBLE AS rules FROM (${matches})`);
  const { user, system } = process.cpuUsage(started);
  connection.closeSync();
  const [hits, rules] = reader.getRows()[0] as [number, number | null];
  checkHits(set, evaluation, tuples, hits, rules ?? 0);
  const rate = tuples.count / (user + system);
  return {
    structure: '',
    tuples: tuples.count,
    buildMs: null,
    firstPass: { best: rate, mean: rate, deviation: 0 },
    steady: null,
    hot: null,
    memoryBytes: null,
    resultSets: null,
  };
}

async function load(connection: DuckDBConnection, set: RuleSet, tuples: Tuples): Promise<void> {
  await connection.run('CREATE TABLE tuples(id UINTEGER, s UBIGINT, d UBIGINT, sp UINTEGER, dp UINTEGER, pr UINTEGER)');
  const rows = await connection.createAppender('tuples');
  for (let i = 0; i < tuples.count; i++) {
    rows.appendUInteger(i);
    rows.appendUBigInt(BigInt(tuples.source[i] as number));
    rows.appendUBigInt(BigInt(tuples.destination[i] as number));
    rows.appendUInteger(tuples.sourcePort[i] as number);
    rows.appendUInteger(tuples.destinationPort[i] as number);
    rows.appendUInteger(tuples.protocol[i] as number);
    rows.endRow();
  }
  rows.closeSync();
  const bounds = ['slo', 'shi', 'dlo', 'dhi', 'splo', 'sphi', 'dplo', 'dphi', 'prlo', 'prhi'];
  await connection.run(`CREATE TABLE bounds(id UINTEGER, ${bounds.map((bound) => `${bound} UBIGINT`).join(', ')})`);
  const rules = await connection.createAppender('bounds');
  for (let rule = 0; rule < set.count; rule++) {
    rules.appendUInteger(rule);
    for (let k = 0; k < bounds.length; k++) rules.appendUBigInt(BigInt(set.bounds[rule * 10 + k] as number));
    rules.endRow();
  }
  rules.closeSync();
  await connection.run('CREATE TABLE rules AS SELECT *, shi - slo + 1 AS ssize, dhi - dlo + 1 AS dsize FROM bounds');
}

function checkHits(set: RuleSet, evaluation: string, tuples: Tuples, hits: number, rules: number): void {
  const classifier = buildClassifier(toBoxes(set), evaluation as Evaluation, { ipv6Addresses: [], memoryBudgetBytes: 2 ** 27 });
  const out = new Uint32Array(tuples.count);
  const { count, source, destination, protocol, sourcePort, destinationPort } = tuples;
  classifier.classifyBatch(count, source, destination, protocol, sourcePort, destinationPort, out);
  let ownHits = 0;
  let ownRules = 0;
  for (const id of out) {
    for (const rule of classifier.resultSets[id]?.certain ?? []) {
      ownHits += 1;
      ownRules += rule;
    }
  }
  if (ownHits !== hits || ownRules !== rules) {
    throw new Error(`SQL finds ${hits} hits (rules add up to ${rules}) on ${set.name}, the classifier ${ownHits} (${ownRules})`);
  }
}
