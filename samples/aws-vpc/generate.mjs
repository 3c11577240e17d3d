import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { exportDocuments } from './exports.mjs';
import { ACCOUNT, REGION } from './network.mjs';
import { guardrailsText, rhythmsOf } from './rhythms.mjs';
import { rulesPage } from './rules-page.mjs';
import { DAY_COUNT, FIRST_DAY, logDay } from './traffic.mjs';
import { truthOf } from './truth.mjs';

const FLOW_LOG_ID = 'fl-0a1b2c3d4e5f60718';
/** The dates of the two exports: before the first day, and after the last. */
const EXPORTS = { first: '2025-12-31', last: '2026-04-11' };

/**
 * Writes the sample into a folder: `node samples/aws-vpc/generate.mjs [FOLDER]` (default: beside this file). No clock and no outside input:
 * running it again gives the same bytes (of the compressed logs: with the same zlib; always the same text).
 */
async function generate(folder) {
  await Promise.all(['AWSLogs', 'exports'].map((name) => rm(join(folder, name), { recursive: true, force: true })));
  const records = { total: 0, accepted: 0, NODATA: 0, SKIPDATA: 0 };
  const sightings = [];
  for (let index = 0; index < DAY_COUNT; index += 1) {
    const log = logDay(index);
    await writeDay(folder, log);
    for (const sighting of log.sightings.values()) sightings.push(sighting);
    for (const status of ['accepted', 'NODATA', 'SKIPDATA']) records[status] += log.counts[status];
    records.total += log.lines.length;
  }
  for (const [when, date] of Object.entries(EXPORTS)) {
    for (const [name, document] of exportDocuments(when))
      await write(join(folder, 'exports', date, `${name}.json`), `${JSON.stringify(document, null, 4)}\n`);
  }
  const truth = { ...truthOf(sightings, records), rhythms: rhythmsOf(FIRST_DAY, DAY_COUNT) };
  await write(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
  const copy = Object.entries(truth.rules)
    .find(([, { findings }]) => findings.includes('duplicate'))[0]
    .split('/')[1];
  await write(join(folder, 'guardrails.yaml'), guardrailsText(copy));
  await write(join(folder, 'RULES.md'), rulesPage(truth));
}

async function writeDay(folder, log) {
  const [year, month, day] = new Date(log.dayStart * 1000).toISOString().slice(0, 10).split('-');
  const suffix = createHash('sha256').update(`${FLOW_LOG_ID}/${log.dayStart}`).digest('hex').slice(0, 8);
  const name = `${ACCOUNT}_vpcflowlogs_${REGION}_${FLOW_LOG_ID}_${year}${month}${day}T0000Z_${suffix}.log.gz`;
  const packed = gzipSync(log.toText(), { level: 9 });
  packed.fill(0, 4, 8); // when it was compressed: never
  packed[9] = 255; // on which system: unknown
  await write(join(folder, 'AWSLogs', ACCOUNT, 'vpcflowlogs', REGION, year, month, day, name), packed);
}

async function write(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

await generate(process.argv[2] ?? dirname(fileURLToPath(import.meta.url)));
