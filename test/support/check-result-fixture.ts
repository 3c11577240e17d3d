import { type CheckResult, checkResultSchema, type Introduced } from '../../src/model/check-result.ts';
import type { PacketTotal } from '../../src/model/packet-area.ts';
import type { PolicyDifference } from '../../src/model/policy-diff.ts';

const total = (packets: string): PacketTotal => ({ packets, ipv4: packets, ipv6: '0' });

/** One thing that fails: an any-any rule that the change added. */
export function introducedItem(changes: Partial<Introduced> = {}): Introduced {
  return {
    id: 'C-00000000000000a1',
    kind: 'any-any',
    severity: 'critical',
    status: 'new',
    fails: true,
    policy: 'edge',
    rule: 'quick-fix',
    ruleKey: 'v1:5f2b6c0d7e8f9a01',
    asWritten: 'quick-fix permit any any -> any',
    sourceRef: { path: 'rules/edge.csv', line: 12 },
    cause: 'rule added',
    message:
      'The new rule quick-fix permits every service between all addresses. Name the sources, destinations and services it is needed for.',
    clause: null,
    packets: {
      count: {
        packets: '340282366920938463463374607431768211456',
        ipv4: '18446744073709551616',
        ipv6: '340282366920938463444927863358058659840',
      },
      regions: ['any 0.0.0.0/0 -> 0.0.0.0/0', 'any [::]/0 -> [::]/0'],
      regionsOmitted: 3,
      witness: 'tcp 203.0.113.9:40000 -> 10.1.0.5:22',
    },
    finding: null,
    ...changes,
  };
}

/** A later rule that an earlier one of the other action takes: with the finding of an audit, without packets of its own. */
export function shadowedItem(changes: Partial<Introduced> = {}): Introduced {
  return introducedItem({
    id: 'C-00000000000000b2',
    kind: 'shadowed',
    severity: 'high',
    rule: 'block-telnet',
    ruleKey: 'v1:aa55aa55aa55aa55',
    asWritten: 'block-telnet deny tcp any -> 10.0.0.0/8 23',
    sourceRef: { path: 'rules/edge.csv', line: 14 },
    cause: 'other rules changed',
    message: 'quick-fix, which stands above it, now takes all its packets and permits them. Move it above quick-fix.',
    packets: null,
    finding: {
      id: 'F-00000000000000b2',
      kind: 'shadowed',
      policy: 'edge',
      rule: 'block-telnet',
      relation: 'opposite',
      severity: 'high',
      status: 'new',
      coveredBy: [{ policy: 'edge', rule: 'quick-fix', packets: '65536', share: '1' }],
      witness: null,
      proof: null,
      evidence: { grade: 'P', reasons: [] },
      removal: { changesDecisions: false, safeAlone: true },
      explanation: 'Earlier rules take all its packets.',
    },
    ...changes,
  });
}

/** A violation of a clause, which only a warning is made of. */
export function riskyItem(changes: Partial<Introduced> = {}): Introduced {
  return introducedItem({
    id: 'C-00000000000000c3',
    kind: 'risky-service',
    severity: 'medium',
    fails: false,
    rule: 'backup',
    ruleKey: 'v1:0102030405060708',
    asWritten: 'backup permit tcp 10.2.0.0/24 -> 10.9.0.0/28 445',
    sourceRef: { path: 'rules/edge.csv', line: 20 },
    cause: 'rule edited',
    message: 'backup now permits SMB into the card zone.',
    clause: { id: 'tcp/445', title: 'risky service SMB (tcp/445)', line: 41 },
    packets: {
      count: total('4096'),
      regions: ['tcp 10.2.0.0/24 -> 10.9.0.0/28:445'],
      regionsOmitted: 0,
      witness: 'tcp 10.2.0.1:40000 -> 10.9.0.1:445',
    },
    ...changes,
  });
}

