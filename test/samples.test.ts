import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type MapEdge, mapEdgeSchema } from '../src/model/application-map.ts';
import type { AuditedRule, AuditResult } from '../src/model/audit-result.ts';
import { backtestSchema, missForecastSchema } from '../src/model/backtest.ts';
import { auditFiles } from './support/audit-files.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SAMPLE = 'samples/aws-vpc';

const ruleTruthSchema = z.strictObject({
  why: z.string(),
  connections: z.int(),
  possible: z.int(),
  answered: z.int(),
  grade: z.string(),
  findings: z.array(z.string()),
});
const defaultTruthSchema = ruleTruthSchema.pick({ why: true, connections: true, possible: true, answered: true });
type RuleTruth = z.infer<typeof ruleTruthSchema>;

const truthSchema = z.strictObject({
  rules: z.record(z.string(), ruleTruthSchema),
  policies: z.record(
    z.string(),
    z.union([z.strictObject({ unattached: z.literal(true) }), z.strictObject({ default: defaultTruthSchema })]),
  ),
  records: z.strictObject({ total: z.int(), accepted: z.int(), NODATA: z.int(), SKIPDATA: z.int() }),
  unattributable: z.int(),
  unexplained: z.int(),
  backtest: backtestSchema,
  missForecast: missForecastSchema.omit({ planned: true }),
  map: z.array(mapEdgeSchema),
  rhythms: z.strictObject({
    uses: z.array(z.strictObject({ use: z.string(), hours: z.number(), interfacesSure: z.int() })),
    calendar: z.array(
      z.strictObject({ name: z.string(), date: z.string(), days: z.array(z.strictObject({ day: z.string(), coveredHours: z.int() })) }),
    ),
    blindHour: z.int(),
  }),
});

async function readTruth(): Promise<z.infer<typeof truthSchema>> {
  return truthSchema.parse(JSON.parse(await readFile(join(ROOT, SAMPLE, 'truth.json'), 'utf8')));
}

describe('the generator of the sample', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rulesweep-sample-'));
    await promisify(execFile)(process.execPath, [join(ROOT, SAMPLE, 'generate.mjs'), folder]);
  }, 60_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('writes the files that are committed, byte for byte', async () => {
    const generated = await filesBelow(folder);
    const committed = (await filesBelow(join(ROOT, SAMPLE))).filter((path) => !path.endsWith('.mjs'));
    expect(committed).toEqual(generated);
    const different: string[] = [];
    for (const path of generated) {
      const [fresh, kept] = await Promise.all([readFile(join(folder, path)), readFile(join(ROOT, SAMPLE, path))]);
      if (!contentOf(path, fresh).equals(contentOf(path, kept))) different.push(path);
    }
    expect(different).toEqual([]);
  });

  test('puts neither a time nor an operating system into a compressed log', async () => {
    const packed = (await filesBelow(folder)).filter((path) => path.endsWith('.gz'));
    expect(packed).toHaveLength(100);
    for (const path of packed) {
      const header = (await readFile(join(folder, path))).subarray(4, 10);
      expect([...header.subarray(0, 4), header[5]], path).toEqual([0, 0, 0, 0, 255]);
    }
  });

  test('shares no code with the product', async () => {
    const sources = (await filesBelow(join(ROOT, SAMPLE))).filter((path) => path.endsWith('.mjs'));
    expect(sources).toContain('generate.mjs');
    for (const path of sources) {
      const text = await readFile(join(ROOT, SAMPLE, path), 'utf8');
      for (const [, from] of text.matchAll(/from '([^']+)'/g)) expect(from, path).toMatch(/^(node:|\.\/[a-z-]+\.mjs$)/);
      expect(text, path).not.toMatch(/\bimport\(|\brequire\(/);
    }
  });
});

