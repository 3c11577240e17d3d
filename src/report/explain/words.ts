import type { Alternatives, Condition, Mismatch } from '../../model/explanation.ts';

/** `destination port 443 is not 80`, `source 10.1.2.3 is not in 10.0.0.0/24, 10.2.0.0/24`. */
export function describeMismatch({ axis, seen, expected, expectedOmitted }: Mismatch): string {
  if (axis === 'enabled') return 'switched off';
  if (axis === 'nothing') return 'matches no packet at all';
  const name = AXIS_WORDS[axis];
  const more = expectedOmitted === 0 ? '' : ` and ${expectedOmitted} more`;
  const list = `${expected.join(', ')}${more}`;
  return `${name} ${seen} is not ${expected.length > 1 || expected.some(isRange) ? 'in ' : ''}${list}`.trim();
}

const AXIS_WORDS: Readonly<Record<Exclude<Mismatch['axis'], 'enabled' | 'nothing'>, string>> = {
  family: 'the packet is',
  source: 'source',
  destination: 'destination',
  protocol: 'protocol',
  'source-port': 'source port',
  'destination-port': 'destination port',
  'icmp-type': 'ICMP type',
  'icmp-code': 'ICMP code',
};

/** Of addresses or ports; `member of sg-1` is none. */
function isRange(text: string): boolean {
  return /^[0-9a-f.:]+[/-][0-9a-f.:]+$/i.test(text);
}

/** What has to hold, as a clause behind "if". */
export function describeCondition({ kind, axis, subject, values }: Condition): string {
  switch (kind) {
    case 'membership':
      return `${subject} is ${axis}, which the exports do not show`;
    case 'unresolved':
      return `${subject} is ${axis}, which the exports do not hold`;
    case 'unknown':
      return `"${axis}" holds`;
    case 'unreadable':
      return `${axis} (it could not be read)`;
    case 'finite':
    case 'source-port':
    case 'destination-port':
    case 'icmp-type':
    case 'icmp-code':
      return `${axis} is ${values.join(' or ')}`;
  }
}

const MOST_ALTERNATIVES = 3;

/** Any of the lists, of which everything has to hold; empty when there is no condition. */
export function describeAlternatives(alternatives: Alternatives): string {
  const clauses = [...new Set(alternatives.map((conditions) => conditions.map(describeCondition).join(' and ')))];
  const more = clauses.length - MOST_ALTERNATIVES;
  return `${clauses.slice(0, MOST_ALTERNATIVES).join(', or ')}${more > 0 ? `, or in ${more} other ways` : ''}`;
}
