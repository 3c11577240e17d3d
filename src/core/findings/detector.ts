import type { Coverer, Finding, Severity, UnusedPart } from '../../model/finding.ts';
import type { Attachment, Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { OpposedFlows } from '../attribution/opposed-book.ts';
import type { RuleUsage } from '../attribution/usage.ts';
import type { Exposure } from '../evidence/exposure.ts';
import type { GradedRule } from '../evidence/grade.ts';
import type { PolicyStructure } from '../structure/analyse-structure.ts';

/** A rule with everything the audit knows about it. Usage, grade and exposure are null when no traffic was given. */
export interface RuleFacts {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly usage: RuleUsage | null;
  readonly graded: GradedRule | null;
  readonly exposure: Exposure | null;
}

/** A policy with its rules by rank. */
export interface PolicyFacts {
  readonly policy: Policy;
  /** What configuration alone says about the rules. */
  readonly analysis: PolicyStructure;
  readonly rules: readonly RuleFacts[];
}

export interface DetectionContext {
  readonly policies: readonly PolicyFacts[];
  /** Interfaces with the layers they carry, as the inventory says. */
  readonly attachments: readonly Attachment[];
  /** Connections that a rule would have decided otherwise, where they were counted. */
  readonly opposed: OpposedFlows;
  readonly windowDays: number | null;
  /** Whether the logs hold replies at all, so that their absence says something. */
  readonly logsShowAnswers: boolean;
}

/** A finding before it has an id and a status. `rule` is {@link WHOLE_POLICY} where the policy as a whole is meant. */
export interface FindingDraft {
  readonly kind: Finding['kind'];
  readonly policy: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly relation?: Finding['relation'];
  readonly by?: Finding['by'];
  readonly coveredBy: readonly Coverer[];
  readonly coveredByOmitted?: Finding['coveredByOmitted'];
  readonly undecided?: Finding['undecided'];
  readonly witness?: string | null;
  readonly usage?: 'never-seen' | 'stale';
  readonly mergeWith?: Finding['mergeWith'];
  readonly unusedParts?: readonly UnusedPart[];
  readonly evidence: Finding['evidence'];
  readonly removal: Finding['removal'];
  readonly explanation: string;
}

/** Stands for all rules of a policy where a finding is about the policy. */
export const WHOLE_POLICY = '*';

/** Finds all findings of one kind (of two where they exclude each other), in any order. */
export interface Detector {
  readonly title: string;
  detect(context: DetectionContext): readonly FindingDraft[];
}

export const NOTHING_LOST: Finding['removal'] = { changesDecisions: false, safeAlone: true };
