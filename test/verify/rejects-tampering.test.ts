import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditWithProofs, type ProvenAudit } from '../../src/audit.ts';
import { toProofLine } from '../../src/core/proof/proof-line.ts';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { formatProofPacket, type ProofDocument, type ProofPart } from '../../src/model/proof.ts';
import { auditRequest } from '../support/audit-files.ts';
import { type Edit, edited, problemsOf, temporaryFolder, verifyFiles, writeAudit, writeRules } from './verify-support.ts';

// A policy with a finding of every kind that is proven.
const ROWS = [
  'fw,web,permit,tcp,10.0.0.0/8,,192.0.2.10,443',
  'fw,block,deny,tcp,10.1.0.0/16,,192.0.2.0/24,80',
  'fw,low,permit,tcp,1.2.3.0/25,,198.51.100.0/24,22',
  'fw,high,permit,tcp,1.2.3.128/25,,198.51.100.0/24,22',
  'fw,ssh,permit,tcp,1.2.3.0/24,,198.51.100.0/24,22',
  'fw,lost,permit,tcp,10.1.2.0/24,,192.0.2.7,80',
  'fw,inner,permit,tcp,10.9.0.0/16,,192.0.2.10,443',
  'fw,copy,permit,tcp,10.0.0.0/8,,192.0.2.10,443',
  'fw,off,permit,udp,any,,any,53,false',
  'fw,all,permit,tcp,10.0.0.0/8,,192.0.2.0/24,any',
];