/** Another zlib may pack the same text into other bytes, so of a compressed log the text counts. */
function contentOf(path: string, bytes: Buffer): Buffer {
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

describe('the audit of the sample', () => {
  let result: AuditResult;

  beforeAll(async () => {
    result = await auditFiles({
      rules: [`${SAMPLE}/exports/2025-12-31@2025-12-31T00:00:00Z`, `${SAMPLE}/exports/2026-04-11@2026-04-11T00:00:00Z`],
      flows: [`${SAMPLE}/AWSLogs`],
      guardrails: `${SAMPLE}/guardrails.yaml`,
      threads: 2,
    });
  }, 60_000);

  test('says about every rule what truth.json says', async () => {
    const truth = await readTruth();
    const audited = new Map(
      result.policies.flatMap(({ id, rules }) => rules.map((rule): [string, AuditedRule] => [`${id}/${rule.id}`, rule])),
    );
    expect([...audited.keys()].sort()).toEqual(Object.keys(truth.rules).sort());
    const differences = Object.entries(truth.rules).flatMap(([ref, expected]) => differencesOf(ref, expected, audited.get(ref), result));
    expect(differences).toEqual([]);
  });

  test('reports exactly the groups on no interface as unattached', async () => {
    const truth = await readTruth();
    const unattached = new Set(
      result.findings.filter(({ kind }) => kind === 'unattached').map(({ policy }) => policy.replace(/:(in|out)$/, '')),
    );
    const expected = Object.entries(truth.policies).filter(([, policy]) => 'unattached' in policy);
    expect([...unattached].sort()).toEqual(expected.map(([group]) => group).sort());
  });

  test('counts what the network ACLs deny by default', async () => {
    const truth = await readTruth();
    const expected = Object.entries(truth.policies).flatMap(([id, policy]) => ('default' in policy ? [{ id, ...policy.default }] : []));
    expect(expected).toHaveLength(4);
    const audited = expected.map(({ id, why }) => {
      const usage = result.policies.find((policy) => policy.id === id)?.defaultUsage;
      return { id, why, connections: usage?.certain, possible: usage?.possible, answered: usage?.answered };
    });
    expect(audited).toEqual(expected);
  });

  test('accounts for every record of the logs', async () => {
    const { records } = await readTruth();
    const flows = result.inputs.filter(({ role }) => role === 'flows');
    const sum = (count: (input: (typeof flows)[number]) => number) => flows.reduce((total, input) => total + count(input), 0);
    expect({
      total: sum((input) => input.records),
      accepted: sum((input) => input.accepted),
      NODATA: sum((input) => input.skippedByReason['NODATA'] ?? 0),
      SKIPDATA: sum((input) => input.skippedByReason['SKIPDATA'] ?? 0),
      skipped: sum((input) => input.skipped),
    }).toEqual({ ...records, skipped: records.NODATA + records.SKIPDATA });
  });

  test('counts the connections that no interface and no rule explains', async () => {
    const truth = await readTruth();
    expect({ unattributable: result.traffic?.unattributable, unexplained: result.traffic?.unexplained }).toEqual({
      unattributable: truth.unattributable,
      unexplained: truth.unexplained,
    });
  });

  test('backtests "unused" as the made-up connections do', async () => {
    const { backtest, missForecast } = await readTruth();
    expect(backtest.splits.map(({ silent }) => silent).every((silent) => silent > 0)).toBe(true);
    expect(result.traffic?.backtest).toEqual(backtest);
    const { planned, ...forecast } = result.plan.missForecast ?? {};
    expect(forecast).toEqual(missForecast);
    expect(planned?.rules).toBe(result.plan.removals.filter(({ effect }) => effect === 'narrows').length);
  });

  test('maps who talks to whom on what, every connection once, as the made-up connections do', async () => {
    const { map } = await readTruth();
    const audited = result.traffic?.applicationMap;
    const names = new Map(audited?.nodes.map(({ id, name }) => [id, name]));
    const edges = audited?.edges.map((edge) => ({
      ...edge,
      source: names.get(edge.source) ?? '',
      destination: names.get(edge.destination) ?? '',
    }));
    expect(sortedEdges(edges ?? [])).toEqual(sortedEdges(map));
    expect(audited?.total.sightings).toBe(result.traffic?.connections);
    expect(audited?.omitted).toEqual({ nodes: 0, edges: 0, connections: 0, sightings: 0, bytes: '0' });
  });

  test('says which regular uses and which dates of the business the logs would have shown', async () => {
    const { rhythms } = await readTruth();
    const detection = result.traffic?.detection;
    const uses = detection?.uses.map(({ use, caughtHours, byInterface }) => ({ use, hours: caughtHours, interfacesSure: byInterface.yes }));
    expect(uses).toEqual(rhythms.uses);
    const blind = detection?.week.blindInterfaces.flatMap((count, hour) => (count > 0 ? [[hour % 24, count]] : []));
    expect(blind).toEqual(new Array(7).fill([rhythms.blindHour, 1]));
    expect(detection?.calendar.map(({ name, date, days }) => ({ name, date, days }))).toEqual(rhythms.calendar);
  });

  test('leaves the rules alone that its guardrails protect', () => {
    const protectedOnes = result.plan.notProposed.filter(({ reason }) => reason === 'PROTECTED');
    expect(protectedOnes.map(({ detail }) => detail)).toEqual([
      `protectedRules, ${SAMPLE}/guardrails.yaml:6: a vendor checks for it. Its owners decide.`,
    ]);
    expect(protectedOnes[0]?.because).toEqual(result.findings.filter(({ kind }) => kind === 'duplicate').map(({ id }) => id));
    expect(result.plan.removals.map(({ rule }) => rule)).not.toContain(protectedOnes[0]?.rule);
  });

  test('covers the 100 days from the first record to the last', () => {
    expect(result.window).toEqual({ from: '2026-01-01T00:00:00Z', to: '2026-04-11T00:00:00Z', days: 100 });
    expect(result.complete, result.incompleteBecause.join(' ')).toBe(true);
  });
});

/** Edges of unknown opener have no order of their own: here the smaller name stands first. */
function sortedEdges(edges: readonly MapEdge[]): readonly MapEdge[] {
  const turned = edges.map((edge) => {
    const isTurned = edge.orientation === 'unknown' && edge.destination < edge.source;
    return isTurned ? { ...edge, source: edge.destination, destination: edge.source } : edge;
  });
  const key = ({ source, destination, service, orientation }: MapEdge): string => [source, destination, service, orientation].join('|');
  return turned.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** One sentence for each field in which the audit and the truth differ. */
function differencesOf(ref: string, expected: RuleTruth, rule: AuditedRule | undefined, { findings }: AuditResult): string[] {
  const [policy, id] = ref.split('/');
  const kinds = findings
    .filter((finding) => finding.policy === policy && finding.rule === id && finding.kind !== 'unattached')
    .map(({ kind }) => kind);
  const { usage, evidence } = rule ?? {};
  const fields: readonly (readonly [string, unknown, unknown])[] = [
    ['certain connections', expected.connections, usage?.certain],
    ['possible connections', expected.possible, usage?.possible],
    ['answered connections', expected.answered, usage?.answered],
    ['grade', expected.grade, evidence?.grade],
    ['findings', expected.findings.join(' '), kinds.sort().join(' ')],
  ];
  return fields
    .filter(([, truth, audited]) => truth !== audited)
    .map(
      ([field, truth, audited]) =>
        `${ref} (${rule?.asWritten}): ${field}: truth says "${truth}", the audit "${audited}" (${expected.why}) ${evidence?.reasons.join(' ')}`,
    );
}
