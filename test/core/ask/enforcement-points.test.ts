import { describe, expect, test } from 'vitest';
import { findPoints, type MetPoints, type PointChoice } from '../../../src/core/ask/enforcement-points.ts';
import { parseAddressRange } from '../../../src/model/address.ts';
import type { Attachment, Direction, Layer, Policy } from '../../../src/model/policy.ts';
import { formatRegion } from '../../../src/model/region-notation.ts';
import { readRegion } from '../../support/ask/read-back.ts';
import { policyOf, ruleBaseOf } from '../../support/policies.ts';

const ANYWHERE: PointChoice = { interface: null, direction: null, policies: [] };
const WEB_IN = bound('web:in', 'in');
const WEB_OUT = bound('web:out', 'out');
const ACL_IN = bound('acl:in', 'in');
const OTHER_IN = bound('other:in', 'in');
const WEB_1 = interfaceOf('eni-1', ['10.0.0.1'], { in: [['acl:in'], ['web:in']], out: [['web:out']] });
const WEB_2 = interfaceOf('eni-2', ['10.0.0.2'], { in: [['acl:in'], ['web:in']], out: [['web:out']] });

describe('where the packets of a region are judged', () => {
  test('they leave by interfaces of their source and enter by those of their destination; equal layers are one point', () => {
    expect(find([WEB_1, WEB_2], 'tcp 10.0.0.0/31 -> 10.0.0.2:443')).toEqual([
      'out eni-1: web:out: tcp 10.0.0.1 -> 10.0.0.2:443',
      'in eni-2: acl:in + web:in: tcp 10.0.0.0/31 -> 10.0.0.2:443',
    ]);
    expect(find([WEB_1, WEB_2], 'tcp any -> 10.0.0.0/8:443')).toEqual([
      'out eni-1, eni-2: web:out: tcp 10.0.0.1-10.0.0.2 -> 10.0.0.0/8:443',
      'in eni-1, eni-2: acl:in + web:in: tcp any -> 10.0.0.1-10.0.0.2:443',
    ]);
  });

  test('interfaces whose layers look at other addresses are points of their own', () => {
    const own: Attachment = { ...WEB_2, in: WEB_2.in.map((layer) => ({ ...layer, exceptRemote: ranges('10.0.0.0/24') })) };
    const { points } = findPoints(baseOf([WEB_1, own]), readRegion('tcp any -> 10.0.0.0/8:443'), { ...ANYWHERE, direction: 'in' });
    expect(points.map(({ attachments }) => attachments)).toEqual([['eni-1'], ['eni-2']]);
    expect(points.map(({ layers }) => layers[0]?.exceptRemote)).toEqual([[], ranges('10.0.0.0/24')]);
  });

  test('the family that the interface has is the one that is judged', () => {
    const dual = interfaceOf('eni-6', ['2001:db8::1'], { in: [['web:in']], out: [] });
    expect(find([dual], 'tcp any -> any:443', { ...ANYWHERE, direction: 'in' })).toEqual([
      'in eni-6: web:in: tcp any -> [2001:db8::1]:443',
    ]);
    expect(find([dual], 'tcp 10.0.0.1 -> 10.0.0.2:443')).toEqual([]);
  });

  test('without an inventory every policy is asked on its own', () => {
    expect(texts(findPoints(ruleBaseOf([WEB_IN, WEB_OUT]), readRegion('tcp any -> 10.0.0.1:22'), ANYWHERE))).toEqual([
      'in : web:in: tcp any -> 10.0.0.1:22',
      'out : web:out: tcp any -> 10.0.0.1:22',
    ]);
    expect(
      texts(findPoints(ruleBaseOf([WEB_IN, WEB_OUT]), readRegion('tcp any -> 10.0.0.1:22'), { ...ANYWHERE, direction: 'out' })),
    ).toEqual(['out : web:out: tcp any -> 10.0.0.1:22']);
  });

  test('a policy that is bound to no interface meets every packet, beside the interfaces', () => {
    const wall = policyOf([], { id: 'wall' });
    const base = { ...baseOf([WEB_1]), policies: [WEB_IN, WEB_OUT, ACL_IN, wall] };
    expect(texts(findPoints(base, readRegion('tcp 192.0.2.1 -> 10.0.0.1:443'), ANYWHERE))).toEqual([
      'in eni-1: acl:in + web:in: tcp 192.0.2.1 -> 10.0.0.1:443',
      'any : wall: tcp 192.0.2.1 -> 10.0.0.1:443',
    ]);
  });

  test('a policy on no interface is asked only by name', () => {
    const unattached = { ...OTHER_IN, attachments: [] };
    const base = { ...baseOf([WEB_1]), policies: [...baseOf([]).policies.filter(({ id }) => id !== 'other:in'), unattached] };
    expect(findPoints(base, readRegion('tcp 192.0.2.1 -> 10.0.0.9:443'), ANYWHERE).points).toEqual([]);
    expect(texts(findPoints(base, readRegion('tcp any -> 10.0.0.9:443'), { ...ANYWHERE, policies: ['other:in'] }))).toEqual([
      'in : other:in: tcp any -> 10.0.0.9:443',
    ]);
  });

  test('an interface asked for by name is asked about what it forwards, too', () => {
    expect(find([WEB_1, WEB_2], 'tcp 192.0.2.1 -> 198.51.100.1:443', { ...ANYWHERE, interface: 'eni-1', direction: 'in' })).toEqual([
      'in eni-1: acl:in + web:in: tcp 192.0.2.1 -> 198.51.100.1:443',
    ]);
  });

  test('only points with a policy asked for', () => {
    expect(find([WEB_1], 'tcp any -> 10.0.0.0/8:443', { ...ANYWHERE, policies: ['web:out'] })).toEqual([
      'out eni-1: web:out: tcp 10.0.0.1 -> 10.0.0.0/8:443',
    ]);
  });
});

