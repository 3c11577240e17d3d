import { createHash } from 'node:crypto';
import type { AuditResult } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { formatProofPacket, type ProofDocument, type ProofType, proofSchema } from '../../model/proof.ts';
import { formatRuleRef } from '../../model/rule.ts';
import { type CheckableProof, checkProof } from './check-proof.ts';
import { type CheckedPolicy, toCheckedPolicy } from './checked-policy.ts';
import { comparePolicies } from './compare-policies.ts';
import { findMismatch, needsProof, saysNeverDecides } from './expected-claims.ts';
import { compareSet, type PlanSteps, planSteps } from './plan-steps.ts';
import { findFalseFacts } from './read-facts.ts';

/** What came of checking an audit. Without problems every proof holds. */
export interface VerifiedAudit {
  /** Proofs that hold, by type; every type stands there. */
  readonly held: Readonly<Record<ProofType, number>>;
  /** Findings that state what the rules themselves say (switched off, reference gone, on no interface), and are true. */
  readonly facts: number;
  /** Policies about which nothing is proven, and why: sentences. */
  readonly voided: readonly string[];
  /** Sentences, in the order in which they were found. */
  readonly problems: readonly string[];
}

/**
 * Checks what audit.json claims about the configuration against the rules as read and the proofs, line by line in any order but for the steps of a plan.
 * Shares no code with what found the claims.
 */
