import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { considerLayers } from '../../../src/core/explain/consider-layers.ts';
import { explainPacket } from '../../../src/core/explain/explain-packet.ts';
import { parseAddressRange } from '../../../src/model/address.ts';
import type { Endpoint, MatchProduct } from '../../../src/model/match.ts';
import type { Packet } from '../../../src/model/packet-notation.ts';
import type { Attachment, Layer } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { Service } from '../../../src/model/service.ts';
import { arbRules, ruleWith } from '../../support/arbitrary-rules.ts';
import { packetOf } from '../../support/packets.ts';
import { policyOf, ruleBaseOf, ruleOf, underUnknown } from '../../support/policies.ts';

const ANYWHERE = { interface: null, direction: null } as const;

describe('the verdict of layers', () => {
  test('is that of every answer the unknowns can have, tried one by one', () => {
    fc.assert(
      fc.property(arbCase(), ({ rules, packet, evaluation }) => {
        const policy = policyOf(rules, { evaluation });
        const worlds = [...everyWorld(rules, packet)];
        fc.pre(worlds.length > 0);
        const answers = new Set(worlds.map((world) => permitsIn(world, rules, evaluation)));
        const expected = answers.size === 2 ? 'depends' : answers.has(true) ? 'permitted' : 'denied';
        expect(considerLayers([{ policies: [policy], skipped: null }], packet).verdict).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('one unknown has one value in all of them', () => {
    const ifWeb = underUnknown('application web', 'permit tcp any -> any 443');
    const permitting = policyOf([ifWeb], { id: 'a' });
    const denying = policyOf([{ ...ifWeb, effect: { verdict: 'deny', attributes: {} } }, 'permit any any -> any'], { id: 'b' });
    const packet = packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:443');
    expect(considerLayers([{ policies: [permitting], skipped: null }], packet).verdict).toBe('depends');
    expect(
      considerLayers(
        [
          { policies: [permitting], skipped: null },
          { policies: [denying], skipped: null },
        ],
        packet,
      ).verdict,
    ).toBe('denied');
  });

  test('a port left open is tried on both sides of every bound', () => {
    const layers = [{ policies: [policyOf(['deny tcp any -> any 0-1023', 'permit any any -> any'])], skipped: null }];
    expect(considerLayers(layers, packetOf('tcp 10.0.0.1:9 -> 10.0.0.2')).verdict).toBe('depends');
    expect(considerLayers(layers, packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:1024')).verdict).toBe('permitted');
  });

  test('the source and the destination are members of one group or not, each for itself', () => {
    const membership = { axis: 'member of sg-1', members: null };
    const memberRule = (text: string, side: 'source' | 'destination'): Rule => {
      const rule = ruleOf(text);
      return {
        ...rule,
        match: { products: rule.match.products.map((product) => ({ ...product, [side]: { ...product[side], membership } })) },
      };
    };
    const policy = policyOf([memberRule('deny tcp any -> any 443', 'destination'), memberRule('permit tcp any -> any 443', 'source')]);
    expect(considerLayers([{ policies: [policy], skipped: null }], packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:443')).verdict).toBe('depends');
  });

  test('too many unknowns to try are taken to decide in some case each', () => {
    const rules = Array.from({ length: 20 }, (_, index) => {
      const rule = ruleOf(index === 19 ? 'permit any any -> any' : 'deny any any -> any', { id: `r${index}` });
      return {
        ...rule,
        match: { products: rule.match.products.map((product) => ({ ...product, unknowns: index === 19 ? [] : [`user ${index}`] })) },
      };
    });
    const { verdict, layers } = considerLayers([{ policies: [policyOf(rules)], skipped: null }], packetOf('gre 10.0.0.1 -> 10.0.0.2'));
    expect(verdict).toBe('depends');
    expect(layers[0]?.policies[0]?.outcomes).toHaveLength(20);
  });

  test('a rule behind one that takes the same under the same condition is no outcome', () => {
    const ifWeb = underUnknown('application web', 'deny tcp any -> any 443');
    const policy = policyOf([ifWeb, { ...ifWeb, effect: { verdict: 'permit' as const, attributes: {} } }]);
    const { verdict, layers } = considerLayers([{ policies: [policy], skipped: null }], packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:443'));
    expect(verdict).toBe('denied');
    expect(layers[0]?.policies[0]?.outcomes.map(({ rule }) => rule)).toEqual(['1', 'default']);
  });

  test('an address that the exports do not show as a member is denied as exported, and possible all the same', () => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> any 443');
    const members = { axis: 'member of sg-1', members: [rangeOf('10.0.0.9')] };
    const fromGroup = {
      ...rule,
      match: { products: rule.match.products.map((product) => ({ ...product, source: { ...product.source, membership: members } })) },
    };
    const layers = [{ policies: [policyOf([fromGroup], { evaluation: 'any-permit' })], skipped: null }];
    expect(considerLayers(layers, packetOf('tcp 10.0.0.9 -> 10.0.0.2:443')).verdict).toBe('permitted');
    expect(considerLayers(layers, packetOf('tcp 10.0.0.1 -> 10.0.0.2:443'))).toMatchObject({ verdict: 'depends', asExported: 'denied' });
    expect(considerLayers(layers, packetOf('tcp 192.0.2.1 -> 10.0.0.2:443')).verdict).toBe('denied');
  });
});

describe('a packet', () => {
  const groupOut = policyOf(['permit any any -> any'], {
    id: 'sg:out',
    evaluation: 'any-permit',
    direction: 'out',
    interfaceBound: true,
    attachments: ['eni-1', 'eni-2'],
  });
  const groupIn = policyOf(['permit tcp any -> any 443'], {
    id: 'sg:in',
    evaluation: 'any-permit',
    direction: 'in',
    interfaceBound: true,
    attachments: ['eni-1', 'eni-2'],
  });
  const aclIn = policyOf(['permit tcp any -> any 443'], {
    id: 'acl:in',
    stateful: false,
    direction: 'in',
    interfaceBound: true,
    attachments: ['eni-2'],
  });
  const aclOut = policyOf([replyRule('32768-65535')], {
    id: 'acl:out',
    stateful: false,
    direction: 'out',
    interfaceBound: true,
    attachments: ['eni-2'],
  });
  const client = attachmentOf('eni-1', '10.0.0.1', { in: [layerOf('sg:in')], out: [layerOf('sg:out')] });
  const server = attachmentOf('eni-2', '10.0.0.2', {
    in: [layerOf('acl:in', ['10.0.0.0/29']), layerOf('sg:in')],
    out: [layerOf('sg:out'), layerOf('acl:out', ['10.0.0.0/29'])],
  });
  const ruleBase = ruleBaseOf([groupOut, groupIn, aclIn, aclOut], [client, server]);
  const facts = (text: string, choice: Parameters<typeof explainPacket>[2] = ANYWHERE) => explainPacket(ruleBase, packetOf(text), choice);

  test('leaves by the interface that has its source and enters by the one that has its destination', () => {
    const { points, verdict } = facts('tcp 10.0.0.1:40000 -> 10.0.0.2:443');
    expect(points.map(({ attachment, direction }) => [attachment, direction])).toEqual([
      ['eni-1', 'out'],
      ['eni-2', 'in'],
    ]);
    expect(verdict).toBe('permitted');
  });

  test('does not meet a layer that leaves its remote address out', () => {
    expect(facts('tcp 10.0.0.1:40000 -> 10.0.0.2:443').points[1]?.layers[0]).toMatchObject({
      skipped: '10.0.0.1 is on the same subnet',
      policies: [],
    });
  });

  test('is denied when one of the places denies it', () => {
    const { verdict, points } = facts('tcp 10.0.0.1:40000 -> 10.0.0.2:80');
    expect(points.map((point) => point.verdict)).toEqual(['permitted', 'denied']);
    expect(verdict).toBe('denied');
  });

  test('needs an entry for its answer where a layer is stateless, and only there', () => {
    expect(facts('tcp 10.0.9.1:40000 -> 10.0.0.2:443').points[0]?.reply).toMatchObject({
      packet: 'tcp 10.0.0.2:443 -> 10.0.9.1:40000',
      verdict: 'permitted',
    });
    expect(facts('tcp 10.0.9.1:20000 -> 10.0.0.2:443').points[0]?.reply?.verdict).toBe('denied');
    expect(facts('tcp 10.0.9.1 -> 10.0.0.2:443').points[0]?.reply?.verdict).toBe('depends');
    expect(facts('tcp 10.0.0.1:40000 -> 10.0.0.2:443').points.map(({ reply }) => reply)).toEqual([null, null]);
  });

  test('says what its text leaves open', () => {
    expect(facts('tcp 10.0.0.1 -> 10.0.0.2').leftOpen).toEqual(['source port', 'destination port']);
    expect(facts('icmp 10.0.0.1 -> 10.0.0.2 type 8').leftOpen).toEqual(['ICMP code']);
    expect(facts('gre 10.0.0.1 -> 10.0.0.2').leftOpen).toEqual([]);
  });

  test('between strangers is judged by no interface, unless one is named', () => {
    expect(facts('tcp 192.0.2.1 -> 192.0.2.2:443')).toMatchObject({ verdict: null, points: [] });
    const forwarded = facts('tcp 192.0.2.1:9 -> 192.0.2.2:443', { interface: 'eni-1', direction: null });
    expect(forwarded.points.map(({ direction, alternative }) => [direction, alternative])).toEqual([
      ['out', 0],
      ['in', 0],
    ]);
    expect(forwarded.notes.join(' ')).toContain('is an address of eni-1');
    expect(
      facts('tcp 192.0.2.1:9 -> 192.0.2.2:443', { interface: 'eni-1', direction: 'in' }).points.map(({ direction }) => direction),
    ).toEqual(['in']);
  });

  test('to an address that two interfaces have depends on which one, unless they agree', () => {
    const twin = attachmentOf('eni-3', '10.0.0.2', { in: [], out: [] });
    const both = ruleBaseOf([groupOut, groupIn, aclIn, aclOut], [client, server, twin]);
    expect(explainPacket(both, packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:80'), ANYWHERE).verdict).toBe('depends');
    expect(explainPacket(both, packetOf('tcp 10.0.0.1:9 -> 10.0.0.2:443'), ANYWHERE).verdict).toBe('permitted');
  });

  test('meets every policy that is bound to no interface', () => {
    const all = ruleBaseOf([policyOf(['permit tcp any -> any 443'], { id: 'a' }), policyOf(['permit tcp any -> any 80'], { id: 'b' })]);
    const { points, verdict } = explainPacket(all, packetOf('tcp 192.0.2.1 -> 192.0.2.2:443'), ANYWHERE);
    expect(points.map((point) => point.verdict)).toEqual(['permitted', 'denied']);
    expect(verdict).toBe('denied');
  });

  test('an answer without an inventory is incomplete and says so', () => {
    const blind = ruleBaseOf([{ ...groupIn, attachments: null }]);
    const { verdict, incompleteBecause } = explainPacket(blind, packetOf('tcp 10.0.0.1 -> 10.0.0.2:443'), ANYWHERE);
    expect(verdict).toBeNull();
    expect(incompleteBecause.join(' ')).toContain('--inventory');
  });
});

function rangeOf(text: string) {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}

function layerOf(policy: string, exceptRemote: readonly string[] = []): Layer {
  return { policies: [policy], exceptRemote: exceptRemote.map(rangeOf) };
}

function attachmentOf(id: string, address: string, layers: Pick<Attachment, 'in' | 'out'>): Attachment {
  return { id, localAddresses: [rangeOf(address)], note: '', ...layers };
}

function replyRule(ports: string): Rule {
  return ruleOf(`permit tcp any -> any ${ports}`);
}

// The slow, obvious twin of possible worlds: every port, and yes and no for every unknown.

interface World {
  readonly packet: { readonly sourcePort: number; readonly destinationPort: number };
  readonly base: Packet;
  readonly yes: ReadonlySet<string>;
  readonly state: string;
}

function* everyWorld(rules: readonly Rule[], base: Packet): Iterable<World> {
  const names = [...new Set(rules.flatMap(unknownsOf))];
  const ports = [...new Set(rules.flatMap(portsOf))];
  if (2 ** names.length * ports.length ** 2 > 6000) return;
  const choices = (value: number | null): readonly number[] => (value === null ? ports : [value]);
  for (let mask = 0; mask < 2 ** names.length; mask++) {
    const yes = new Set(names.filter((_, index) => (mask >> index) & 1));
    for (const state of ['established', 'new']) {
      for (const sourcePort of choices(base.sourcePort)) {
        for (const destinationPort of choices(base.destinationPort)) yield { packet: { sourcePort, destinationPort }, base, yes, state };
      }
    }
  }
}

function unknownsOf(rule: Rule): string[] {
  const members = rule.match.products.flatMap((product) => [
    `source ${product.source.membership?.axis}`,
    `destination ${product.destination.membership?.axis}`,
  ]);
  return [`rule ${rule.id}`, ...members, ...rule.match.products.flatMap(({ unknowns }) => unknowns)].filter(
    (name) => !name.endsWith('undefined') && (name !== `rule ${rule.id}` || rule.evaluable === 'no'),
  );
}

/** Where an answer can change, and 0. */
function portsOf(rule: Rule): number[] {
  const services = rule.match.products.flatMap((product) => product.services);
  const ranges = services.flatMap(({ sourcePort, destinationPort }) => [sourcePort, destinationPort]).filter((range) => range !== null);
  return [0, ...ranges.flatMap(({ first, last }) => [first, last + 1]).filter((port) => port <= 65535)];
}

function permitsIn(world: World, rules: readonly Rule[], evaluation: 'first-match' | 'any-permit'): boolean {
  const matching = rules.filter(
    (rule) =>
      rule.enabled &&
      (rule.evaluable !== 'no' || world.yes.has(`rule ${rule.id}`)) &&
      rule.match.products.some((product) => holdsIn(world, rule.evaluable === 'no' ? { ...product, unknowns: [] } : product)),
  );
  if (evaluation === 'any-permit') return matching.some(({ effect }) => effect.verdict === 'permit');
  return matching[0]?.effect.verdict === 'permit';
}

function holdsIn(world: World, product: MatchProduct): boolean {
  const side = (name: 'source' | 'destination', endpoint: Endpoint): boolean => {
    const inside = (ranges: Endpoint['ranges']): boolean =>
      ranges.some(({ first, last }) => first <= world.base[name] && world.base[name] <= last);
    if (endpoint.membership === null) return inside(endpoint.ranges);
    return inside(endpoint.membership.members ?? []) || (inside(endpoint.ranges) && world.yes.has(`${name} ${endpoint.membership.axis}`));
  };
  return (
    product.family === world.base.family &&
    side('source', product.source) &&
    side('destination', product.destination) &&
    product.unknowns.every((unknown) => world.yes.has(unknown)) &&
    product.finite.every(({ values }) => values.includes(world.state)) &&
    product.services.some((service) => serviceHolds(service, world))
  );
}

/** TCP only. */
function serviceHolds(service: Service, { packet }: World): boolean {
  if (service.protocolFirst > 6 || service.protocolLast < 6) return false;
  if ((service.icmpType !== null || service.icmpCode !== null) && service.sourcePort === null && service.destinationPort === null)
    return false;
  const inside = (range: Service['sourcePort'], port: number): boolean => range === null || (range.first <= port && port <= range.last);
  return inside(service.sourcePort, packet.sourcePort) && inside(service.destinationPort, packet.destinationPort);
}

function arbCase() {
  const port = fc.constantFrom(null, 22, 80, 443, 1024);
  const packet = fc.record({
    family: fc.constant(4 as const),
    protocol: fc.constant(6),
    source: fc.constantFrom(0x0a00_0000n, 0x0a00_0001n, 0xc0a8_0101n),
    sourcePort: port,
    destination: fc.constantFrom(0x0a00_0001n, 0x8000_0000n),
    destinationPort: port,
    icmpType: fc.constant(null),
    icmpCode: fc.constant(null),
  });
  const rules = fc
    .tuple(arbRules(5), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }))
    .map(([list, permits]) =>
      list.map((rule, index) =>
        ruleWith({ ...rule, id: `r${index}`, effect: { verdict: permits[index] === true ? 'permit' : 'deny', attributes: {} } }),
      ),
    );
  return fc.record({ rules, packet, evaluation: fc.constantFrom('first-match' as const, 'any-permit' as const) });
}
