import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aggregateNetworks, coverageOf } from '../../src/governance/networks.ts';
import { proposeZones } from '../../src/governance/propose-zones.ts';
import { type AddressRange, formatAddressRange, LAST_ADDRESS, parseAddressRange, rangeContains } from '../../src/model/address.ts';
import type { Attachment, NamedNetwork, Policy, RuleBase } from '../../src/model/policy.ts';
import { ruleOf } from '../support/policies.ts';

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}
const subnet = (id: string, name: string, parent: string | null, ...cidrs: readonly string[]): NamedNetwork => ({
  id,
  name,
  parent,
  cidrs: cidrs.map(range),
});
const attachment = (id: string, ...addresses: readonly string[]): Attachment => ({
  id,
  localAddresses: addresses.map(range),
  in: [],
  out: [],
  note: '',
});
const rulesOf = (...rules: readonly string[]): Pick<Policy, 'id' | 'rules'> => ({
  id: 'p',
  rules: rules.map((text, index) => ruleOf(text, { id: String(index + 1) })),
});

/** `name: networks [tags]` of each proposal. */
function proposed({ rules = [], ...parts }: Partial<RuleBase> & { readonly rules?: readonly string[] }): string[] {
  return proposal({ rules, ...parts }).zones.map(
    ({ name, networks, tags }) =>
      `${name}: ${networks.map(formatAddressRange).join(' ')}${tags.length === 0 ? '' : ` [${tags.join(' ')}]`}`,
  );
}

function proposal({ rules = [], ...parts }: Partial<RuleBase> & { readonly rules?: readonly string[] }) {
  const policies = rules.length === 0 ? [] : [rulesOf(...rules) as Policy];
  return proposeZones({ policies, attachments: [], hasInventory: false, diagnostics: [], ...parts });
}

test('subnets become zones with the name of their network as tag, and the network is what remains', () => {
  const networks = [
    subnet('v', 'shop', null, '10.0.0.0/16'),
    subnet('s1', 'web', 'shop', '10.0.1.0/24'),
    subnet('s2', 'db', 'shop', '10.0.2.0/24'),
  ];
  expect(proposed({ networks })).toEqual(['shop: 10.0.0.0/16 [shop]', 'web: 10.0.1.0/24 [shop]', 'db: 10.0.2.0/24 [shop]']);
});

test('subnets of one name are one zone inside a network, and two zones in two networks', () => {
  const networks = [
    subnet('s1', 'web', 'prod', '10.0.1.0/24'),
    subnet('s2', 'web', 'prod', '10.0.2.0/24'),
    subnet('s3', 'web', 'dev', '10.9.1.0/24'),
  ];
  expect(proposed({ networks })).toEqual(['prod-web: 10.0.1.0/24 10.0.2.0/24 [prod]', 'dev-web: 10.9.1.0/24 [dev]']);
});

test('a network that two networks have is proposed once, and the other one is told', () => {
  const networks = [subnet('s1', 'a', 'prod', '10.0.1.0/24'), subnet('s2', 'b', 'dev', '10.0.1.0/24', '10.0.2.0/24')];
  const { zones } = proposal({ networks });
  expect(zones.map(({ name, networks: own }) => [name, own.map(formatAddressRange)])).toEqual([
    ['a', ['10.0.1.0/24']],
    ['b', ['10.0.2.0/24']],
  ]);
  expect(zones[1]?.because).toContain('10.0.1.0/24 is left out: s1 has the same network, and rules do not tell the two apart');
});

test('interfaces in no named network are proposed by their network', () => {
  const networks = [subnet('s1', 'web', 'shop', '10.0.1.0/24')];
  const attachments = [attachment('eni-1', '10.0.1.5'), attachment('eni-2', '10.0.7.5', '2001:db8::5'), attachment('eni-3', '10.0.7.9')];
  const { zones } = proposal({ networks, attachments });
  expect(zones.map(({ name }) => name)).toEqual(['web', 'net-10.0.7.0-24', 'net6-2001-db8-64']);
  expect(zones[1]?.because).toEqual(['addresses of interfaces eni-2, eni-3']);
});

