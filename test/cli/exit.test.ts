import { expect, test } from 'vitest';
import { decisiveOutcome, type ExitCode, outcomeOfError } from '../../src/cli/exit.ts';
import { InputError, IntegrityError, InterruptedError, StoreError, UsageError } from '../../src/model/errors.ts';

test('of several outcomes 130, 2, 4, 5, 3, 1 decide in this order', () => {
  const order: readonly ExitCode[] = [130, 2, 4, 5, 3, 1, 0];
  for (const [rank, code] of order.entries()) {
    for (const weaker of order.slice(rank)) {
      expect(decisiveOutcome({ code: weaker, reason: '' }, { code, reason: '' }).code).toBe(code);
      expect(decisiveOutcome({ code, reason: '' }, { code: weaker, reason: '' }).code).toBe(code);
    }
  }
});

test('of equals the first gives the reason', () => {
  expect(decisiveOutcome({ code: 0, reason: 'done' }, { code: 3, reason: 'first' }, { code: 3, reason: 'second' }).reason).toBe('first');
});

test('the errors a user can cause have a code and no stack', () => {
  expect(outcomeOfError(new InputError('a.json', 'is empty'))).toEqual({ code: 2, reason: 'a.json: is empty', stack: null });
  expect(outcomeOfError(new UsageError('no'))).toMatchObject({ code: 2, stack: null });
  expect(outcomeOfError(new StoreError('no'))).toMatchObject({ code: 2, stack: null });
  expect(outcomeOfError(new IntegrityError('no'))).toMatchObject({ code: 4, stack: null });
  expect(outcomeOfError(new InterruptedError('no'))).toMatchObject({ code: 130, stack: null });
});

test('anything else is our mistake: it shows its stack and asks for a report', () => {
  const outcome = outcomeOfError(new TypeError('x is not a function'));
  expect(outcome.code).toBe(2);
  expect(outcome.reason).toContain('please report');
  expect(outcome.stack).toContain('exit.test.ts');
});
