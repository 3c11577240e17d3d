import type { FindingKind } from '../../model/finding.ts';
import type { Term } from './grades.ts';

/** What each kind of finding means, in one sentence a person can act on. */
export const FINDING_KIND_WORDS: Readonly<Record<FindingKind, Term>> = {
  shadowed: {
    title: 'Shadowed',
    meaning: 'Earlier rules take all its packets and decide some of them differently: somebody’s intent is lost, so a person decides.',
  },
  'broken-intent': { title: 'Broken intent', meaning: 'Flows were observed that a shadowed rule wanted decided the other way.' },
  'denied-by-next-layer': {
    title: 'Denied by the next layer',
    meaning: 'Everything it permits is denied behind it, on every interface it serves.',
  },
  redundant: { title: 'Redundant', meaning: 'Removing it changes no effect, because other rules do the same.' },
  duplicate: { title: 'Duplicate', meaning: 'Match and effect are identical to another rule of the same policy; one copy is kept.' },
  unmatchable: { title: 'Unmatchable', meaning: 'Matches no packet at all.' },
  expired: { title: 'Expired', meaning: 'An end that the device itself enforces has passed.' },
  'stale-reference': { title: 'Stale reference', meaning: 'Refers to something that the input proves to be gone.' },
  disabled: { title: 'Disabled', meaning: 'Switched off in the configuration.' },
  unattached: { title: 'Unattached', meaning: 'The policy that holds it is on none of the interfaces inspected.' },
  unused: { title: 'Unused', meaning: 'A permit rule in force without one possible hit in the window, at grade A, B or C.' },
  'partly-unused': { title: 'Partly unused', meaning: 'Some of its addresses, ports or protocols carried nothing, others did.' },
  unanswered: {
    title: 'Unanswered',
    meaning: 'It has hits, but nobody ever answered one: typically an exposed port that only scanners meet.',
  },
  'low-use': { title: 'Low use', meaning: 'Hits in the window, but below the threshold.' },
  'over-permissive': { title: 'Over-permissive', meaning: 'Far wider than the traffic it carries.' },
  'partly-shadowed': { title: 'Partly shadowed', meaning: 'Earlier rules take part of its packets.' },
  correlation: { title: 'Correlation', meaning: 'Partly overlaps a rule with another action, so their order matters.' },
  generalization: { title: 'Generalization', meaning: 'Wider than an earlier rule with another action, which is its exception.' },
  mergeable: { title: 'Mergeable', meaning: 'Can become one rule with a neighbour.' },
  'scope-bloat': { title: 'Scope bloat', meaning: 'Used on some of its interfaces only.' },
  'counter-disagreement': { title: 'Counter disagreement', meaning: 'The device counter and the logs contradict each other.' },
  'not-evaluable': { title: 'Not evaluable', meaning: 'No verdict is possible, wholly or in a named respect; never counted as unused.' },
};
