import { expect } from 'vitest';

/**
 * Expects what every text for a terminal has to be: no control character but line ends, no line wider than asked, but for lines that a person copies
 * (places and witnesses are never cut).
 *
 * @param copied lines that may be wider
 */
export function expectFitForTerminal(text: string, width: number, copied: RegExp): void {
  expect(text.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
  for (const line of text.split('\n')) if (!copied.test(line)) expect([...line].length, line).toBeLessThanOrEqual(width);
}

/** Without the colours that are ours; any other sequence stays. */
export function withoutColor(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are our own colours
  return text.replace(/\u001b\[(?:1|2|22|31|33|39)m/g, '');
}
