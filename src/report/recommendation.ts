import type { RuleView } from './rule-index.ts';

type Recommendation = 'remove' | 'remove (narrows)' | 'review' | 'collect evidence' | 'resolve input' | 'keep';

/** What to do next with a rule. `remove` stands only where the plan removes it. */
export function recommend(view: RuleView): Recommendation {
  if (view.removal !== null) return view.removal.effect === 'none' ? 'remove' : 'remove (narrows)';
  const open = view.findings.filter((finding) => finding.status !== 'fixed' && finding.status !== 'accepted');
  if (open.some((finding) => finding.kind !== 'not-evaluable') || view.standing === 'contradictory') return 'review';
  if (open.length > 0 || view.rule.evaluable === 'no') return 'resolve input';
  return view.standing === 'used' || view.rule.action === 'deny' ? 'keep' : 'collect evidence';
}
