import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { auditFiles, inTemporaryFolder } from '../support/audit-files.ts';
import {
  EPOCH_BASE,
  type FlowLayout,
  formatFlowLog,
  type GroupRuleNotation,
  parseRecord,
  writeText,
  writeVpcs,
} from '../support/aws-writer.ts';
import { DAY, expectSoundTotals, hits } from './tricky-audit.ts';

// Security groups remember connections for days: one that is open when its rule is taken away goes on, and nothing in force explains it.

const HTTPS: GroupRuleNotation = { id: 'https', sg: 's', dir: 'in', proto: 'tcp', ports: 443, peer: '0.0.0.0/0' };
const ALL_OUT: GroupRuleNotation = { id: 'all-out', sg: 's', dir: 'out', proto: '-1', peer: '0.0.0.0/0' };

const LONG_CONNECTION = [
  'eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2',
  'eni-w egress 10.0.0.5 198.51.100.7 443 50000 6 5 0 60 ACCEPT 18',
  `eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 ${DAY} ${DAY + 60} ACCEPT 0`,
  `eni-w egress 10.0.0.5 198.51.100.7 443 50000 6 5 ${DAY} ${DAY + 60} ACCEPT 0`,
];

describe('a connection of two days', () => {
  for (const layout of ['full', 'default'] as const) {
    test(`that outlives its rule uses none of the other direction (${layout} layout)`, async () => {
      const result = await auditTwoExports({ before: [HTTPS, ALL_OUT], after: [ALL_OUT], layout });
      const [certain] = hits(result, 'all-out');
      expect(certain).toBe(0);
    });

    test(`counts twice for a rule that stays (${layout} layout)`, async () => {
      const result = await auditTwoExports({ before: [HTTPS, ALL_OUT], after: [HTTPS, ALL_OUT], layout });
      const [certain, possible] = hits(result, 'https');
      // Without flags the replies might as well have been the openers: all-out would let them.
      expect([certain, possible]).toEqual(layout === 'full' ? [2, 2] : [0, 2]);
      expect(hits(result, 'all-out')[0]).toBe(0);
    });
  }
});

/** One interface; the rules of the day before the log, and those of the night after its first day. */
function auditTwoExports(given: {
  readonly before: readonly GroupRuleNotation[];
  readonly after: readonly GroupRuleNotation[];
  readonly layout: FlowLayout;
}): Promise<AuditResult> {
  return inTemporaryFolder(async (folder) => {
    const midnight = EPOCH_BASE + DAY / 2;
    const exportAt = (name: string, rules: readonly GroupRuleNotation[], time: number) => {
      const written = writeVpcs(join(folder, name), [{ enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] } }, rules }]);
      return [...written.rules, ...written.inventory].map((path) => `${path}@${new Date(time * 1000).toISOString().replace('.000', '')}`);
    };
    const result = await auditFiles({
      rules: [...exportAt('before', given.before, midnight - 2 * DAY), ...exportAt('after', given.after, midnight)],
      flows: [writeText(join(folder, 'flows.log'), formatFlowLog(LONG_CONNECTION.map(parseRecord), given.layout))],
    });
    expectSoundTotals(result);
    return result;
  });
}
