import { expect, test } from 'vitest';
import { analysePolicy } from '/work/main/src/core/trace/analyse-policy.ts';
import { policyOf } from '/work/main/test/support/policies.ts';
test('x', () => {
  const a = analysePolicy(policyOf(['deny tcp 140.192.37.20 -> any 80','permit tcp 140.192.37.0/24 -> any 80','permit tcp any -> 161.120.33.40 80','deny tcp 140.192.37.0/24 -> 161.120.33.40 80','deny tcp 140.192.37.30 -> any 21','permit tcp 140.192.37.0/24 -> any 21','permit tcp 140.192.37.0/24 -> 161.120.33.40 21','deny tcp any -> any','permit udp 140.192.37.0/24 -> 161.120.33.40 53','permit udp any -> 161.120.33.40 53','permit udp 140.192.38.0/24 -> 161.120.35.0/24','deny udp any -> any']), {budget: 1e5});
  for (const v of a.verdicts) console.log(v.rule, v.kind, v.by, v.relation, JSON.stringify(a.deciders(v.rule), (k, x) => typeof x === 'bigint' ? String(x) : x));
});