let proven: ProvenAudit;
let folder: string;
let rules: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rulesweep-tampered-'));
  rules = writeRules(folder, ROWS);
  proven = await auditWithProofs(auditRequest({ rules: [rules] }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Verifies a copy of the audit with something changed. */
async function afterEdit(edit: Edit): Promise<readonly string[]> {
  const own = temporaryFolder();
  return problemsOf(writeAudit(own, edited(proven, edit)), [rules]);
}

function parse(line: string): ProofDocument {
  return JSON.parse(line) as ProofDocument;
}

/** Replaces the proof of a finding or step, and makes the finding name the new one: a forger who knows how hashes work. */
function forge(
  { result, lines }: { result: AuditResult; lines: string[] },
  isIt: (proof: ProofDocument) => boolean,
  change: (proof: ProofDocument) => ProofDocument,
): void {
  const at = lines.findIndex((line) => isIt(parse(line)));
  if (at < 0) throw new Error('no such proof');
  const before = parse(lines[at] ?? '');
  const { text, sha256, type } = toProofLine(change(before));
  lines[at] = text;
  const finding = 'finding' in before ? result.findings.find(({ id }) => id === before.finding) : undefined;
  if (finding !== undefined) finding.proof = { type, sha256 };
}

const ofRule =
  (rule: string, type: ProofDocument['type'] = 'partition') =>
  (proof: ProofDocument): boolean =>
    proof.type === type && 'rule' in proof && proof.rule === rule;

const changeTree =
  (change: (tree: ProofPart['tree']) => ProofPart['tree']) =>
  (proof: ProofDocument): ProofDocument =>
    proof.type === 'partition' || proof.type === 'removal'
      ? { ...proof, parts: proof.parts.map((part) => ({ ...part, tree: change(part.tree) })) }
      : proof;

test('as written it is accepted: two kinds of cover, a copy, steps of the plan and witnesses', async () => {
  const verification = await verifyFiles(writeAudit(temporaryFolder(), proven), [rules]);
  expect(verification).toMatchObject({ kind: 'checked', problems: [], facts: 1 });
  expect(proven.result.findings.filter(({ proof }) => proof !== null).map(({ kind, rule }) => `${kind} ${rule}`)).toEqual(
    expect.arrayContaining([
      'redundant inner',
      'duplicate copy',
      'shadowed lost',
      'redundant ssh',
      'redundant low',
      'redundant high',
      'redundant web',
    ]),
  );
});

describe('an audit is rejected', () => {
  test('when a rule was changed in the rules file: stale base, naming the file and both hashes', async () => {
    const own = temporaryFolder();
    const changed = writeRules(own, ROWS.with(1, 'fw,block,deny,tcp,10.1.0.0/24,,192.0.2.0/24,80'));
    const before = proven.result.inputs[0]?.sha256 ?? '';
    const problems = await problemsOf(writeAudit(own, proven), [changed]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^stale: .*rules\.csv has the SHA-256 [0-9a-f]{64}, and the audit read .*rules\.csv with /);
    expect(problems[0]).toContain(before);
  });

  test('when another rules file is given beside, or one is missing', async () => {
    const own = temporaryFolder();
    const other = writeRules(own, ['other,1,permit,tcp,any,,any,1'], 'other.csv');
    const audit = writeAudit(own, proven);
    expect(await problemsOf(audit, [rules, other])).toEqual([expect.stringMatching(/^stale: .*other\.csv .* was not part of the audit/)]);
    expect(await problemsOf(audit, [other])).toEqual([
      expect.stringContaining('was not part of the audit'),
      expect.stringMatching(/the audit read .*rules\.csv .* as well; add it with --rules/),
    ]);
  });

  test('when the hash of the file is changed in audit.json too: the policy is another one', async () => {
    const own = temporaryFolder();
    const changed = writeRules(own, ROWS.with(1, 'fw,block,permit,tcp,10.1.0.0/16,,192.0.2.0/24,80'));
    const { createHash } = await import('node:crypto');
    const tampered = edited(proven, ({ result }) => {
      const [input] = result.inputs;
      if (input !== undefined) input.sha256 = createHash('sha256').update(readFileSync(changed)).digest('hex');
    });
    const problems = await problemsOf(writeAudit(own, tampered), [changed]);
    expect(problems).toContainEqual('policy fw, rank 1: audit.json says that rule block is deny, the rules as read permit');
    expect(problems).toContainEqual(
      expect.stringMatching(/shadowed, fw\/lost.*leaf 1 .* is decided by rule block, which says permit too; expected the other verdict/),
    );
  });

  test('when a leaf is changed: the hash is another one, and the leaf is not true', async () => {
    const problems = await afterEdit(({ lines }) => {
      const at = lines.findIndex((line) => ofRule('lost')(parse(line)));
      lines[at] = lines[at]?.replace('"rule":"block"}]', '"rule":"web"}]') ?? '';
    });
    expect(problems[0]).toMatch(
      /^F-[0-9a-f]{16} \(shadowed, fw\/lost\) names the proof [0-9a-f]{64}, and line \d+ has the SHA-256 [0-9a-f]{64}$/,
    );
    expect(problems[1]).toMatch(
      /its proof \(line \d+\) leaf 1 \(source 10\.1\.2\.0\/24, destination 192\.0\.2\.7, .*\) is not inside rule web$/,
    );
  });

  test('when deciders are swapped and the hash is made to fit', async () => {
    const swap: Record<string, string> = { low: 'high', high: 'low' };
    const problems = await afterEdit((parts) =>
      forge(
        parts,
        ofRule('ssh'),
        changeTree((tree) => tree.map((step) => ('rule' in step ? { rule: swap[step.rule] ?? step.rule } : step))),
      ),
    );
    expect(problems).toEqual([
      expect.stringMatching(/redundant, fw\/ssh\): its proof \(line \d+\) leaf 1 \(source 1\.2\.3\.0\/25.* is not inside rule high/),
    ]);
  });

  test('when a leaf is removed', async () => {
    const problems = await afterEdit((parts) =>
      forge(
        parts,
        ofRule('ssh'),
        changeTree((tree) => tree.slice(0, -1)),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/ends before it settles source 1\.2\.3\.128\/25/)]);
  });

  test('when a part of the rule is left out of the proof', async () => {
    const problems = await afterEdit((parts) => forge(parts, ofRule('ssh'), (proof) => ({ ...proof, parts: [] }) as ProofDocument));
    expect(problems).toEqual([expect.stringMatching(/leaves out packets of the rule: source 1\.2\.3\.0\/24/)]);
  });

  test('when a region that is not empty is called so', async () => {
    const problems = await afterEdit((parts) =>
      forge(
        parts,
        ofRule('inner'),
        changeTree(() => [{ outside: true }]),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/leaf 1 .* is said to be empty, and is not/)]);
  });

  test('when a later rule is named for an earlier one', async () => {
    const problems = await afterEdit((parts) =>
      forge(
        parts,
        ofRule('inner'),
        changeTree(() => [{ rule: 'all' }]),
      ),
    );
    expect(problems).toEqual([expect.stringMatching(/names rule all, which comes later/)]);
  });

  test('when a witness is forged', async () => {
    const problems = await afterEdit((parts) =>
      forge(parts, ofRule('all', 'witness'), (proof) => {
        if (proof.type !== 'witness') throw new Error('no witness');
        const packet = { ...proof.packet, source: '10.1.0.1', destination: '192.0.2.1', sourcePort: 1, destinationPort: 80 };
        return { ...proof, packet, text: formatProofPacket(packet) };
      }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/shows that tcp 10\.1\.0\.1:1 -> 192\.0\.2\.1:80 reaches rule fw\/all; the witness in audit\.json is tcp 10\./),
      expect.stringMatching(
        /rule fw\/all: its witness \(line \d+\) the packet tcp 10\.1\.0\.1:1 -> 192\.0\.2\.1:80 may match rule block first/,
      ),
    ]);
  });

  test('when a witness, a proof of a finding or a step of the plan is missing', async () => {
    const without = (isIt: (proof: ProofDocument) => boolean): Promise<readonly string[]> =>
      afterEdit(({ lines }) => {
        lines.splice(
          lines.findIndex((line) => isIt(parse(line))),
          1,
        );
      });
    expect(await without(ofRule('all', 'witness'))).toEqual([
      expect.stringMatching(/rule fw\/all has the witness .*, and no proof shows that it reaches the rule/),
    ]);
    expect(await without(ofRule('ssh'))).toEqual([
      expect.stringMatching(/redundant, fw\/ssh\) names the proof [0-9a-f]{64}, and there is none/),
    ]);
    const [first] = proven.result.plan.removals;
    const steps = await without(ofRule(first?.rule ?? '', 'removal'));
    expect(steps[0]).toMatch(/line \d+ proves the removal of rule fw\/\S+; the plan has rule \S+ next/);
    expect(steps).toContainEqual(expect.stringMatching(/the plan removes rule fw\/\S+, and no proof shows that this step changes nothing/));
    expect(await without(({ type }) => type === 'removal-set')).toEqual([
      expect.stringMatching(/the plan removes \d rules from policy fw, and no proof of type removal-set names them/),
    ]);
  });

  test('when a rule that carries traffic is put into the plan', async () => {
    const problems = await afterEdit(({ result }) => {
      const [first] = result.plan.removals;
      if (first !== undefined) result.plan.removals.push({ ...first, rule: 'all' });
    });
    expect(problems).toEqual([
      expect.stringMatching(/the plan of policy fw removes rule all as number \d, and its proof is for nothing there/),
      'the plan removes rule fw/all, and no proof shows that this step changes nothing',
    ]);
  });

  test('when a step of the plan is forged: the copy and the kept rule cannot both go in favour of each other', async () => {
    const problems = await afterEdit((parts) => {
      const step = parts.result.plan.removals.find(({ rule }) => rule === 'inner');
      if (step === undefined) throw new Error('inner is not planned');
      forge(
        parts,
        ofRule('inner', 'removal'),
        changeTree(() => [{ default: true }]),
      );
    });
    expect(problems[0]).toMatch(
      /the plan removes rule fw\/inner: the proof of this step \(line \d+\) leaf 1 .* is left to the default, which has another effect/,
    );
  });

  test('when the verdict of a finding is edited', async () => {
    const problems = await afterEdit(({ result }) => {
      const finding = result.findings.find(({ kind }) => kind === 'shadowed');
      if (finding === undefined) throw new Error('no shadowed rule');
      finding.kind = 'redundant';
      finding.by = 'earlier';
      delete finding.relation;
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /\(redundant, fw\/lost\): its proof \(line \d+\) proves "decided-otherwise"; the finding needs "decided-alike"/,
      ),
    ]);
  });

  test('when the relation of a shadowed rule, or the copy that is kept, is edited', async () => {
    expect(
      await afterEdit(({ result }) => {
        for (const finding of result.findings) if (finding.kind === 'shadowed') finding.relation = 'mixed';
      }),
    ).toEqual([expect.stringContaining('proves "decided-otherwise"; the finding needs "covered, mixed"')]);
    expect(
      await afterEdit(({ result }) => {
        for (const finding of result.findings) if (finding.kind === 'duplicate') for (const kept of finding.coveredBy) kept.rule = 'all';
      }),
    ).toEqual([expect.stringContaining('proves "equal to web"; the finding needs "equal to all"')]);
  });

  test('when a finding is invented, with or without a proof that it names', async () => {
    const invent = (proof: { type: string; sha256: string } | null): Promise<readonly string[]> =>
      afterEdit(({ result }) => {
        const finding = result.findings.find(({ kind }) => kind === 'redundant');
        if (finding !== undefined) result.findings.push({ ...finding, id: 'F-0123456789abcdef', rule: 'all', proof });
      });
    expect(await invent(null)).toEqual([
      'F-0123456789abcdef (redundant, fw/all) says that the configuration proves it (grade P) and names no proof',
    ]);
    expect(await invent({ type: 'partition', sha256: 'f'.repeat(64) })).toEqual([
      `F-0123456789abcdef (redundant, fw/all) names the proof ${'f'.repeat(64)}, and there is none`,
    ]);
  });

  test('when a hash, and nothing else, is wrong', async () => {
    const problems = await afterEdit(({ result }) => {
      const finding = result.findings.find(({ proof }) => proof !== null);
      if (finding?.proof != null) finding.proof.sha256 = '0'.repeat(64);
    });
    expect(problems).toEqual([expect.stringMatching(/names the proof 0{64}, and line 1 has the SHA-256 [0-9a-f]{64}/)]);
  });

  test('when audit.json says otherwise about a rule, its state or its default', async () => {
    expect(await afterEdit(({ result }) => void Object.assign(result.policies[0]?.rules[1] ?? {}, { action: 'permit' }))).toEqual([
      'policy fw, rank 1: audit.json says that rule block is permit, the rules as read deny',
    ]);
    expect(await afterEdit(({ result }) => void Object.assign(result.policies[0] ?? {}, { defaultAction: 'permit' }))).toEqual([
      'policy fw: audit.json says that its default is permit, the rules as read say deny; give the --default-action of the audit',
    ]);
    expect(
      await afterEdit(({ result }) => {
        for (const finding of result.findings) if (finding.kind === 'disabled') finding.rule = 'web';
      }),
    ).toEqual([expect.stringMatching(/^F-\S+ says that fw\/web is disabled, and the rules as read do not$/)]);
  });

  test('when proofs.jsonl holds something else than proofs', async () => {
    expect(
      await afterEdit(
        ({ lines }) =>
          void lines.push('{', '{"type":"partition"}', JSON.stringify({ type: 'removal-set', policy: 'nowhere', rules: ['1'] })),
      ),
    ).toEqual([
      expect.stringMatching(/^line \d+ of the proofs is not JSON$/),
      expect.stringMatching(/^line \d+ of the proofs is not a proof: at \/finding: /),
      expect.stringMatching(/^line \d+ is about policy nowhere, which is not in the rules as read$/),
    ]);
  });

  test('when there are no proofs at all: the file is missing', async () => {
    const own = temporaryFolder();
    writeFileSync(join(own, 'audit.json'), JSON.stringify(proven.result));
    await expect(verifyFiles(join(own, 'audit.json'), [rules])).rejects.toThrow(/there is no such file of proofs; name it with --proofs/);
  });
});

