import { expect, test } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { gradeOfFinding } from '../../src/report/finding-grade.ts';

const wordsOf = (evidence: Finding['evidence']): string => gradeOfFinding({ evidence }).title;

test('a finding about use has the words of its grade', () => {
  expect(wordsOf({ grade: 'C', reasons: ['AGE_UNKNOWN'] })).toBe('no hits seen, weak');
});

test('a finding that leans on the inventory says nothing about hits', () => {
  expect(wordsOf({ grade: 'C', reasons: ['INVENTORY_BOUND'] })).toBe('proven for the interfaces of the inventory');
});

test('a finding that was not proven within the budget says so, and blames no log', () => {
  expect(wordsOf({ grade: 'I', reasons: ['ANALYSIS_BUDGET'] })).toBe('not proven');
});
