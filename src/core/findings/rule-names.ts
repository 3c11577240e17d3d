import type { Coverer } from '../../model/finding.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';

const MOST_NAMED = 3;

/** `rule 10`, `rules 10 and 20`, `rules 10, 20, 30 and 4 more`, `the default`; of the same policy. */
export function nameRules(coverers: readonly Pick<Coverer, 'rule'>[], omitted = 0): string {
  const names = coverers.map(({ rule }) => rule).filter((rule) => rule !== DEFAULT_RULE);
  const hasDefault = names.length < coverers.length;
  const more = Math.max(0, names.length - MOST_NAMED) + omitted;
  const parts = [...names.slice(0, MOST_NAMED), ...(more === 0 ? [] : [`${more} more`])];
  const rules = parts.length === 0 ? '' : `${names.length + omitted === 1 ? 'rule' : 'rules'} ${listOf(parts)}`;
  if (!hasDefault) return rules;
  return rules === '' ? 'the default' : `${rules} and the default`;
}

export function sentenceCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
