import type { Finding } from '../model/finding.ts';
import { GRADE_WORDS, type Term } from './words/grades.ts';

/** What the grade of a finding says: a grade is about use unless the finding is about the configuration. */
export function gradeOfFinding({ evidence }: Pick<Finding, 'evidence'>): Term {
  if (evidence.reasons.includes('INVENTORY_BOUND')) return OF_INVENTORY;
  if (evidence.reasons.includes('ANALYSIS_BUDGET')) return OVER_BUDGET;
  return GRADE_WORDS[evidence.grade];
}

const OF_INVENTORY: Term = {
  title: 'proven for the interfaces of the inventory',
  meaning: 'It follows from the configuration and from the interfaces that the inventory lists. On another interface it may be otherwise.',
};

const OVER_BUDGET: Term = {
  title: 'not proven',
  meaning: 'The exact check took more than its budget, so nothing is claimed about the rule.',
};
