import { describe, expect, test } from 'vitest';
import type { Exposure } from '../../../src/core/evidence/exposure.ts';
import { partlyUnused } from '../../../src/core/findings/partly-unused.ts';
import { analyseStructure } from '../../../src/core/structure/analyse-structure.ts';
import { parseAddressRange } from '../../../src/model/address.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

const WATCHED: Exposure = {
  hours: 90 * 24,
  coverage: 1,
  effectiveDays: 90,
  emptyHourCells: [],
  hasSkippedRecords: false,
  hasUnknownGap: false,
  silentAttachments: 0,
  caughtHours: [],
};

/** The unused parts of a single rule after the given flows. */
function partsAfter(rule: string | Rule, flows: readonly string[], exposure = WATCHED) {
  const policy = policyOf([rule]);
  const seen = attribute(
    ruleBaseOf([policy]),
    flows.map((flow) => ({ flow: `eni-1 - ${flow}`, answered: true })),
  );
  const [first] = policy.rules;
  if (first === undefined) throw new Error('the policy has a rule');
  const rules = [{ policy, rule: first, usage: seen.of('fw/1'), graded: { grade: 'U' as const, reasons: [] }, exposure }];
  return (
    partlyUnused.detect({
      policies: [{ policy, analysis: analyseStructure(policy, () => 0), rules }],
      attachments: [],
      opposed: new Map(),
      windowDays: 90,
      logsShowAnswers: true,
    })[0]?.unusedParts ?? []
  );
}

describe('a rule of which half or more carried nothing', () => {
  test('ports: what was used and the gaps between', () => {
    const flows = ['tcp 192.0.2.1:5000 -> 10.0.0.5:8080', 'tcp 192.0.2.1:5000 -> 10.0.0.5:8082'];
    expect(partsAfter('permit tcp any -> any 8080-8089', flows)).toEqual([
      { axis: 'service', values: ['tcp/8081', 'tcp/8083-8089'], usedValues: ['tcp/8080', 'tcp/8082'] },
    ]);
  });

  test('ports: more than half used is no finding, and one port has no parts', () => {
    const used = [8080, 8081, 8082].map((port) => `tcp 192.0.2.1:5000 -> 10.0.0.5:${port}`);
    expect(partsAfter('permit tcp any -> any 8080-8084', used)).toEqual([]);
    expect(partsAfter('permit tcp any -> any 8080', ['tcp 192.0.2.1:5000 -> 10.0.0.5:8080'])).toEqual([]);
  });

  test('more than 64 distinct ports are many, not an unused rest', () => {
    const used = Array.from({ length: 65 }, (_, index) => `tcp 192.0.2.1:5000 -> 10.0.0.5:${2000 + index}`);
    expect(partsAfter('permit tcp any -> any 1024-65535', used)).toEqual([]);
    expect(partsAfter('permit tcp any -> any 1024-65535', used.slice(1))).toHaveLength(1);
  });

  test('protocols: any protocol, and only TCP was seen', () => {
    expect(partsAfter('permit any any -> any', ['tcp 192.0.2.1:5000 -> 10.0.0.5:8080'])).toEqual([
      { axis: 'service', values: ['every other protocol'], usedValues: ['tcp'] },
    ]);
  });

  test('addresses: sixteenths of a CIDR, joined to the largest blocks that fit', () => {
    expect(partsAfter('permit tcp 10.0.0.0/8 -> any 443', ['tcp 10.1.2.3:5000 -> 192.0.2.5:443'])).toEqual([
      { axis: 'source', values: ['10.16.0.0/12', '10.32.0.0/11', '10.64.0.0/10', '10.128.0.0/9'], usedValues: ['10.0.0.0/12'] },
    ]);
  });

  test('addresses: the entries of a list as they are written', () => {
    const rule = ruleOf('permit tcp any -> any 443');
    const ranges = ['10.0.0.1', '10.0.0.9', '10.9.0.0/16'].map((text) => {
      const parsed = parseAddressRange(text);
      if (!parsed.ok) throw new Error(parsed.reason);
      return parsed.range;
    });
    const products = rule.match.products
      .filter(({ family }) => family === 4)
      .map((product) => ({ ...product, source: { ranges, membership: null } }));
    expect(
      partsAfter({ ...rule, match: { products } }, ['tcp 10.0.0.9:5000 -> 192.0.2.5:443', 'tcp 10.0.0.1:5000 -> 192.0.2.5:443']),
    ).toEqual([{ axis: 'source', values: ['10.9.0.0/16'], usedValues: ['10.0.0.1', '10.0.0.9'] }]);
  });

  test('addresses: members of a group that never appeared', () => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> any 443');
    const members = [1n, 2n, 3n].map((last) => ({ family: 4 as const, first: 0x0a00_0000n + last, last: 0x0a00_0000n + last }));
    const products = rule.match.products.map((product) => ({
      ...product,
      source: { ...product.source, membership: { axis: 'member of sg-1', members } },
    }));
    expect(partsAfter({ ...rule, match: { products } }, ['tcp 10.0.0.2:5000 -> 192.0.2.5:443'])).toEqual([
      { axis: 'source', values: ['10.0.0.1', '10.0.0.3'], usedValues: ['10.0.0.2'] },
    ]);
  });

  test('the whole internet has no parts, and an hour of observation proves nothing', () => {
    expect(partsAfter('permit tcp any -> any 443', ['tcp 192.0.2.1:5000 -> 10.0.0.5:443'])).toEqual([]);
    expect(partsAfter('permit tcp any -> any 8080-8089', ['tcp 192.0.2.1:5000 -> 10.0.0.5:8080'], { ...WATCHED, hours: 1 })).toEqual([]);
  });
});
