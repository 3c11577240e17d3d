import type { Guardrails, ProtectedRule } from '../model/guardrails.ts';

/** As much of a rule as protection speaks about; empty strings and null mean that the export does not say. */
export interface ProtectableRule {
  readonly policy: string;
  /** Id of the rule in its policy. */
  readonly rule: string;
  readonly nativeId: string | null;
  readonly ruleKey: string;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
}

/** The first entry that protects the rule: everything the entry names must fit. Null: the rule is not protected. */
export function isProtected({ protectedRules }: Pick<Guardrails, 'protectedRules'>, rule: ProtectableRule): ProtectedRule | null {
  const fits = (pattern: string | null, ...texts: readonly (string | null)[]): boolean =>
    pattern === null || texts.some((text) => text !== null && matchesPattern(pattern, text));
  return (
    protectedRules.find(
      (entry) =>
        fits(entry.policy, rule.policy) &&
        fits(entry.rule, rule.rule, rule.nativeId) &&
        (entry.ruleKey === null || entry.ruleKey === rule.ruleKey) &&
        fits(entry.name, rule.name) &&
        fits(entry.description, rule.description) &&
        fits(entry.ruleOwner, rule.owner),
    ) ?? null
  );
}

/**
 * Whether the whole text fits the pattern, in which `*` stands for any letters, none included, and `?` for one; case counts. Names are written by
 * strangers, so the cost is bounded: O(pattern × text), no backtracking further than the last `*`.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  let [at, inText, star, resume] = [0, 0, -1, 0];
  while (inText < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = inText;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[inText])) {
      at++;
      inText++;
    } else if (star >= 0) {
      at = star + 1;
      inText = ++resume;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
