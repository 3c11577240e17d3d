import type { ChangedArea, ChangedRule, ChangeKind, PolicyDiff, PolicyDifference } from '../../model/policy-diff.ts';
import { formatCount, formatQuantity } from '../number-format.ts';

/** In the order in which a person wants to know. */
export const CHANGE_KINDS = ['widened', 'mixed', 'narrowed', 'effect'] as const satisfies readonly ChangeKind[];

export const CHANGE_WORDS: Readonly<Record<ChangeKind, { readonly title: string; readonly meaning: string }>> = {
  widened: { title: 'WIDENED', meaning: 'denied before, permitted now' },
  mixed: { title: 'MIXED', meaning: 'permitted more under some conditions, less under others' },
  narrowed: { title: 'NARROWED', meaning: 'permitted before, denied now' },
  effect: { title: 'EFFECT', meaning: 'the same verdict, with another effect' },
};

/** The whole answer in one or two sentences. */
export function diffSentence({ equal, policies, unchangedPolicies, complete }: PolicyDiff): string {
  const compared = formatQuantity(policies.length + unchangedPolicies, 'policy', 'policies');
  const limit = complete ? '' : ' as far as the inputs could be read';
  if (equal === true) {
    const text =
      policies.length === 0
        ? 'Nothing differs.'
        : `${formatQuantity(policies.length, 'policy', 'policies')} ${policies.length === 1 ? 'differs' : 'differ'} in the text only.`;
    return `EQUAL${limit}: no packet changes its verdict or its effect (${compared} compared). ${text}`;
  }
  const changed = policies.filter((policy) => policy.equal === false);
  const open = policies.filter((policy) => !policy.complete);
  const undecided =
    open.length === 0
      ? ''
      : ` In ${formatQuantity(open.length, 'policy', 'policies')} the work exceeds the budget: what else changes there is not known.`;
  if (equal === 'unknown' && changed.length === 0)
    return `NOT DECIDED: whether any packet changes is not known (${compared} compared).${undecided}`;
  const kinds = countKinds(changed);
  return `DIFFERENT: packets change in ${formatCount(changed.length)} of ${compared}${kinds === '' ? '' : `; ${kinds}`}.${undecided}`;
}

/** `widened in 2, narrowed in 1`; of policies. */
export function countKinds(policies: readonly PolicyDifference[]): string {
  return CHANGE_KINDS.flatMap((kind) => {
    const count = policies.filter((policy) => hasChange(policy, kind)).length;
    return count === 0 ? [] : [`${kind === 'effect' ? 'another effect' : kind} in ${formatCount(count)}`];
  }).join(', ');
}

function hasChange({ areas, widened, narrowed }: PolicyDifference, kind: ChangeKind): boolean {
  if (areas.some((area) => area.change === kind)) return true;
  return (kind === 'widened' && widened.packets !== '0') || (kind === 'narrowed' && narrowed.packets !== '0');
}

/** `fw`, `fw → fw-new`, `fw (new)`, `fw (gone)`. */
export function policyTitle({ before, after }: PolicyDifference): string {
  if (before === null) return `${after ?? ''} (new: compared with nothing permitted)`;
  if (after === null) return `${before} (gone: compared with nothing permitted)`;
  return before === after ? before : `${before} → ${after}`;
}

export function policySentence({ equal, complete }: PolicyDifference): string {
  if (equal === 'unknown') return 'Not decided: the comparison exceeds its budget. No difference was found so far, and none is ruled out.';
  if (!complete)
    return 'Not all of it: the comparison exceeds its budget. More may change than what follows, and numbers are lower bounds.';
  return equal ? 'No packet changes its verdict or its effect.' : '';
}

export function areasOf({ areas }: PolicyDifference, kind: ChangeKind): readonly ChangedArea[] {
  return areas.filter(({ change }) => change === kind);
}

/** Rules by what they have to do with the packets that change. */
export const RULE_GROUPS: readonly { readonly changesPackets: ChangedRule['changesPackets']; readonly title: string }[] = [
  { changesPackets: true, title: 'Rules changed, and decide packets that change' },
  { changesPackets: null, title: 'Rules changed; whether they decide packets that change is not known' },
  { changesPackets: false, title: 'Rules changed without effect: they change no packet' },
];

/** `12`, or `12 → 15` where the rule has another id now. */
export function ruleTitle({ before, after }: ChangedRule): string {
  if (before === null || after === null || before.rule === after.rule) return (after ?? before)?.rule ?? '';
  return `${before.rule} → ${after.rule}`;
}
