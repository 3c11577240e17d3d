import type { Plan } from '../model/audit-result.ts';
import { formatCount, formatQuantity } from './number-format.ts';

/** Further choices are counted. */
const ALTERNATIVES_NAMED = 3;
const RULES_NAMED = 5;

/** How far the plan goes: whether more could go, what could go instead, and how many rules would do. Sentences; none when there is nothing to say. */
export function planExtent(plan: Plan): string[] {
  return [...boundSentence(plan), ...alternativeSentences(plan), ...simplificationSentences(plan)];
}

function boundSentence({ removals, bound }: Plan): string[] {
  const without = removals.filter(({ effect }) => effect === 'none').length;
  if (bound === 0) return [];
  return without >= bound
    ? ['No larger set of rules could go without effect.']
    : [`At most ${formatCount(bound)} rules could go without effect; this set holds ${formatCount(without)}.`];
}

function alternativeSentences({ alternatives }: Plan): string[] {
  const named = alternatives
    .slice(0, ALTERNATIVES_NAMED)
    .map(({ policy, removeInstead, insteadOf }) => `In ${policy}, ${nameSome(removeInstead)} could go instead of ${nameSome(insteadOf)}.`);
  const more = alternatives.length - named.length;
  return more === 0 ? named : [...named, `${formatQuantity(more, 'further alternative')} in audit.json.`];
}

function simplificationSentences({ simplification }: Plan): string[] {
  if (simplification.length === 0) return [];
  const sum = (pick: (each: Plan['simplification'][number]) => number): number =>
    simplification.reduce((total, each) => total + pick(each), 0);
  const merges = sum(({ merges: count }) => count);
  const merging = merges === 0 ? '' : `, counting ${formatQuantity(merges, 'merge')}`;
  const policies = formatQuantity(simplification.length, 'policy', 'policies');
  return [
    `${formatQuantity(
      sum(({ rules }) => rules),
      'rule',
    )} of ${policies} could be ${formatCount(sum(({ couldBe }) => couldBe))}${merging}, with the same effect on every packet.`,
  ];
}

function nameSome(rules: readonly string[]): string {
  const named = rules.slice(0, RULES_NAMED).join(', ');
  const more = rules.length - RULES_NAMED;
  return `${rules.length === 1 ? 'rule' : 'rules'} ${named}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}
