import { type Decision, type DecisionEntry, type Decisions, decisionsSchema } from '../model/decisions.ts';
import { InputError } from '../model/errors.ts';
import { parseStrictYaml } from './strict-yaml.ts';

/**
 * Reads a decisions file, YAML or JSON.
 *
 * @param path for error messages only
 * @throws {InputError} with the line, for text that is no YAML, a repeated or unknown key, a missing or wrong value, two entries for the same thing
 */
export function parseDecisions(text: string, path: string): Decisions {
  const { value, lineOf } = parseStrictYaml(text, { path, name: 'the decisions', schema: decisionsSchema });
  const entries = value.decisions.map((decision, index): DecisionEntry => ({ ...decision, line: lineOf(['decisions', index]) }));
  refuseRepeated(entries, path);
  return { path, entries };
}

function refuseRepeated(entries: readonly DecisionEntry[], path: string): void {
  const seen = new Map<string, DecisionEntry>();
  for (const entry of entries) {
    const key = decisionKey(entry);
    const before = seen.get(key);
    if (before !== undefined) {
      const where = entry.policy === undefined ? '' : ` in ${entry.policy}`;
      throw new InputError(
        { path, line: entry.line },
        `a second decision about ${entry.kind} of ${entry.rule}${where}; the first is on line ${before.line}. Keep one of them`,
      );
    }
    seen.set(key, entry);
  }
}

/** What a decision is about, as one text. */
export function decisionKey({ rule, kind, policy }: Pick<Decision, 'rule' | 'kind' | 'policy'>): string {
  return JSON.stringify([rule, kind, policy ?? null]);
}
