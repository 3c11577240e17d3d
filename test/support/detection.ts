import type { DetectionContext, PolicyFacts } from '../../src/core/findings/detector.ts';
import { analyseStructure } from '../../src/core/structure/analyse-structure.ts';
import type { Attachment, Policy } from '../../src/model/policy.ts';

/** What detectors see of policies without traffic. */
export function contextOf(policies: readonly Policy[], attachments: readonly Attachment[] = []): DetectionContext {
  return { policies: factsOf(policies), attachments, opposed: new Map(), windowDays: null, logsShowAnswers: false };
}

export function factsOf(policies: readonly Policy[]): PolicyFacts[] {
  return policies.map((policy) => ({
    policy,
    analysis: analyseStructure(policy, () => 0),
    rules: policy.rules.map((rule) => ({ policy, rule, usage: null, graded: null, exposure: null })),
  }));
}
