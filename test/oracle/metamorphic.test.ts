import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { inTemporaryFolder } from '../support/audit-files.ts';
import { type FlowRecord, parseRecord, type StatusRecord, type VpcNotation, writeVpcs } from '../support/aws-writer.ts';
import { randomOf } from '../support/vpc-simulator/random.ts';
import { type SimulatedVpc, shuffle, simulateVpc } from '../support/vpc-simulator/simulate.ts';
import {
  auditedRules,
  auditSimulation,
  newestExport,
  type SimulatedFiles,
  simulatedDays,
  writeLog,
  writeSimulation,
} from './simulated-audit.ts';

const SEEDS = [11, 12, 13, 14, 15, 16, 17, 18];

describe('what must not matter does not matter', () => {
  test('the order of log lines, and how they are cut into files', async () => {
    await compare((folder, files, vpcs) => {
      const random = randomOf(1);
      const flows = vpcs.flatMap((vpc) => {
        const lines = shuffle(random, vpc.lines);
        const cut = random.int(1, Math.max(1, lines.length - 1));
        return [lines.slice(0, cut), lines.slice(cut)]
          .filter((part) => part.length > 0)
          .map((part, index) => writeLog(folder, `${vpc.seed}-${index}.log`, part, vpc.layout));
      });
      return { ...files, flows: shuffle(random, flows) };
    }, withoutInputs);
  });

  test('the order of rules that are not ordered', async () => {
    await compare((folder, files, vpcs) => {
      const random = randomOf(2);
      const reordered = vpcs.map((vpc): VpcNotation => ({ ...newestExport(vpc), rules: shuffle(random, auditedRules(vpc)) }));
      return { ...files, ...writeVpcs(join(folder, 'reordered'), reordered) };
    }, usageByDescription);
  });

  test('a log that is given twice, under its own name or as a copy', async () => {
    await compare((folder, files, vpcs) => {
      const copies = vpcs.map((vpc) => writeLog(folder, `copy-of-${vpc.seed}.log`, vpc.lines, vpc.layout));
      return { ...files, flows: [...files.flows, ...files.flows, ...copies] };
    }, withoutCopies);
  });

  test('an interface that has nothing to do with the others', async () => {
    const stranger: VpcNotation = {
      id: 'vpc-stranger',
      cidr: '10.0.0.0/16',
      enis: { 'eni-stranger': { ip: '10.0.1.10', sgs: ['sg-stranger'] } },
      rules: [{ id: 'stranger', sg: 'sg-stranger', dir: 'in', proto: 'tcp', ports: 443, peer: '0.0.0.0/0' }],
    };
    const day = simulatedDays(3).start;
    const seen = parseRecord('eni-stranger ingress 198.51.100.1 10.0.1.10 50000 443 6 5 0 60 ACCEPT 2');
    const lines: (FlowRecord | StatusRecord)[] = [{ ...seen, start: day + 40_000, end: day + 40_060 }];
    await compare(
      (folder, files, vpcs) => {
        const exports = writeVpcs(join(folder, 'with-stranger'), [...vpcs.map(newestExport), stranger]);
        return { ...exports, flows: [...files.flows, writeLog(folder, 'stranger.log', lines, 'full')] };
      },
      (result) => usageByDescription(result).filter((line) => !line.includes('stranger')),
    );
  });
});

/** Audits simulated networks as they are and changed, and expects the same of both. */
function compare(
  change: (folder: string, files: SimulatedFiles, vpcs: readonly SimulatedVpc[]) => SimulatedFiles,
  view: (result: AuditResult) => unknown,
): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const vpcs = SEEDS.map((seed) => simulateVpc(seed, { period: simulatedDays(3), statusLines: 'some', rules: 'constant' }));
    const files = writeSimulation(folder, vpcs, 'undated');
    const before = await auditSimulation(files);
    const after = await auditSimulation(change(folder, files, vpcs));
    expect(before.traffic?.connections).toBeGreaterThan(50);
    expect(view(after)).toEqual(view(before));
  });
}

function withoutInputs(result: AuditResult): unknown {
  const { inputs: _inputs, diagnostics: _diagnostics, ...rest } = result;
  return rest;
}

/** A copied file is counted as read and as skipped, and nowhere else. */
function withoutCopies(result: AuditResult): unknown {
  const { traffic } = result;
  if (traffic === null) throw new Error('the audit has no traffic');
  const { DUPLICATE_FILE: copied = 0, ...skippedByReason } = traffic.skippedByReason;
  return withoutInputs({ ...result, traffic: { ...traffic, records: traffic.records - copied, skippedByReason } });
}

/** One line per rule: ids and ranks follow the order of the export, so that rules are named by their description. */
function usageByDescription(result: AuditResult): string[] {
  return result.policies
    .flatMap((policy) => [
      ...policy.rules.map((rule) =>
        JSON.stringify([policy.id, rule.description, rule.usage, rule.evidence?.grade, rule.evidence?.reasons]),
      ),
      JSON.stringify([policy.id, 'default', policy.defaultUsage]),
    ])
    .sort();
}