test('without an inventory the private networks of the rules are proposed, and other ones are listed', () => {
  const rules = [
    'permit tcp 10.1.0.0/16 -> 192.0.2.7 443',
    'permit tcp 10.1.2.3 -> any 22',
    'deny any 172.16.5.9 -> fd00:1::/48',
    'permit udp 8.0.0.0/5 -> any',
  ];
  // The reader of test rules has one family on both sides.
  expect(proposed({ rules: rules.map((rule) => rule.replace('fd00:1::/48', 'any')) })).toEqual([
    'net-10.1.0.0-16: 10.1.0.0/16',
    'net-10.1.2.0-24: 10.1.2.0/24',
    'net-172.16.5.0-24: 172.16.5.0/24',
  ]);
  expect(proposed({ rules: ['permit tcp fd00:1::/48 -> any 443'] })).toEqual(['net6-fd00-1-48: fd00:1::/48']);
  expect(proposal({ rules }).otherNetworks.map(({ range: other, rules: count }) => `${formatAddressRange(other)} ${count}`)).toEqual([
    '8.0.0.0/5 1',
    '192.0.2.7 1',
  ]);
});

test('what is any, refers to something else or could not be read proposes nothing', () => {
  expect(proposal({ rules: ['permit any any -> any'] })).toEqual({ zones: [], otherNetworks: [] });
  const unread = ruleOf('permit tcp 10.0.0.0/8 -> any', { evaluable: 'no' });
  expect(proposal({ policies: [{ ...(rulesOf() as Policy), rules: [unread] }] }).zones).toEqual([]);
});

test('names from inputs become names that a guardrails file accepts', () => {
  const names = ['any', 'Outside', '7 dwarfs: "x"\n', '***', 'über.büro_1', 'x'.repeat(90), 'web', 'web '];
  const networks = names.map((name, index) => subnet(`subnet-${index}`, name, 'v', `10.0.${index}.0/24`));
  expect(proposal({ networks }).zones.map(({ name }) => name)).toEqual([
    'any-zone',
    'Outside-zone',
    'dwarfs-x',
    'subnet-3',
    'über.büro_1',
    'x'.repeat(50),
    'web',
    'web-2',
  ]);
});

test('many hosts are proposed as at most 60 networks that hold all of them', () => {
  const hosts = fc.uniqueArray(fc.integer({ min: 0, max: 0xff_ffff }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(hosts, (numbers) => {
      const ranges = numbers.map(
        (number): AddressRange => ({ family: 4, first: 0x0a00_0000n + BigInt(number), last: 0x0a00_0000n + BigInt(number) }),
      );
      const networks = aggregateNetworks(ranges);
      expect(networks.length).toBeLessThanOrEqual(60);
      for (const one of ranges) expect(networks.some((network) => rangeContains(network, one))).toBe(true);
      for (const network of networks) expect(formatAddressRange(network)).toMatch(/^10\..*\/\d+$/);
    }),
    { numRuns: 50 },
  );
});

test('a range keeps the smallest network around it', () => {
  const shown = (...texts: readonly string[]) => aggregateNetworks(texts.map(range)).map(formatAddressRange);
  expect(shown('10.0.0.0/8', '10.1.0.0-10.2.255.255', '10.9.9.9')).toEqual(['10.0.0.0/14', '10.0.0.0/8', '10.9.9.0/24']);
  expect(shown('::/0', '0.0.0.0/0')).toEqual(['0.0.0.0/0', '::/0']);
  expect(shown()).toEqual([]);
});

test('coverage finds what a scan finds', () => {
  const small = fc
    .tuple(fc.constantFrom(4 as const, 6 as const), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 8 }), fc.boolean())
    .map(([family, first, size, high]): AddressRange => {
      const start = BigInt(first) + (high ? LAST_ADDRESS[family] - 38n : 0n);
      return { family, first: start, last: start + BigInt(size) };
    });
  fc.assert(
    fc.property(fc.array(small, { maxLength: 6 }), small, (ranges, asked) => {
      let inside = true;
      for (let address = asked.first; address <= asked.last; address++)
        inside &&= ranges.some(({ family, first, last }) => family === asked.family && first <= address && address <= last);
      expect(coverageOf(ranges)(asked)).toBe(inside);
    }),
  );
});
