/** Rule tables of the literature and of other tools, to which several tests know the answers: findings.md §8. */

/** T-ALSHAER: Al-Shaer and Hamed's example, in the order printed. */
export const ALSHAER: readonly string[] = [
  'deny tcp 140.192.37.20 -> any 80',
  'permit tcp 140.192.37.0/24 -> any 80',
  'permit tcp any -> 161.120.33.40 80',
  'deny tcp 140.192.37.0/24 -> 161.120.33.40 80',
  'deny tcp 140.192.37.30 -> any 21',
  'permit tcp 140.192.37.0/24 -> any 21',
  'permit tcp 140.192.37.0/24 -> 161.120.33.40 21',
  'deny tcp any -> any',
  'permit udp 140.192.37.0/24 -> 161.120.33.40 53',
  'permit udp any -> 161.120.33.40 53',
  'permit udp 140.192.38.0/24 -> 161.120.35.0/24',
  'deny udp any -> any',
];

/** T-UNION: two halves and the whole. */
export const UNION: readonly string[] = ['permit tcp any -> 1.2.3.0/25', 'permit tcp any -> 1.2.3.128/25', 'permit tcp any -> 1.2.3.0/24'];

/** T-HOLE: a deny stands in the place of the first rule once that is gone. */
export const HOLE: readonly string[] = ['permit tcp any -> 10.0.0.0/24', 'deny tcp any -> 10.0.0.5', 'permit tcp any -> 10.0.0.0/16'];

/** T-BF2: a permit and a deny together take all of the third. */
export const PERMIT_AND_DENY: readonly string[] = [
  'permit any any -> 1.2.3.0/25',
  'deny any any -> 1.2.3.128/25',
  'permit any any -> 1.2.3.0/24',
];

/** EM-OPPOSITE: the same match with the other action. */
export const OPPOSITE: readonly string[] = ['permit tcp any -> any 22', 'deny tcp any -> any 22'];

/** SG-MUTUAL: two equal rules, in one group or in two. */
export const MUTUAL: readonly string[] = ['permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22'];