describe('notes say where nothing was asked', () => {
  test('no interface has an address of a side', () => {
    const { notes } = findPoints(baseOf([WEB_1]), readRegion('tcp 192.0.2.1 -> 10.0.0.1:443'), ANYWHERE);
    expect(notes).toEqual([expect.stringContaining('address of the source')]);
  });

  test('an interface without any policy filters nothing', () => {
    const open = interfaceOf('eni-9', ['10.0.0.9'], { in: [], out: [] });
    const { points, notes } = findPoints(baseOf([open]), readRegion('tcp any -> 10.0.0.9:443'), { ...ANYWHERE, interface: 'eni-9' });
    expect(points).toEqual([]);
    expect(notes).toEqual(['No policy is on the interface eni-9: nothing filters there.']);
  });

  test('no packet of the region meets the policy asked for', () => {
    const { notes } = findPoints(baseOf([WEB_1]), readRegion('tcp 192.0.2.1 -> 192.0.2.2:443'), { ...ANYWHERE, policies: ['web:in'] });
    expect(notes).toContain('No packet of the region meets web:in.');
  });
});

function find(attachments: readonly Attachment[], text: string, choice: PointChoice = ANYWHERE): string[] {
  return texts(findPoints(baseOf(attachments), readRegion(text), choice));
}

function texts({ points }: MetPoints): string[] {
  return points.map(({ attachments, direction, layers, region }) => {
    const names = layers.map(({ policies }) => policies.map(({ id }) => id).join(' or ')).join(' + ');
    return `${direction ?? 'any'} ${attachments.join(', ')}: ${names}: ${formatRegion(region).join(' | ')}`;
  });
}

function baseOf(attachments: readonly Attachment[]): ReturnType<typeof ruleBaseOf> {
  return { ...ruleBaseOf([WEB_IN, WEB_OUT, ACL_IN, OTHER_IN], attachments), hasInventory: true };
}

function bound(id: string, direction: Direction): Policy {
  return policyOf([], { id, direction, interfaceBound: true, attachments: ['eni-1'] });
}

function interfaceOf(id: string, addresses: readonly string[], layers: Record<Direction, readonly (readonly string[])[]>): Attachment {
  const side = (names: readonly (readonly string[])[]): Layer[] => names.map((policies) => ({ policies, exceptRemote: [] }));
  return { id, localAddresses: ranges(...addresses), in: side(layers.in), out: side(layers.out), note: '' };
}

function ranges(...addresses: readonly string[]): Attachment['localAddresses'] {
  return addresses.map((text) => {
    const parsed = parseAddressRange(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.range;
  });
}
