import { expect, test } from 'vitest';
import { type RuleBoxes, toRuleBoxes } from '../../../src/core/classify/rule-boxes.ts';
import { type AddressRange, anyAddress } from '../../../src/model/address.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../../src/model/flow.ts';
import { anyEndpoint, type Endpoint, type MatchProduct } from '../../../src/model/match.ts';
import { ANY_SERVICE, ICMP, serviceOf, TCP } from '../../../src/model/service.ts';
import { ruleWith } from '../../support/arbitrary-rules.ts';

const ALL_SEEN = { sourcePort: false, destinationPort: false, protocol: false };
const HTTPS = { first: 443, last: 443 };

test('a rule without conditions is one certain box that holds unseen values too', () => {
  const boxes = boxesOf({});
  expect(boxes.count).toBe(1);
  expect([...boxes.certain]).toEqual([1]);
  expect([...boxes.protocolLast, ...boxes.sourcePortLast, ...boxes.destinationPortLast]).toEqual([
    UNSEEN_PROTOCOL,
    UNSEEN_PORT,
    UNSEEN_PORT,
  ]);
});

test('a disabled rule has no boxes', () => {
  expect(toRuleBoxes([ruleWith({ enabled: false, match: { products: [product({})] } })], 4, ALL_SEEN).count).toBe(0);
});

test('a port without a protocol means the five protocols that have ports', () => {
  const boxes = boxesOf({ services: [{ ...ANY_SERVICE, destinationPort: HTTPS }] });
  expect([...boxes.protocolFirst]).toEqual([6, 17, 33, 132, 136]);
  expect([...boxes.protocolLast]).toEqual([6, 17, 33, 132, 136]);
});

test('a rule that asks for a port matches flows without ports possibly, where there are such flows', () => {
  const services = [serviceOf(TCP, HTTPS)];
  expect(boxesOf({ services }).count).toBe(1);
  const boxes = toRuleBoxes([ruleWith({ match: { products: [product({ services })] } })], 4, { ...ALL_SEEN, destinationPort: true });
  expect([...boxes.certain]).toEqual([1, 0]);
  expect([...boxes.destinationPortFirst]).toEqual([443, UNSEEN_PORT]);
});

test('an ICMP type matches flows without a type possibly', () => {
  const boxes = boxesOf({ services: [{ ...serviceOf(ICMP), icmpType: 8 }] });
  expect([...boxes.certain]).toEqual([1, 0]);
  expect([...boxes.sourcePortFirst]).toEqual([8, UNSEEN_PORT]);
  expect([...boxes.destinationPortFirst]).toEqual([0, 0]);
});

test('members of a reference match certainly, the rest of what it may hold possibly', () => {
  const members: AddressRange[] = [{ family: 4, first: 10n, last: 20n }];
  const boxes = boxesOf({ source: { ranges: [anyAddress(4)], membership: { axis: 'sg-1', members } } });
  expect([...boxes.certain]).toEqual([1, 0]);
  expect([...boxes.addresses.sourceFirst].map(Number)).toEqual([10, 0]);
});

test('a reference that could not be resolved matches nothing certainly', () => {
  const source: Endpoint = { ranges: [anyAddress(4)], membership: { axis: 'sg-1', members: null } };
  expect([...boxesOf({ source }).certain]).toEqual([0]);
});

test('unknown and finite conditions leave possible boxes only', () => {
  expect([...boxesOf({ unknowns: ['application web'] }).certain]).toEqual([0]);
  expect([...boxesOf({ finite: [{ axis: 'state', values: ['new'] }] }).certain]).toEqual([0]);
  expect([...toRuleBoxes([ruleWith({ evaluable: 'no', match: { products: [product({})] } })], 4, ALL_SEEN).certain]).toEqual([0]);
});

test('boxes inside another box of the same rule fall away', () => {
  expect(boxesOf({ services: [serviceOf(TCP, HTTPS), serviceOf(TCP), serviceOf(TCP)] }).count).toBe(1);
});

test('products of the other family have no boxes', () => {
  expect(toRuleBoxes([ruleWith({ match: { products: [product({})] } })], 6, ALL_SEEN).count).toBe(0);
});

function boxesOf(parts: Partial<MatchProduct>): RuleBoxes {
  return toRuleBoxes([ruleWith({ match: { products: [product(parts)] } })], 4, ALL_SEEN);
}

function product(parts: Partial<MatchProduct>): MatchProduct {
  return { family: 4, source: anyEndpoint(4), destination: anyEndpoint(4), services: [ANY_SERVICE], finite: [], unknowns: [], ...parts };
}