test('a hit that the device counted on a rule proved dead makes every proof of its policy void', async () => {
  const own = temporaryFolder();
  const hit = ROWS.with(6, 'fw,inner,permit,tcp,10.9.0.0/16,,192.0.2.10,443,,,12');
  const path = writeRules(own, hit);
  const honest = await auditWithProofs(auditRequest({ rules: [path] }));
  // That a rule is switched off is no claim about packets.
  expect(honest.proofs.map(parse).filter((proof) => proof.type !== 'removal-set' && proof.rule !== 'off')).toEqual([]);
  const audit = writeAudit(own, honest);
  expect(await verifyFiles(audit, [path])).toMatchObject({
    problems: [],
    voided: ['the device counted 12 hits on rule fw/inner, which is said never to decide (redundant); nothing is proven about policy fw'],
  });
  // The proofs of the audit that had no counters, in an audit that says it has seen them.
  const tampered = { result: { ...honest.result, findings: proven.result.findings, plan: proven.result.plan }, proofs: proven.proofs };
  const problems = await problemsOf(writeAudit(own, tampered), [path]);
  expect(problems.length).toBeGreaterThan(5);
  expect(problems[0]).toMatch(/ is void: the device counted 12 hits on rule fw\/inner/);
});

test('an audit of files elsewhere is verified: their paths are no part of what is proved', async () => {
  const [own, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const rows = ['fw,1,permit,tcp,any,,any,nonsense', 'fw,2,permit,tcp,10.0.0.0/8,,any,443', 'fw,3,permit,tcp,10.0.0.0/9,,any,443'];
  const audited = await auditWithProofs(auditRequest({ rules: [writeRules(own, rows)] }));
  expect(audited.result.policies[0]?.rules[0]?.evaluable).toBe('no');
  expect(await verifyFiles(writeAudit(own, audited), [writeRules(elsewhere, rows, 'copy.csv')])).toMatchObject({ problems: [] });
});
