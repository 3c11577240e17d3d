import { describe, expect, test } from 'vitest';
import { deniedByNextLayer } from '../../../src/core/findings/denied-by-next-layer.ts';
import { overPermissive } from '../../../src/core/findings/over-permissive.ts';
import { parseAddressRange } from '../../../src/model/address.ts';
import type { Attachment, Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { contextOf } from '../../support/detection.ts';
import { policyOf, underUnknown } from '../../support/policies.ts';

describe('open too wide', () => {
  const open = (rules: readonly (string | Rule)[], overrides: Partial<Policy> = {}): string[] =>
    overPermissive.detect(contextOf([policyOf(rules, overrides)])).map(({ rule, severity }) => `${rule} ${severity}`);

  test('every protocol from anywhere, long port ranges, and risky services', () => {
    expect(open(['permit any any -> 10.0.0.5'])).toEqual(['1 high']);
    expect(open(['permit tcp any -> 10.0.0.5 1024-65535'])).toEqual(['1 medium']);
    expect(open(['permit tcp any -> 10.0.0.5 3389'])).toEqual(['1 high']);
    expect(open(['permit tcp any -> 10.0.0.5 21'])).toEqual(['1 medium']);
  });

  test('what a web server needs is not, nor are 1024 ports', () => {
    expect(open(['permit tcp any -> 10.0.0.5 443', 'permit tcp any -> 10.0.0.5 80', 'permit tcp any -> 10.0.0.5 50000-51023'])).toEqual([]);
    expect(open(['permit tcp any -> 10.0.0.5 50000-51024'])).toEqual(['1 medium']);
  });

  test('from a block that somebody chose nothing is too wide, from a large one it weighs less', () => {
    expect(open(['permit any 10.1.0.0/16 -> any'])).toEqual([]);
    expect(open(['permit any 10.0.0.0/8 -> any'])).toEqual(['1 low']);
  });

  test('a deny, a rule that never decides, one under an unknown condition, and a group on no interface are not', () => {
    expect(open(['deny any any -> any'])).toEqual([]);
    expect(open(['deny any any -> any', 'permit any any -> any'])).toEqual([]);
    expect(open([underUnknown('app web', 'permit any any -> any')])).toEqual([]);
    expect(open(['permit any any -> any'], { attachments: [] })).toEqual([]);
  });

  test('on the way out the destination counts, and risky services are no finding', () => {
    expect(open(['permit any any -> 10.0.0.5', 'permit tcp any -> any 22'], { direction: 'out' })).toEqual([]);
    expect(open(['permit any 10.0.0.5 -> any'], { direction: 'out' })).toEqual(['1 low']);
  });

  test('a list without state needs long ranges for replies', () => {
    expect(open(['permit tcp any -> any 1024-65535'], { stateful: false, direction: 'in' })).toEqual([]);
  });
});

describe('denied by the next layer', () => {
  const group = policyOf(['permit tcp 10.0.0.0/24 -> any 445', 'permit tcp 10.0.0.0/24 -> any 443'], {
    id: 'sg',
    evaluation: 'any-permit',
    direction: 'in',
    interfaceBound: true,
    attachments: ['eni-1'],
  });
  const list = (id: string, rules: readonly string[]): Policy =>
    policyOf(rules, { id, direction: 'in', stateful: false, interfaceBound: true, attachments: ['eni-1'] });
  const attachment = (id: string, acl: string, exceptRemote: Attachment['in'][number]['exceptRemote'] = []): Attachment => ({
    id,
    localAddresses: [],
    in: [
      { policies: [acl], exceptRemote },
      { policies: ['sg'], exceptRemote: [] },
    ],
    out: [],
    note: '',
  });
  const denied = (policies: readonly Policy[], attachments: readonly Attachment[]): string[] =>
    deniedByNextLayer.detect(contextOf(policies, attachments)).map(({ policy, rule }) => `${policy}/${rule}`);
  const strict = list('strict', ['permit tcp any -> any 443']);

  test('what the list of every interface denies', () => {
    expect(denied([group, strict], [attachment('eni-1', 'strict')])).toEqual(['sg/1']);
  });

  test('not while one interface lets a part of it through', () => {
    const both = { ...group, attachments: ['eni-1', 'eni-2'] };
    const partly = list('partly', ['permit tcp 10.0.0.7 -> any 445']);
    expect(denied([both, strict, partly], [attachment('eni-1', 'strict'), attachment('eni-2', 'partly')])).toEqual([]);
  });

  test('not for addresses that the list is not asked about', () => {
    const inside = parseAddressRange('10.0.0.0/28');
    if (!inside.ok) throw new Error(inside.reason);
    expect(denied([group, strict], [attachment('eni-1', 'strict', [inside.range])])).toEqual([]);
  });

  test('not without an inventory, on no interface, or when an interface is not known', () => {
    expect(denied([{ ...group, attachments: null }, strict], [attachment('eni-1', 'strict')])).toEqual([]);
    expect(denied([{ ...group, attachments: [] }, strict], [])).toEqual([]);
    expect(denied([{ ...group, attachments: ['eni-1', 'eni-9'] }, strict], [attachment('eni-1', 'strict')])).toEqual([]);
  });

  test('not when the list is missing from the export: it may permit anything', () => {
    expect(denied([group], [attachment('eni-1', 'strict')])).toEqual([]);
  });

  test('a list without state is not judged by a group with state, which lets replies pass', () => {
    const closed = { ...group, rules: [] };
    expect(denied([closed, strict], [attachment('eni-1', 'strict')])).toEqual([]);
  });
});