export function policyDifference(changes: Partial<PolicyDifference> = {}): PolicyDifference {
  const by = (rule: string) => ({ rules: [{ policy: 'edge', rule }], omitted: 0, complete: true });
  return {
    before: 'edge',
    after: 'edge',
    equal: false,
    complete: true,
    widened: total('340282366920938463463374607431768211456'),
    narrowed: total('256'),
    otherwise: total('0'),
    areas: [
      {
        change: 'widened',
        count: total('340282366920938463463374607431768211456'),
        regions: ['any 0.0.0.0/0 -> 0.0.0.0/0', 'any [::]/0 -> [::]/0'],
        regionsOmitted: 3,
        witness: 'tcp 203.0.113.9:40000 -> 10.1.0.5:22',
        cases: [
          {
            when: [],
            before: { verdict: 'deny', attributes: {}, by: by('default') },
            after: { verdict: 'permit', attributes: {}, by: by('quick-fix') },
          },
        ],
      },
      {
        change: 'narrowed',
        count: total('256'),
        regions: ['udp 10.2.0.0/24 -> 10.9.0.7:514'],
        regionsOmitted: 0,
        witness: 'udp 10.2.0.1:40000 -> 10.9.0.7:514',
        cases: [
          {
            when: [{ unknown: 'schedule "nights"', holds: false }],
            before: { verdict: 'permit', attributes: { log: 'yes' }, by: by('syslog') },
            after: { verdict: 'deny', attributes: {}, by: by('default') },
          },
        ],
      },
    ],
    areasOmitted: null,
    rules: [
      {
        change: 'added',
        before: null,
        after: { rule: 'quick-fix', asWritten: 'quick-fix permit any', sourceRef: { path: 'rules/edge.csv', line: 12 } },
        changesPackets: true,
      },
    ],
    rulesOmitted: 0,
    notes: ['The default of the policy was not stated before.'],
    ...changes,
  };
}

/** A change that fails: two things that must not get in, one warning, one accepted. Everything a result can hold is in it. */
export function checkResultFixture(changes: Partial<CheckResult> = {}): CheckResult {
  return checkResultSchema.parse({
    schemaVersion: 1,
    tool: { name: 'rulesweep', version: '0.1.0' },
    asOf: '2026-11-01T00:00:00Z',
    passed: false,
    complete: true,
    incompleteBecause: [],
    failsOn: ['shadowed', 'redundant', 'any-any', 'zone-matrix'],
    introduced: [
      introducedItem(),
      shadowedItem(),
      riskyItem(),
      riskyItem({ id: 'C-00000000000000d4', rule: 'legacy', status: 'accepted' }),
    ],
    resolved: { redundant: 2 },
    remaining: { shadowed: 1, redundant: 7 },
    policies: [policyDifference()],
    unchangedPolicies: 3,
    flows: {
      window: { from: '2026-08-01T00:00:00Z', to: '2026-11-01T00:00:00Z', days: 92 },
      policies: [
        {
          policy: 'edge',
          certain: 120,
          possible: 140,
          acceptedNowDenied: 20,
          rejectedNowPermitted: 120,
          samples: [{ flow: 'tcp 203.0.113.9 -> 10.1.0.5:22', connections: 100, change: 'widened' }],
        },
      ],
    },
    notes: ['The interfaces were not given, so each policy was judged alone.'],
    inputs: [],
    diagnostics: [
      {
        severity: 'warning',
        code: 'DECISION_EXPIRED',
        message: 'The decision of ops about any-any expired on 2026-10-01.',
        path: 'decisions.yaml',
        line: 4,
      },
      { severity: 'info', code: 'HOST_BITS', message: '10.0.0.1/8 was read as 10.0.0.0/8.', count: 3 },
    ],
    ...changes,
  });
}

/** A change without anything to object to. */
export function passingResult(changes: Partial<CheckResult> = {}): CheckResult {
  const nothing: Partial<CheckResult> = {
    passed: true,
    introduced: [],
    resolved: {},
    remaining: {},
    policies: [],
    flows: null,
    notes: [],
    diagnostics: [],
  };
  return checkResultFixture({ ...nothing, ...changes });
}
