import type { AreaCondition, Decided, RulesInPart } from '../../model/packet-area.ts';
import { DEFAULT_RULE, formatRuleRef, type RuleRef } from '../../model/rule.ts';
import { formatQuantity } from '../number-format.ts';

const MOST_RULES = 6;

/** `permitted by sg-1:in/sgr-7, acl-1:in/100 (log: yes)`. */
export function describeDecided(decided: Decided): string {
  const attributes = describeAttributes(decided.attributes);
  const verdict = decided.verdict === 'permit' ? 'permitted' : 'denied';
  const who = describeRules(decided.by);
  return `${verdict}${who === '' ? '' : ` by ${who}`}${attributes === '' ? '' : ` (${attributes})`}`;
}

/** The first rules, and how many more; a default says that it is one. */
export function describeRules({ rules, omitted, complete }: RulesInPart): string {
  const shown = rules.slice(0, MOST_RULES);
  const more = rules.length - shown.length + omitted;
  const rest = complete ? '' : `${more > 0 || shown.length > 0 ? '; ' : ''}other rules may have a part in it`;
  return `${shown.map(nameRule).join(', ')}${more === 0 ? '' : ` and ${formatQuantity(more, 'more rule')}`}${rest}`;
}

export function nameRule(rule: RuleRef): string {
  return rule.rule === DEFAULT_RULE ? `the default of ${rule.policy}` : formatRuleRef(rule);
}

export function describeAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

/** What has to hold, as a clause behind "if"; empty for nothing. */
export function describeWhen(when: readonly AreaCondition[]): string {
  return when.map(describeCondition).join(' and ');
}

const MOST_ALTERNATIVES = 3;

/** Any of the lists: `A, or B, or in 3 other ways`. Empty when there is nothing that has to hold. */
export function describeEither(alternatives: readonly (readonly AreaCondition[])[]): string {
  if (alternatives.some((when) => when.length === 0)) return '';
  const clauses = [...new Set(alternatives.map(describeWhen))];
  const more = clauses.length - MOST_ALTERNATIVES;
  const rest = more > 0 ? `, or in ${formatQuantity(more, 'other way')}` : '';
  return `${clauses.slice(0, MOST_ALTERNATIVES).join(', or ')}${rest}`;
}

/** The value of a finite axis that stands for all that no rule names. */
const ANY_OTHER_VALUE = '(any other)';

function describeCondition(condition: AreaCondition): string {
  if ('axis' in condition) return describeValues(condition.axis, condition.values);
  const { unknown, holds } = condition;
  if (unknown.startsWith('member of ')) return `the address is ${holds ? '' : 'not '}${unknown}`;
  const unreadable = /^unreadable: (.*)$/s.exec(unknown)?.[1];
  if (unreadable !== undefined) return `the unreadable rule "${unreadable}" ${holds ? 'matches' : 'does not match'}`;
  return `"${unknown}" ${holds ? 'holds' : 'does not hold'}`;
}

function describeValues(axis: string, values: readonly string[]): string {
  const named = values.filter((value) => value !== ANY_OTHER_VALUE);
  if (named.length === values.length) return `${axis} is ${named.join(' or ')}`;
  return named.length === 0 ? `${axis} is none that a rule names` : `${axis} is ${named.join(' or ')}, or none that a rule names`;
}
