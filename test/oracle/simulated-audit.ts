import { join } from 'node:path';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { auditFiles } from '../support/audit-files.ts';
import {
  type FlowLayout,
  type FlowRecord,
  formatFlowLog,
  type GroupRuleNotation,
  type StatusRecord,
  type VpcNotation,
  type WrittenVpcs,
  writeText,
  writeVpcs,
} from '../support/aws-writer.ts';
import type { SimulatedVpc } from '../support/vpc-simulator/simulate.ts';

const SIMULATION_START = Date.UTC(2026, 0, 5) / 1000;
const DAY = 86_400;

/** Whole UTC days from a fixed one. */
export function simulatedDays(days: number): { start: number; end: number } {
  return { start: SIMULATION_START, end: SIMULATION_START + days * DAY };
}

/** Which exports the auditor has: one without a date, or dated ones from before the first record, the second day, after the last record. */
export type Snapshots = 'undated' | 'before' | 'before-and-after' | 'three';

/** Files of simulated VPCs, ready to be audited together. */
export interface SimulatedFiles {
  readonly rules: readonly string[];
  readonly inventory: readonly string[];
  readonly flows: readonly string[];
}

/** One export of all VPCs, and a flow log of each. */
export function writeSimulation(folder: string, vpcs: readonly SimulatedVpc[], snapshots: Snapshots): SimulatedFiles {
  const exports = writeExports(folder, vpcs, snapshots);
  return { ...exports, flows: vpcs.map((vpc) => writeLog(folder, `${vpc.seed}.log`, vpc.lines, vpc.layout)) };
}

export function writeLog(folder: string, name: string, lines: readonly (FlowRecord | StatusRecord)[], layout: FlowLayout): string {
  return writeText(join(folder, 'flows', name), formatFlowLog(lines, layout));
}

const BEFORE = SIMULATION_START - 4 * DAY;
const SECOND_DAY = SIMULATION_START + DAY;
const AFTER = SIMULATION_START + 360 * DAY;

const EXPORT_TIMES: Readonly<Record<Exclude<Snapshots, 'undated'>, readonly number[]>> = {
  before: [BEFORE],
  'before-and-after': [BEFORE, AFTER],
  three: [BEFORE, SECOND_DAY, AFTER],
};

function writeExports(folder: string, vpcs: readonly SimulatedVpc[], snapshots: Snapshots): WrittenVpcs {
  const exportsAt = (time: number) => vpcs.map((vpc) => vpc.exportAt(time));
  if (snapshots === 'undated') return writeVpcs(join(folder, 'export'), exportsAt(AFTER));
  const written = EXPORT_TIMES[snapshots].map((time) => {
    const date = new Date(time * 1000).toISOString().replace('.000', '');
    return dated(writeVpcs(join(folder, `export-${time}`), exportsAt(time)), date);
  });
  return { rules: written.flatMap((files) => files.rules), inventory: written.flatMap((files) => files.inventory) };
}

function dated(written: WrittenVpcs, date: string): WrittenVpcs {
  const withDate = (path: string) => `${path}@${date}`;
  return { rules: written.rules.map(withDate), inventory: written.inventory.map(withDate) };
}

/** What an audit speaks of. */
export function newestExport(vpc: SimulatedVpc): VpcNotation {
  return vpc.exportAt(AFTER);
}

export function auditedRules(vpc: SimulatedVpc): readonly GroupRuleNotation[] {
  return newestExport(vpc).rules ?? [];
}

export function auditSimulation(files: SimulatedFiles): Promise<AuditResult> {
  return auditFiles({ rules: files.rules, inventory: files.inventory, flows: files.flows });
}
