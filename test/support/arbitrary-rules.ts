import fc from 'fast-check';
import { type AddressFamily, type AddressRange, LAST_ADDRESS, normaliseRanges } from '../../src/model/address.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../src/model/flow.ts';
import type { Endpoint, MatchProduct } from '../../src/model/match.ts';
import { NO_METADATA, PRESENCE_UNKNOWN, type Rule } from '../../src/model/rule.ts';
import { ANY_SERVICE, type PortRange, type Service } from '../../src/model/service.ts';
import type { Point } from './reference.ts';

// Small worlds, so that ranges nest, touch and repeat, and points fall on and beside their ends.

const ADDRESSES: Readonly<Record<AddressFamily, readonly bigint[]>> = {
  4: [
    0n,
    1n,
    0x0a00_0000n,
    0x0a00_0001n,
    0x0a00_00ffn,
    0x0a00_0100n,
    0x0aff_ffffn,
    0x8000_0000n,
    0xc0a8_0101n,
    LAST_ADDRESS[4] - 1n,
    LAST_ADDRESS[4],
  ],
  6: [
    0n,
    1n,
    1n << 64n,
    (1n << 64n) + 1n,
    0x2600n << 112n,
    (0x2600n << 112n) + 0xffffn,
    0xfe80n << 112n,
    LAST_ADDRESS[6] - 1n,
    LAST_ADDRESS[6],
  ],
};
const PORTS = [0, 1, 8, 22, 79, 80, 81, 443, 1024, 65534, 65535];
const PROTOCOLS = [0, 1, 6, 17, 47, 58, 132, 255];

export function arbRules(maxLength = 12): fc.Arbitrary<Rule[]> {
  return fc.array(arbRule(), { maxLength });
}

export function arbRule(): fc.Arbitrary<Rule> {
  return fc
    .record({
      enabled: mostly(true, false),
      evaluable: fc.constantFrom('full', 'full', 'full', 'partial', 'no') as fc.Arbitrary<Rule['evaluable']>,
      products: fc.array(arbFamily().chain(arbProduct), { minLength: 0, maxLength: 3 }),
    })
    .map(({ enabled, evaluable, products }) => ruleWith({ enabled, evaluable, match: { products } }));
}

/** A rule without metadata, with the given parts. */
export function ruleWith(parts: Partial<Rule>): Rule {
  return {
    id: 'r',
    rank: 0,
    nativeId: null,
    name: '',
    description: '',
    asWritten: '',
    written: { source: [], destination: [], services: [] },
    effect: { verdict: 'permit', attributes: {} },
    enabled: true,
    match: { products: [] },
    evaluable: 'full',
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    sourceRef: { path: 'rules' },
    native: {},
    ...parts,
  };
}

export function arbPoint(family: AddressFamily): fc.Arbitrary<Point> {
  return fc.record({
    family: fc.constant(family),
    source: arbAddress(family),
    destination: arbAddress(family),
    protocol: fc.constantFrom(...PROTOCOLS, 6, 6, 1, UNSEEN_PROTOCOL),
    sourcePort: arbSeenOrNot(),
    destinationPort: arbSeenOrNot(),
  });
}

export function arbFamily(): fc.Arbitrary<AddressFamily> {
  return fc.constantFrom(4, 6);
}

export function arbAddress(family: AddressFamily): fc.Arbitrary<bigint> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ADDRESSES[family]) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: LAST_ADDRESS[family] }) },
  );
}

function arbSeenOrNot(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PORTS) }, { weight: 1, arbitrary: fc.constant(UNSEEN_PORT) });
}

function arbProduct(family: AddressFamily): fc.Arbitrary<MatchProduct> {
  return fc.record({
    family: fc.constant(family),
    source: arbEndpoint(family),
    destination: arbEndpoint(family),
    services: fc.array(arbService(), { minLength: 0, maxLength: 3 }),
    finite: mostly([], [{ axis: 'state', values: ['established'] }]),
    unknowns: mostly([], ['application web']),
  });
}

function arbEndpoint(family: AddressFamily): fc.Arbitrary<Endpoint> {
  const membership = fc.option(fc.record({ axis: fc.constantFrom('sg-1', 'pl-1'), members: fc.option(arbRanges(family), { nil: null }) }), {
    nil: null,
    freq: 3,
  });
  return fc.record({
    ranges: arbRanges(family),
    membership: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: membership }),
  });
}

function arbRanges(family: AddressFamily): fc.Arbitrary<AddressRange[]> {
  const everything: AddressRange = { family, first: 0n, last: LAST_ADDRESS[family] };
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([everything]) as fc.Arbitrary<AddressRange[]> },
    { weight: 3, arbitrary: fc.array(arbRange(family), { maxLength: 3 }).map(normaliseRanges) },
  );
}

export function arbRange(family: AddressFamily): fc.Arbitrary<AddressRange> {
  return fc.tuple(arbAddress(family), arbAddress(family)).map(([a, b]) => ({ family, first: a < b ? a : b, last: a < b ? b : a }));
}

function arbService(): fc.Arbitrary<Service> {
  const protocols = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...PROTOCOLS).map((protocol) => ({ protocolFirst: protocol, protocolLast: protocol })) },
    { weight: 1, arbitrary: fc.constant({ protocolFirst: 0, protocolLast: 255 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { protocolFirst: 1, protocolLast: 17 },
        { protocolFirst: 0, protocolLast: 254 },
        { protocolFirst: 18, protocolLast: 46 },
      ),
    },
  );
  const above = fc.oneof(
    fc.constant({}),
    fc.record({ sourcePort: fc.option(arbPorts(), { nil: null }), destinationPort: fc.option(arbPorts(), { nil: null }) }),
    fc.record({ icmpType: fc.option(fc.constantFrom(0, 1, 8), { nil: null }), icmpCode: fc.option(fc.constantFrom(0, 1), { nil: null }) }),
  );
  return fc.tuple(protocols, above).map(([range, rest]) => ({ ...ANY_SERVICE, ...range, ...rest }));
}

function arbPorts(): fc.Arbitrary<PortRange> {
  return fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
}

function mostly<T>(usual: T, rare: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(rare) });
}
