import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

function terminal(isTTY: boolean, columns = 80) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read() ?? '') };
}

describe('progress', () => {
  test('is one line that replaces itself and disappears', () => {
    const { stream, written } = terminal(true);
    const progress = createProgress(stream, {});
    progress.show({ stage: 'flows', detail: 'a.gz', fraction: 0.5 });
    progress.show({ stage: 'flows', detail: 'a.gz', fraction: 0.504 });
    progress.clear();
    expect(written()).toBe('\r\u001b[2Kflows 50 %: a.gz\r\u001b[2K');
  });

  test.each([
    ['without a terminal', false, {}],
    ['in CI', true, { CI: 'true' }],
    ['on a terminal that cannot erase', true, { TERM: 'dumb' }],
  ])('is silent %s', (_where, isTTY, environment) => {
    const { stream, written } = terminal(isTTY);
    const progress = createProgress(stream, environment);
    progress.show({ stage: 'rules', detail: '', fraction: null });
    progress.clear();
    expect(written()).toBe('');
  });

  test('never wraps and never passes on control characters of a file name', () => {
    const { stream, written } = terminal(true, 40);
    createProgress(stream, {}).show({ stage: 'flows', detail: `evil\u001b[31m${'x'.repeat(100)}`, fraction: null });
    const line = written().replace('\r\u001b[2K', '');
    expect(line.length).toBeLessThan(40);
    expect(line).toContain('evil?[31m');
  });
});
