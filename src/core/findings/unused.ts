import type { DetectionContext, Detector, FindingDraft, RuleFacts } from './detector.ts';

/** Permit rules in force on which no connection can have landed, watched well enough to say so (grades A to C). */
export const unused: Detector = {
  title: 'no hits',
  detect: (context) => forRules(context, (facts) => toUnused(facts, context.windowDays ?? 0)),
};

/** Permit rules that were hit, and whose hits nobody ever answered. */
export const unanswered: Detector = {
  title: 'hit, but never answered',
  detect: (context) => (context.logsShowAnswers ? forRules(context, toUnanswered) : []),
};

/** Device counter and log contradict each other. */
export const counterDisagreement: Detector = {
  title: 'device counter and log disagree',
  detect: (context) => forRules(context, toDisagreement),
};

function forRules({ policies }: DetectionContext, detect: (facts: RuleFacts) => FindingDraft | null): FindingDraft[] {
  return policies.flatMap(({ rules }) => rules.map(detect).filter((draft) => draft !== null));
}

function isPermitInForce({ rule }: RuleFacts): boolean {
  return rule.enabled && rule.effect.verdict === 'permit' && rule.staleReference === null;
}

function toUnused(facts: RuleFacts, windowDays: number): FindingDraft | null {
  const { policy, rule, usage, graded, exposure } = facts;
  if (!isPermitInForce(facts) || usage === null || graded === null || exposure === null || usage.possible > 0) return null;
  if (graded.grade !== 'A' && graded.grade !== 'B' && graded.grade !== 'C') return null;
  const rate =
    exposure.effectiveDays === 0 ? '' : ` At 95 % confidence it is used less than ${formatRate(2.996 / exposure.effectiveDays)}.`;
  return {
    kind: 'unused',
    policy: policy.id,
    rule: rule.id,
    severity: letsAnybodyIn(facts) ? 'high' : 'medium',
    coveredBy: [],
    usage: 'never-seen',
    evidence: { grade: graded.grade, reasons: [...graded.reasons] },
    removal: { changesDecisions: true, safeAlone: true },
    explanation: `No connection in ${windowDays} days can have used it (${exposure.effectiveDays} days observed, worst coverage ${percent(exposure.coverage)}).${rate}`,
  };
}

function toUnanswered(facts: RuleFacts): FindingDraft | null {
  const { policy, rule, usage, graded } = facts;
  if (!isPermitInForce(facts) || !policy.stateful || usage === null || graded === null) return null;
  if (usage.certain === 0 || usage.answered > 0 || usage.possible > usage.certain) return null;
  return {
    kind: 'unanswered',
    policy: policy.id,
    rule: rule.id,
    severity: letsAnybodyIn(facts) ? 'medium' : 'low',
    coveredBy: [],
    evidence: { grade: graded.grade, reasons: [...graded.reasons] },
    removal: { changesDecisions: true, safeAlone: true },
    explanation: `${usage.certain} connections used it and none of them was answered: probes of a closed port look like this. Ask the owner whether anything should listen.`,
  };
}

function toDisagreement({ policy, rule, usage, graded }: RuleFacts): FindingDraft | null {
  if (graded?.grade !== 'X' || usage === null || rule.nativeHits === null) return null;
  const logged = usage.certain > 0 ? `${usage.certain} connections that it decided` : 'no connection that it can have decided';
  return {
    kind: 'counter-disagreement',
    policy: policy.id,
    rule: rule.id,
    severity: 'medium',
    coveredBy: [],
    evidence: { grade: 'X', reasons: [...graded.reasons] },
    removal: { changesDecisions: true, safeAlone: false },
    explanation: `The device counted ${rule.nativeHits} hits and the logs hold ${logged}. Find out which one is incomplete before judging the rule.`,
  };
}

/** A way in from everywhere is worth a look sooner than one between two hosts, or a way out. */
function letsAnybodyIn({ policy, rule }: RuleFacts): boolean {
  return policy.direction !== 'out' && rule.written.source.some((text) => text === '0.0.0.0/0' || text === '::/0' || text === 'any');
}

function formatRate(perDay: number): string {
  if (perDay >= 1) return `${perDay.toFixed(1)} times a day`;
  return `once in ${Math.floor(1 / perDay)} days`;
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
