import { describe, expect, test } from 'vitest';
import { auditFactsOf, usageOf } from '../../../src/core/explain/audit-facts.ts';
import { explainPacket } from '../../../src/core/explain/explain-packet.ts';
import { type Explanation, explanationSchema } from '../../../src/model/explanation.ts';
import { deviceChecks } from '../../../src/report/explain/device-checks.ts';
import { renderExplanation } from '../../../src/report/explain/index.ts';
import { auditResultFixture, HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { packetOf } from '../../support/packets.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

const result = auditResultFixture();
const PLAIN = { color: false, width: 80 };

describe('the text of an explanation', () => {
  test('of any rule and any finding is fit for a terminal, whatever strangers wrote', () => {
    const explanations = [...allRules(), ...allFindings()];
    expect(explanations.length).toBeGreaterThan(20);
    for (const explanation of explanations) {
      const text = renderExplanation(explanation, 'text', PLAIN);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
      expect(text.replace(/\n/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      // Commands and places are never cut: people copy them.
      const [facts = ''] = text.split('\nLook for yourself\n');
      for (const line of facts.split('\n').filter((each) => !each.startsWith('  read from')))
        expect([...line].length).toBeLessThanOrEqual(80);
    }
  });

  test('of a packet names hostile rules without obeying them', () => {
    const rules = HOSTILE_TEXTS.map((text, index) =>
      ruleOf('permit tcp any -> any 80', { id: `${index}${text}`, asWritten: text, name: text }),
    );
    const facts = explainPacket(ruleBaseOf([policyOf(rules, { id: HOSTILE_TEXTS[0] ?? '' })]), packetOf('tcp 10.0.0.1 -> 10.0.0.2:80'), {
      interface: null,
      direction: null,
    });
    const text = renderExplanation({ schemaVersion: 1, tool: result.tool, subject: 'packet', ...facts, inputs: [] }, 'text', PLAIN);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(text.replace(/\n/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
  });

  test('in JSON is the document of the schema', () => {
    for (const explanation of [...allRules(), ...allFindings()]) {
      expect(explanationSchema.parse(JSON.parse(renderExplanation(explanation, 'json', PLAIN)))).toEqual(
        JSON.parse(JSON.stringify(explanation)),
      );
    }
  });

  test('lists at most five near misses and counts the others', () => {
    const rules = Array.from({ length: 30 }, (_, index) => ruleOf(`permit tcp any -> any ${1000 + index}`, { id: `r${index}` }));
    const facts = explainPacket(ruleBaseOf([policyOf(rules)]), packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:80'), {
      interface: null,
      direction: null,
    });
    const text = renderExplanation({ schemaVersion: 1, tool: result.tool, subject: 'packet', ...facts, inputs: [] }, 'text', PLAIN);
    expect(text.match(/^ +near /gm)).toHaveLength(5);
    expect(text).toContain('destination port 80 is not 1000 [permit tcp any -> any 1000]');
    expect(text).toContain('25 other rules do not match');
    expect(facts.points[0]?.layers[0]?.policies[0]?.considered).toHaveLength(30);
  });
});

describe('how to look at the device', () => {
  const [policy] = result.policies;
  if (policy === undefined) throw new Error('the fixture has policies');
  const [rule = null] = policy.rules;

  test('hostile ids cannot leave their word of the command', () => {
    const checks = deviceChecks({ ...policy, format: 'aws-security-group', nativeId: "sg-1'; rm -rf ~ #" }, null);
    expect(checks[0]?.command).toBe(`aws ec2 describe-security-group-rules --filters 'Name=group-id,Values=sg-1'\\''; rm -rf ~ #'`);
    expect(deviceChecks({ ...policy, format: 'aws-security-group', nativeId: 'sg-1\nrm' }, null)).toEqual([]);
  });

  test('of a platform whose commands we do not know is the place in its export', () => {
    expect(deviceChecks({ ...policy, format: 'rules-csv' }, rule)).toHaveLength(1);
  });
});

function allRules(): Explanation[] {
  return result.policies.flatMap((policy) =>
    [...policy.rules.map(({ id }) => id), 'default'].map((id): Explanation => {
      const ref = { policy: policy.id, rule: id };
      const findings = result.findings.filter((finding) => finding.policy === ref.policy && finding.rule === ref.rule);
      const facts = auditFactsOf(result, policy, ref);
      return {
        ...facts,
        subject: 'rule',
        ref,
        usage: usageOf(policy, ref),
        findings,
        decides: null,
        checks: deviceChecks(policy, facts.rule),
        notes: [],
      };
    }),
  );
}

function allFindings(): Explanation[] {
  return result.findings.flatMap((finding): Explanation[] => {
    const policy = result.policies.find(({ id }) => id === finding.policy);
    if (policy === undefined) return [];
    const facts = auditFactsOf(result, policy, finding);
    return [{ ...facts, subject: 'finding', finding, checks: deviceChecks(policy, facts.rule, finding.kind), notes: [] }];
  });
}
