import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../../src/core/explain/consider-policy.ts';
import { matchPacket } from '../../../src/core/explain/match-packet.ts';
import { UNSEEN_PORT } from '../../../src/model/flow.ts';
import type { Packet } from '../../../src/model/packet-notation.ts';
import { DEFAULT_RULE } from '../../../src/model/rule.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS } from '../../../src/model/service.ts';
import { arbAddress, arbFamily, arbRule, arbRules, ruleWith } from '../../support/arbitrary-rules.ts';
import { packetOf } from '../../support/packets.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { type Point, referenceAllMatch, referenceFirstMatch, referenceMatch } from '../../support/reference.ts';

describe('what a rule answers', () => {
  test('is what a scan over the model finds; what the packet leaves open is what a log does not carry', () => {
    fc.assert(
      fc.property(arbRule(), arbFamily().chain(arbPacket), (rule, packet) => {
        expect(matchPacket(rule, packet).answer).toBe(referenceMatch(rule, toPoint(packet)));
      }),
      { numRuns: 2000 },
    );
  });

  test('a rule that does not match says on which axis, one that may match says what has to hold', () => {
    fc.assert(
      fc.property(arbRule(), arbFamily().chain(arbPacket), (rule, packet) => {
        const match = matchPacket(rule, packet);
        if (match.answer === 'no') expect(match.mismatches.length).toBeGreaterThan(0);
        if (match.answer === 'possible') expect(match.alternatives.every((questions) => questions.length > 0)).toBe(true);
      }),
    );
  });

  test.each([
    ['permit tcp 10.0.0.0/8 -> any 80', [['destination-port', '443', ['80']]]],
    ['permit tcp 10.9.0.0/16 -> any 443', [['source', '10.1.2.3', ['10.9.0.0/16']]]],
    [
      'permit udp 10.9.0.0/16 -> any 53',
      [
        ['source', '10.1.2.3', ['10.9.0.0/16']],
        ['protocol', 'tcp', ['udp']],
        ['destination-port', '443', ['53']],
      ],
    ],
    ['permit udp any -> any 443', [['protocol', 'tcp', ['udp']]]],
    ['permit tcp 2001:db8::/32 -> any 443', [['family', 'IPv4', ['IPv6']]]],
  ])('%s misses tcp 10.1.2.3 -> 10.9.0.5:443 on the axes named', (text, expected) => {
    const match = matchPacket(ruleOf(text), packetOf('tcp 10.1.2.3 -> 10.9.0.5:443'));
    expect(match.answer === 'no' && match.mismatches.map(({ axis, seen, expected: wanted }) => [axis, seen, wanted])).toEqual(expected);
  });

  test('a rule that is switched off and matches otherwise misses for that reason only', () => {
    const match = matchPacket(ruleOf('permit tcp any -> any 443', { enabled: false }), packetOf('tcp 10.1.2.3 -> 10.9.0.5:443'));
    expect(match.answer === 'no' && match.mismatches.map(({ axis }) => axis)).toEqual(['enabled']);
  });

  test('a rule without products matches nothing', () => {
    const match = matchPacket(ruleWith({ match: { products: [] } }), packetOf('tcp 10.1.2.3 -> 10.9.0.5:443'));
    expect(match.answer === 'no' && match.mismatches.map(({ axis }) => axis)).toEqual(['nothing']);
  });
});

describe('who decides', () => {
  test('in a first-match policy: the first that surely matches, as a scan finds, after those that may', () => {
    fc.assert(
      fc.property(arbRules(), arbFamily().chain(arbPacket), (rules, packet) => {
        const policy = policyOf(rules.map((rule, index) => ({ ...rule, id: `r${index}` })));
        const { decider, possible } = referenceFirstMatch(rules, toPoint(packet));
        const candidates = readPolicy(policy, packet).candidates.map(({ rule, alternatives }) => [rule, alternatives.length > 0]);
        expect(candidates).toEqual([...possible.map((index) => [`r${index}`, true]), [decider < 0 ? DEFAULT_RULE : `r${decider}`, false]]);
      }),
      { numRuns: 1000 },
    );
  });

  test('in an any-permit policy: every rule that surely matches, or else those that may and the default', () => {
    fc.assert(
      fc.property(arbRules(), arbFamily().chain(arbPacket), (rules, packet) => {
        const policy = policyOf(
          rules.map((rule, index) => ({ ...rule, id: `r${index}` })),
          { evaluation: 'any-permit' },
        );
        const { certain, possible } = referenceAllMatch(rules, toPoint(packet));
        const expected = certain.length > 0 ? certain.map((index) => `r${index}`) : [...possible.map((index) => `r${index}`), DEFAULT_RULE];
        expect(readPolicy(policy, packet).candidates.map(({ rule }) => rule)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

function arbPacket(family: 4 | 6): fc.Arbitrary<Packet> {
  const port = fc.oneof(fc.constantFrom(0, 1, 8, 22, 80, 81, 443, 1024, 65535), fc.constant(null));
  return fc
    .record({
      family: fc.constant(family),
      protocol: fc.constantFrom(0, 1, 6, 6, 6, 17, 47, 58, 132, 255),
      source: arbAddress(family),
      sourcePort: port,
      destination: arbAddress(family),
      destinationPort: port,
      icmpType: fc.constantFrom(0, 1, 8, null),
      icmpCode: fc.constantFrom(0, 1, null),
    })
    .map((packet) => ({
      ...packet,
      ...(PROTOCOLS_WITH_PORTS.includes(packet.protocol) ? {} : { sourcePort: null, destinationPort: null }),
      ...(packet.protocol === ICMP || packet.protocol === ICMPV6 ? {} : { icmpType: null, icmpCode: null }),
    }));
}

/** As a flow log would hold it: type and code in the place of the ports. */
function toPoint(packet: Packet): Point {
  const isIcmp = packet.protocol === ICMP || packet.protocol === ICMPV6;
  const { family, source, destination, protocol } = packet;
  return {
    family,
    source,
    destination,
    protocol,
    sourcePort: (isIcmp ? packet.icmpType : packet.sourcePort) ?? UNSEEN_PORT,
    destinationPort: (isIcmp ? packet.icmpCode : packet.destinationPort) ?? UNSEEN_PORT,
  };
}
