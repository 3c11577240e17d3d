import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AddressFamily, normaliseRanges } from '../../src/model/address.ts';
import { formatPacket, looksLikePacket, type Packet, parsePacket, toReply } from '../../src/model/packet-notation.ts';
import { formatRegion, parseRegion, type Region, toMatchProducts, toRegion } from '../../src/model/region-notation.ts';
import { PROTOCOLS_WITH_PORTS, type Service } from '../../src/model/service.ts';
import { arbAddress, arbFamily, arbRange } from '../support/arbitrary-rules.ts';

describe('a packet', () => {
  test.each([
    ['tcp 10.1.2.3:40000 -> 10.9.0.5:443', 'tcp 10.1.2.3:40000 -> 10.9.0.5:443'],
    ['  TCP   10.1.2.3->10.9.0.5:443 ', 'tcp 10.1.2.3 -> 10.9.0.5:443'],
    ['6 10.1.2.3:any → 10.9.0.5:443', 'tcp 10.1.2.3 -> 10.9.0.5:443'],
    ['udp [2001:db8::1] -> [2001:DB8:0::2]:53', 'udp [2001:db8::1] -> [2001:db8::2]:53'],
    ['icmp 10.1.2.3 -> 10.9.0.5 type 8 code 0', 'icmp 10.1.2.3 -> 10.9.0.5 type 8 code 0'],
    ['47 10.1.2.3 -> 10.9.0.5', 'gre 10.1.2.3 -> 10.9.0.5'],
    ['tcp [::ffff:10.1.2.3] -> 10.9.0.5', 'tcp 10.1.2.3 -> 10.9.0.5'],
  ])('%s is read', (text, canonical) => {
    const parsed = parsePacket(text);
    expect(parsed.ok && formatPacket(parsed.value)).toBe(canonical);
  });

  test('is the same after it was written down', () => {
    fc.assert(
      fc.property(arbPacket(), (packet) => {
        expect(parsePacket(formatPacket(packet))).toEqual({ ok: true, value: packet });
      }),
    );
  });

  test.each([
    ['', /empty; expected protocol SOURCE/],
    ['tcp 10.1.2.3:1 10.9.0.5:443', /has no arrow; expected/],
    ['tcp 10.1.2.3 -', /the shell takes > for itself/],
    ['tcp 10.1.2.3 => 10.9.0.5', /it is written ->/],
    ['tcp 10.1.2.3 to 10.9.0.5', /write -> for "to"/],
    ['tcp 10.1.2.3 -> 10.9.0.5 -> 10.9.0.6', /2 arrows/],
    ['-> 10.9.0.5', /nothing before the arrow/],
    ['tcp -> 10.9.0.5', /only "tcp" before the arrow, a protocol without a source/],
    ['10.1.2.3 -> 10.9.0.5', /only "10\.1\.2\.3" before the arrow, and no protocol/],
    ['tcp 10.1.2.3 ->', /no destination behind the arrow/],
    ['tcp 10.1.2.3 80 -> 10.9.0.5', /"80" between the source and the arrow \(ports stand behind the address and a colon/],
    ['tcp/443 10.1.2.3 -> 10.9.0.5', /"tcp\/443" is no protocol \(the port stands behind the address: tcp A -> B:443\)/],
    ['tpc 10.1.2.3 -> 10.9.0.5', /"tpc" is no protocol; expected a name such as tcp/],
    ['https 10.1.2.3 -> 10.9.0.5', /write tcp with port 443/],
    ['256 10.1.2.3 -> 10.9.0.5', /"256" is no protocol.*0 to 255/],
    ['any 10.1.2.3 -> 10.9.0.5', /"any" stands for several protocols; a packet has one/],
    ['tcp,udp 10.1.2.3 -> 10.9.0.5', /"tcp,udp" is a list of protocols; a packet has one/],
    ['tcp any -> 10.9.0.5:443', /the source "any" stands for many addresses; a packet has one, for example 10\.1\.2\.3:443/],
    ['tcp 10.1.2.0/24 -> 10.9.0.5:443', /the source "10\.1\.2\.0\/24" stands for many addresses/],
    ['tcp 10.1.2.3/24 -> 10.9.0.5:443', /bits below its prefix length; expected the network 10\.1\.2\.0\/24 or the address 10\.1\.2\.3/],
    ['tcp 10.1.2.3 -> 10.9.0.5:80-90', /several ports; a packet has one, or leave the port out/],
    ['tcp 10.1.2.3 -> 10.9.0.5:', /ends in a colon/],
    ['tcp 10.1.2.3 -> 10.9.0.5:70000', /port 70000 is above 65535/],
    ['tcp 10.1.2.3 -> 10.9.0.5:443-80', /443-80 is descending/],
    ['tcp 10.1.2.3 -> 10.9.0.5:https', /ports are numbers, and https is 443/],
    ['tcp 10.1.2.3 -> 10.9.0.5:toString', /ports are numbers$/],
    ['tcp 10.1.2.3 -> 10.9.0.5 port 443', /ports stand behind the address and a colon: 10\.9\.0\.5:443/],
    ['tcp 10.1.2.3 -> 10.9.0.5.443', /"10\.9\.0\.5\.443" is not an IPv4.*the port stands behind a colon/],
    ['tcp 10.1.2 -> 10.9.0.5', /an IPv4 address has four numbers/],
    ['tcp 10.1.2.300 -> 10.9.0.5', /each of the four numbers is 0 to 255/],
    ['tcp 010.1.2.3 -> 10.9.0.5', /leading zeros/],
    ['tcp web-1 -> 10.9.0.5', /names are not looked up/],
    ['tcp 2001:db8::1 -> [2001:db8::2]:443', /IPv6 without brackets; expected \[2001:db8::1\]/],
    ['tcp [2001:db8::1 -> [2001:db8::2]:443', /unbalanced brackets/],
    ['tcp [2001:db8::]/32 -> [2001:db8::2]', /outside the brackets; expected \[2001:db8::\/32\]/],
    ['tcp [10.1.2.3] -> 10.9.0.5', /IPv4 in brackets; expected 10\.1\.2\.3/],
    ['tcp [fe80::1%eth0] -> [fe80::2]', /leave the zone behind % out/],
    ['tcp 10.1.2.3 -> [2001:db8::2]:443', /the source is IPv4 and the destination IPv6/],
    ['icmp 10.1.2.3:8 -> 10.9.0.5', /icmp has no ports.*type and code at the end/],
    ['gre 10.1.2.3 -> 10.9.0.5:1', /gre has no ports.*expected the address alone$/],
    ['tcp 10.1.2.3 -> 10.9.0.5 type 8', /tcp has no type; expected it for icmp or icmpv6 only/],
    ['icmp 10.1.2.3 -> 10.9.0.5 type', /type has no number behind it/],
    ['icmp 10.1.2.3 -> 10.9.0.5 type echo', /type "echo" is no number from 0 to 255/],
    ['icmp 10.1.2.3 -> 10.9.0.5 type 300', /type "300" is no number from 0 to 255/],
    ['icmp 10.1.2.3 -> 10.9.0.5 type 8 type 0', /type is given twice/],
    ['icmp 10.1.2.3 -> 10.9.0.5 8 0', /"8 0" follows the destination.*type 8 code 0/],
  ])('"%s" is refused with a sentence that says what was seen and expected', (text, reason) => {
    const parsed = parsePacket(text);
    expect(parsed.ok ? formatPacket(parsed.value) : parsed.reason).toMatch(reason);
    expect(parsed.ok).toBe(false);
  });

  test('reading never throws, whatever is written', () => {
    const word = fc.constantFrom(
      'tcp',
      'icmp',
      '->',
      '10.0.0.1',
      '[::1]',
      ':80',
      ':',
      ',',
      '/',
      '[',
      ']',
      'any',
      'type',
      '8',
      '-',
      '→',
      ' ',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          for (const parsed of [parsePacket(text), parseRegion(text)]) if (!parsed.ok) expect(parsed.reason).not.toBe('');
        },
      ),
    );
  });

  test('is told from the name of a rule', () => {
    expect(['tcp 10.0.0.1 10.0.0.2', 'ip 10.0.0.1 - 10.0.0.2', '10.0.0.1->10.0.0.2'].map(looksLikePacket)).toEqual([true, true, true]);
    expect(['sg-1:in/sgr-7', 'F-0123456789abcdef', 'tcp', 'allow web', ''].map(looksLikePacket)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the answer of a packet', () => {
  test.each([
    ['tcp 10.1.2.3:40000 -> 10.9.0.5:443', 'tcp 10.9.0.5:443 -> 10.1.2.3:40000'],
    ['udp 10.1.2.3 -> 10.9.0.5:53', 'udp 10.9.0.5:53 -> 10.1.2.3'],
    ['icmp 10.1.2.3 -> 10.9.0.5 type 8 code 0', 'icmp 10.9.0.5 -> 10.1.2.3 type 0 code 0'],
    ['icmpv6 [::1] -> [::2] type 128', 'icmpv6 [::2] -> [::1] type 129 code 0'],
    ['icmp 10.1.2.3 -> 10.9.0.5', 'icmp 10.9.0.5 -> 10.1.2.3'],
    ['icmp 10.1.2.3 -> 10.9.0.5 type 3 code 4', null],
  ])('to %s is %s', (text, answer) => {
    const packet = parsePacket(text);
    const reply = packet.ok ? toReply(packet.value) : null;
    expect(reply === null ? null : formatPacket(reply)).toBe(answer);
  });
});

describe('a region', () => {
  test.each([
    ['tcp 0.0.0.0/0 -> 10.9.0.0/16:1-1024', 'tcp any -> 10.9.0.0/16:1-1024'],
    ['any any -> any', 'any any -> any'],
    ['any 0.0.0.0/0 -> 0.0.0.0/0', 'any 0.0.0.0/0 -> 0.0.0.0/0'],
    ['tcp,udp any -> 10.0.0.53:53', 'tcp,udp any -> 10.0.0.53:53'],
    ['tcp 10.0.0.0/9, 10.128.0.0/9 -> 10.0.0.5:443, 80,81', 'tcp 10.0.0.0/8 -> 10.0.0.5:80-81,443'],
    ['tcp 10.0.0.1-10.0.0.9:1024-65535 -> [2001:db8::/32],10.0.0.5:443', 'tcp 10.0.0.1-10.0.0.9:1024-65535 -> 10.0.0.5:443'],
    ['icmpv6 any -> [2001:db8::1-2001:db8::9] type 128', 'icmpv6 any -> [2001:db8::1-2001:db8::9] type 128'],
    ['icmp any -> 10.0.0.1 type 9,0-7 code 1,0', 'icmp any -> 10.0.0.1 type 0-7,9 code 0-1'],
    ['0-5 any -> any', '0-5 any -> any'],
  ])('%s is read', (text, canonical) => {
    const parsed = parseRegion(text);
    expect(parsed.ok && formatRegion(parsed.value)).toEqual([canonical]);
  });

  test.each([
    ['tcp 10.0.0.0/8 -> [2001:db8::/32]', /no address family in common; expected IPv4 or IPv6 on both sides/],
    ['tcp 10.0.0.9-10.0.0.1 -> any', /descending; expected the lower address first/],
    ['tcp 10.0.0.1-[::1] -> any', /something beside its brackets/],
    ['tcp 10.0.0.1,any -> any', /lists any beside others/],
    ['tcp 10.0.0.1:80,10.0.0.2:81 -> any', /a list of addresses stands before the ports/],
    ['tcp any -> any:80,,90', /a comma without a port behind it/],
    ['tcp any -> any:80:90', /a range is written 80-90/],
    ['icmp any -> any:80', /icmp has no ports; expected type and code/],
    ['any any -> any type 8', /has no type; expected it for icmp/],
    ['9-3 any -> any', /descending; expected the lower number first/],
  ])('"%s" is refused with a sentence', (text, reason) => {
    const parsed = parseRegion(text);
    expect(parsed.ok ? formatRegion(parsed.value) : parsed.reason).toMatch(reason);
  });

  test('is the same after it was written down', () => {
    fc.assert(
      fc.property(arbRegion(), (region) => {
        const lines = formatRegion(region);
        expect(lines).toHaveLength(1);
        const again = parseRegion(lines[0] ?? '');
        expect(again).toMatchObject({
          ok: true,
          value: { families: region.families, source: region.source, destination: region.destination },
        });
        expect(again.ok && sorted(again.value.services)).toEqual(sorted(region.services));
      }),
    );
  });

  test('services that are no product take a line each', () => {
    const parsed = parseRegion('any any -> 10.0.0.5');
    const service = {
      protocolFirst: 6,
      protocolLast: 6,
      sourcePort: null,
      destinationPort: { first: 443, last: 443 },
      icmpType: null,
      icmpCode: null,
    };
    const dns: Service = { ...service, protocolFirst: 17, protocolLast: 17, destinationPort: { first: 53, last: 53 } };
    expect(parsed.ok && formatRegion({ ...parsed.value, services: [service, dns] })).toEqual([
      'tcp any -> 10.0.0.5:443',
      'udp any -> 10.0.0.5:53',
    ]);
  });

  test('becomes one product of a match for each family', () => {
    const parsed = parseRegion('tcp any -> 10.0.0.5,[2001:db8::5]:443');
    expect(parsed.ok && toMatchProducts(parsed.value).map(({ family, destination }) => [family, destination.ranges.length])).toEqual([
      [4, 1],
      [6, 1],
    ]);
  });

  test('a packet is the region of itself', () => {
    fc.assert(
      fc.property(arbPacket(), (packet) => {
        expect(formatRegion(toRegion(packet))).toEqual([formatPacket(packet)]);
      }),
    );
  });
});

function arbPacket(): fc.Arbitrary<Packet> {
  const port = fc.option(fc.nat(65535), { nil: null });
  const small = fc.option(fc.nat(255), { nil: null });
  return arbFamily()
    .chain((family) =>
      fc.record({
        family: fc.constant(family),
        protocol: fc.oneof(fc.constantFrom(6, 17, 1, 58), fc.nat(255)),
        source: arbAddress(family),
        sourcePort: port,
        destination: arbAddress(family),
        destinationPort: port,
        icmpType: small,
        icmpCode: small,
      }),
    )
    .filter(({ family, source, destination }) => family === 4 || ![source, destination].some((address) => address >> 32n === 0xffffn))
    .map((packet) => {
      const hasPorts = PROTOCOLS_WITH_PORTS.includes(packet.protocol);
      const isIcmp = packet.protocol === 1 || packet.protocol === 58;
      return {
        ...packet,
        ...(hasPorts ? {} : { sourcePort: null, destinationPort: null }),
        ...(isIcmp ? {} : { icmpType: null, icmpCode: null }),
      };
    });
}

/** Products of protocols and ports, as the notation can write them; host ranges of both families. */
function arbRegion(): fc.Arbitrary<Region> {
  const ports = fc.option(fc.uniqueArray(fc.constantFrom(22, 80, 443, 8080), { minLength: 1, maxLength: 3 }), { nil: null });
  const families: fc.Arbitrary<readonly AddressFamily[]> = fc.constantFrom([4] as const, [6] as const, [4, 6] as const);
  return families.chain((some) => {
    const side = fc
      .tuple(...some.map((family) => fc.array(arbRange(family), { minLength: 1, maxLength: 3 })))
      .map((lists) => normaliseRanges(lists.flat()));
    return fc.record({
      families: fc.constant(some),
      source: side,
      destination: side,
      services: fc.tuple(fc.subarray([6, 17, 132], { minLength: 1 }), ports, ports).map(([protocols, sourcePorts, destinationPorts]) =>
        protocols.flatMap((protocol) =>
          (sourcePorts ?? [null]).flatMap((from) =>
            (destinationPorts ?? [null]).map(
              (to): Service => ({
                protocolFirst: protocol,
                protocolLast: protocol,
                sourcePort: from === null ? null : { first: from, last: from },
                destinationPort: to === null ? null : { first: to, last: to },
                icmpType: null,
                icmpCode: null,
              }),
            ),
          ),
        ),
      ),
    });
  });
}

function sorted(services: readonly Service[]): string[] {
  return services.map((service) => JSON.stringify(service)).sort();
}
