import type { ServiceFunction } from '../../model/service-matrix.ts';

export const TONES = ['none', 'depends', 'few', 'many', 'most', 'all'] as const;
export type Tone = (typeof TONES)[number];

/** What each tone means, for the legend. */
export const TONE_WORDS: Readonly<Record<Tone, string>> = {
  none: 'nothing',
  depends: 'only under conditions',
  few: 'a few services (like up to 16 ports)',
  many: 'many (like up to 1,024 ports)',
  most: 'more (like over 1,024 ports)',
  all: 'everything asked for',
};

// A port of a protocol, from any source port, is 2^16 combinations.
const FEW = 1n << 20n;
const MANY = 1n << 26n;

/** How much a cell permits, by the number of combinations of protocol and ports. */
export function toneOf({ extent, serviceCount }: ServiceFunction): Tone {
  if (extent === 'none') return 'none';
  if (extent === 'conditional') return 'depends';
  if (extent === 'all') return 'all';
  const count = BigInt(serviceCount);
  return count <= FEW ? 'few' : count <= MANY ? 'many' : 'most';
}
