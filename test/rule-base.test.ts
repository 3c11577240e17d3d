import { expect, test } from 'vitest';
import type { Diagnostic } from '../src/model/diagnostic.ts';
import { notesOnReading } from '../src/rule-base.ts';

const warning = (line: number): Diagnostic => ({
  severity: 'warning',
  code: 'RULE_UNREADABLE',
  message: 'the rule cannot be evaluated',
  path: 'edge.csv',
  line,
});
const baseWith = (diagnostics: readonly Diagnostic[]) => ({ policies: [], attachments: [], hasInventory: false, diagnostics });

test('an answer names the first five warnings about its rules, and counts the others', () => {
  const diagnostics = [1, 2, 3, 4, 5, 6, 7].map(warning);
  const info: Diagnostic = { severity: 'info', code: 'SOMETHING', message: 'nothing to worry about' };
  expect(notesOnReading(baseWith([info, ...diagnostics.slice(0, 2)]))).toEqual([
    'edge.csv:1: the rule cannot be evaluated',
    'edge.csv:2: the rule cannot be evaluated',
  ]);
  const many = notesOnReading(baseWith([info, ...diagnostics]));
  expect(many).toHaveLength(6);
  expect(many.at(-1)).toBe('And 2 more about the rules, which "rulesweep audit" lists.');
  expect(notesOnReading(baseWith([]))).toEqual([]);
});