export class AuditVerifier {
  readonly #result: AuditResult;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #checked = new Map<string, CheckedPolicy>();
  readonly #copies = new Map<string, Set<string>>();
  readonly #findings: ReadonlyMap<string, Finding>;
  readonly #steps: ReadonlyMap<string, PlanSteps>;
  /** By rule: what audit.json says of it and no proof has shown yet. */
  readonly #witnesses = new Map<string, { readonly policy: string; readonly text: string }>();
  readonly #void = new Map<string, string>();
  readonly #facts: number;
  readonly #proved = new Set<string>();
  readonly #problems: string[] = [];
  readonly #held: Record<ProofType, number> = {
    partition: 0,
    comparison: 0,
    overlap: 0,
    merge: 0,
    witness: 0,
    'removal-set': 0,
    removal: 0,
  };

  /** @param policies as read from the files that the audit read */
  constructor(result: AuditResult, policies: readonly Policy[]) {
    this.#result = result;
    this.#policies = new Map(policies.map((policy) => [policy.id, policy]));
    this.#findings = new Map(result.findings.map((finding) => [finding.id, finding]));
    this.#steps = planSteps(result.plan);
    const facts = findFalseFacts(result.findings, this.#policies);
    this.#facts = facts.facts;
    this.#problems.push(...comparePolicies(result, policies), ...facts.problems);
    for (const { kind, policy, rule } of result.findings) {
      if (kind === 'duplicate') this.#copiesOf(policy).add(rule);
    }
    for (const { id, rules } of result.policies) {
      for (const rule of rules)
        if (rule.witness !== null) this.#witnesses.set(formatRuleRef({ policy: id, rule: rule.id }), { policy: id, text: rule.witness });
    }
    this.#findVoid();
  }

  /** Checks one line of proofs.jsonl. @param number from 1 */
  addLine(text: string, number: number): void {
    const proof = this.#parse(text, number);
    if (proof === null) return;
    const policy = this.#checkedPolicy(proof.policy);
    if (policy === null) {
      this.#problems.push(`line ${number} is about policy ${proof.policy}, which is not in the rules as read`);
      return;
    }
    const before = this.#problems.length;
    switch (proof.type) {
      case 'partition':
      case 'comparison':
      case 'overlap':
      case 'merge':
        this.#checkFinding(policy, proof, text, number);
        break;
      case 'witness':
        this.#checkWitness(policy, proof, number);
        break;
      case 'removal-set':
        this.#checkSet(proof, number);
        break;
      case 'removal':
        this.#checkRemoval(policy, proof, number);
    }
    if (this.#problems.length === before) this.#held[proof.type] += 1;
  }

  finish(): VerifiedAudit {
    for (const finding of this.#result.findings) this.#requireProof(finding);
    for (const [reference, { policy, text }] of this.#witnesses) {
      if (!this.#void.has(policy))
        this.#problems.push(`rule ${reference} has the witness ${text}, and no proof shows that it reaches the rule`);
    }
    for (const [policy, { rules, gone, hasSet }] of this.#steps) {
      if (!hasSet)
        this.#problems.push(`the plan removes ${rules.length} rules from policy ${policy}, and no proof of type removal-set names them`);
      for (const rule of rules)
        if (!gone.has(rule))
          this.#problems.push(`the plan removes rule ${policy}/${rule}, and no proof shows that this step changes nothing`);
    }
    return { held: this.#held, facts: this.#facts, voided: [...this.#void.values()], problems: this.#problems };
  }

  #parse(text: string, number: number): ProofDocument | null {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch {
      this.#problems.push(`line ${number} of the proofs is not JSON`);
      return null;
    }
    const parsed = proofSchema.safeParse(document);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    this.#problems.push(
      `line ${number} of the proofs is not a proof: at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'it does not fit the schema'}`,
    );
    return null;
  }

  #checkFinding(policy: CheckedPolicy, proof: Extract<ProofDocument, { finding: string }>, text: string, number: number): void {
    const finding = this.#findings.get(proof.finding);
    if (finding === undefined) {
      this.#problems.push(`line ${number} proves the finding ${proof.finding}, which audit.json does not have`);
      return;
    }
    const name = nameOf(finding);
    this.#proved.add(finding.id);
    const sha256 = createHash('sha256').update(text).digest('hex');
    if (finding.proof === null) this.#problems.push(`${name} names no proof, and line ${number} is one`);
    else if (finding.proof.sha256 !== sha256) {
      this.#problems.push(`${name} names the proof ${finding.proof.sha256}, and line ${number} has the SHA-256 ${sha256}`);
    } else if (finding.proof.type !== proof.type) {
      this.#problems.push(`${name} names a proof of type ${finding.proof.type}, and line ${number} is a ${proof.type}`);
    }
    const mismatch = findMismatch(finding, proof, policy.isOrdered);
    if (mismatch !== null) this.#problems.push(`${name}: its proof (line ${number}) ${mismatch}`);
    this.#check(policy, proof, `${name}: its proof (line ${number})`);
  }

  #checkWitness(policy: CheckedPolicy, proof: Extract<ProofDocument, { type: 'witness' }>, number: number): void {
    const reference = formatRuleRef(proof);
    const claimed = this.#witnesses.get(reference)?.text;
    const text = formatProofPacket(proof.packet);
    if (proof.text !== text) this.#problems.push(`line ${number} writes its packet as ${proof.text}; it is ${text}`);
    if (claimed !== text) {
      this.#problems.push(
        `line ${number} shows that ${text} reaches rule ${reference}; the witness in audit.json is ${claimed ?? 'none, or is shown already'}`,
      );
    }
    this.#witnesses.delete(reference);
    this.#check(policy, proof, `rule ${reference}: its witness (line ${number})`);
  }

  #checkSet({ policy, rules }: Extract<ProofDocument, { type: 'removal-set' }>, number: number): void {
    const steps = this.#steps.get(policy);
    if (steps === undefined) {
      this.#problems.push(`line ${number} proves removals from policy ${policy}, and the plan has none there`);
      return;
    }
    steps.hasSet = true;
    const difference = compareSet(policy, steps, rules);
    if (difference !== null) this.#problems.push(`${difference} (line ${number})`);
  }

  #checkRemoval(policy: CheckedPolicy, proof: Extract<ProofDocument, { type: 'removal' }>, number: number): void {
    const steps = this.#steps.get(proof.policy);
    const reference = formatRuleRef(proof);
    const expected = steps?.rules[steps.gone.size];
    if (steps === undefined || expected !== proof.rule) {
      const next = expected === undefined ? 'no more removals there' : `rule ${expected} next`;
      this.#problems.push(`line ${number} proves the removal of rule ${reference}; the plan has ${next}`);
      return;
    }
    this.#check(policy, proof, `the plan removes rule ${reference}: the proof of this step (line ${number})`);
    steps.gone.add(proof.rule);
  }

  #check(policy: CheckedPolicy, proof: CheckableProof, subject: string): void {
    const reason = this.#void.get(policy.id);
    // That a rule is switched off stands in the export, whatever our model of the others is worth.
    if (reason !== undefined && !policy.idle.has(proof.rule)) {
      this.#problems.push(`${subject} is void: ${reason}`);
      return;
    }
    const removedBefore = this.#steps.get(policy.id)?.gone ?? new Set<string>();
    const fault = checkProof(policy, proof, { copies: this.#copiesOf(policy.id), removedBefore });
    if (fault !== null) this.#problems.push(`${subject} ${fault}`);
  }

  #requireProof(finding: Finding): void {
    if (!needsProof(finding) || this.#proved.has(finding.id)) return;
    const named =
      finding.proof === null
        ? 'says that the configuration proves it (grade P) and names no proof'
        : `names the proof ${finding.proof.sha256}, and there is none`;
    this.#problems.push(`${nameOf(finding)} ${named}`);
  }

  /** One hit on a rule that is said never to decide: the model of that policy is wrong, or the counter is. */
  #findVoid(): void {
    const counted = new Map([...this.#policies.values()].map(({ id, rules }) => [id, hitsOf(rules)]));
    for (const finding of this.#result.findings) {
      const hits = counted.get(finding.policy)?.get(finding.rule);
      const isOrdered = this.#policies.get(finding.policy)?.evaluation === 'first-match';
      if (hits === undefined || this.#void.has(finding.policy) || !saysNeverDecides(finding, isOrdered)) continue;
      this.#void.set(
        finding.policy,
        `the device counted ${hits} hits on rule ${formatRuleRef(finding)}, which is said never to decide (${finding.kind}); nothing is proven about policy ${finding.policy}`,
      );
    }
  }

  #copiesOf(policy: string): Set<string> {
    const copies = this.#copies.get(policy) ?? new Set();
    this.#copies.set(policy, copies);
    return copies;
  }

  #checkedPolicy(id: string): CheckedPolicy | null {
    const known = this.#checked.get(id);
    if (known !== undefined) return known;
    const policy = this.#policies.get(id);
    if (policy === undefined) return null;
    const checked = toCheckedPolicy(policy);
    this.#checked.set(id, checked);
    return checked;
  }
}

function nameOf(finding: Finding): string {
  return `${finding.id} (${finding.kind}, ${formatRuleRef(finding)})`;
}

/** Rules that the device counted hits on. */
function hitsOf(rules: Policy['rules']): Map<string, number> {
  return new Map(rules.flatMap(({ id, nativeHits }) => (nativeHits !== null && nativeHits > 0 ? [[id, nativeHits] as const] : [])));
}
