import { describe, expect, test } from 'vitest';
import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import type { PointLayer } from '../../../src/core/ask/enforcement-points.ts';
import type { AddressRange } from '../../../src/model/address.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { QueryPoint } from '../../../src/model/query-answer.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { readRegion } from '../../support/ask/read-back.ts';
import { policyOf, ruleOf, underUnknown } from '../../support/policies.ts';

const NEIGHBOURS: AddressRange[] = [{ family: 4, first: 0x0a_00_00_00n, last: 0x0a_00_00_ffn }];

describe('who decides', () => {
  test('a layer decides nothing about packets that it does not look at', () => {
    const acl = policyOf(['permit tcp any -> any'], { id: 'acl' });
    const group = policyOf(['permit tcp any -> any'], { id: 'sg', evaluation: 'any-permit' });
    const answer = ask('tcp 10.0.0.0/23 -> 10.0.0.1:443', [
      { policies: [acl], exceptRemote: NEIGHBOURS },
      { policies: [group], exceptRemote: [] },
    ]);
    expect(partsOf(answer)).toEqual([`acl/1 ${256 * 65536}`, `sg/1 ${512 * 65536}`]);
    expect(partsOf(ask('tcp 10.0.0.0/24 -> 10.0.0.1:443', [{ policies: [acl], exceptRemote: NEIGHBOURS }]))).toEqual([]);
    expect(decidersOf(ask('tcp 10.0.0.7 -> 10.0.0.1:443', [{ policies: [acl], exceptRemote: NEIGHBOURS }]))).toEqual(['permit by nobody']);
  });

  test('defaults stand in the order of the policies, also where these have no rule', () => {
    const policies = ['b', 'a', 'c'].map((id) => policyOf([], { id }));
    expect(decidersOf(ask('tcp any -> 10.0.0.1:22', [{ policies, exceptRemote: [] }]))).toEqual(['deny by b/default a/default c/default']);
  });
});

describe('what a rule has of the region', () => {
  test('products that name every value of an axis between them match whatever the value is', () => {
    const rule = inStates(['new'], ['(any other)']);
    const group = policyOf([rule], { id: 'sg', evaluation: 'any-permit' });
    expect(partsOf(ask('tcp 10.0.0.9 -> 10.0.0.1:443', [{ policies: [group], exceptRemote: [] }]))).toEqual([`sg/1 ${65536}`]);
    const half = policyOf([inStates(['new'])], { id: 'sg', evaluation: 'any-permit' });
    expect(partsOf(ask('tcp 10.0.0.9 -> 10.0.0.1:443', [{ policies: [half], exceptRemote: [] }]))).toEqual(['sg/1 0']);
  });

  test('a rule under a condition nobody knows has none for sure, and neither has the default behind it', () => {
    const list = policyOf([underUnknown('app web', 'permit tcp any -> any')], { id: 'fw' });
    const answer = ask('tcp 10.0.0.9 -> 10.0.0.1:443', [{ policies: [list], exceptRemote: [] }]);
    expect(answer.verdict).toBe('depends');
    expect(partsOf(answer)).toEqual(['fw/1 0', 'fw/default 0']);
  });

  test('too small a budget is no answer', () => {
    const point = {
      attachments: [],
      direction: null,
      layers: [{ policies: [policyOf([])], exceptRemote: [] }],
      region: readRegion('any any -> any'),
    };
    expect(askPoint(point, { ...ASK_BUDGET, verdicts: 0 })).toBeNull();
  });
});

function ask(text: string, layers: readonly PointLayer[]): QueryPoint {
  const answer = askPoint({ attachments: ['eni-1'], direction: 'in', layers, region: readRegion(text) }, ASK_BUDGET);
  if (answer === null) throw new Error(`"${text}" takes more than the budget`);
  return answer;
}

function partsOf({ rules }: QueryPoint): string[] {
  return rules.map(({ policy, rule, packets }) => `${policy}/${rule} ${packets?.packets}`);
}

function decidersOf({ areas }: QueryPoint): string[] {
  return areas.flatMap(({ cases }) =>
    cases.map(
      ({ decided: { verdict, by } }) => `${verdict} by ${by.rules.map(({ policy, rule }) => `${policy}/${rule}`).join(' ') || 'nobody'}`,
    ),
  );
}

/** One product for each list of states. */
function inStates(...states: readonly (readonly string[])[]): Rule {
  const rule = ruleOf('permit tcp any -> any');
  const products = states.flatMap((values) => rule.match.products.map((product) => ({ ...product, finite: [{ axis: 'state', values }] })));
  return { ...rule, match: { products } } satisfies Policy['rules'][number];
}
