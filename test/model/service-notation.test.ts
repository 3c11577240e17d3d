import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ANY_SERVICE, formatService, PROTOCOLS_WITH_PORTS, type Service } from '../../src/model/service.ts';
import { parseService } from '../../src/model/service-notation.ts';

const byte = fc.option(fc.integer({ min: 0, max: 255 }));
const ports = fc.option(fc.tuple(fc.nat(65535), fc.nat(65535)).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })));
const of = (protocol: number, rest: Partial<Service>): Service => ({
  ...ANY_SERVICE,
  protocolFirst: protocol,
  protocolLast: protocol,
  ...rest,
});
const service: fc.Arbitrary<Service> = fc.oneof(
  fc.constant(ANY_SERVICE),
  fc.integer({ min: 0, max: 255 }).map((protocol) => of(protocol, {})),
  fc.tuple(fc.constantFrom(...PROTOCOLS_WITH_PORTS), ports).map(([protocol, destinationPort]) => of(protocol, { destinationPort })),
  fc.tuple(fc.constantFrom(1, 58), byte, byte).map(([protocol, icmpType, icmpCode]) => of(protocol, { icmpType, icmpCode })),
);

test('a service without source ports is read as results write it', () => {
  fc.assert(
    fc.property(service, (value) => {
      expect(parseService(formatService(value))).toEqual({ ok: true, value });
    }),
  );
});

test.each([
  ['tcp', 'tcp/any'],
  [' TCP/443 ', 'tcp/443'],
  ['17/53', 'udp/53'],
  ['icmp', 'icmp/any'],
  ['icmpv6/128', 'icmpv6/128'],
  ['any/any', 'any'],
  ['esp', 'esp/any'],
])('%s is %s', (text, shown) => {
  const parsed = parseService(text);
  expect(parsed.ok && formatService(parsed.value)).toBe(shown);
});

test.each([
  ['', '"" names no service; '],
  ['/443', '"/443" names no service; '],
  ['tcp/', '"tcp/": "" is not a port or a range of ports; '],
  ['tcp/443/80', '"tcp/443/80" has 2 parts behind the protocol; '],
  ['tcp 443', '"tcp 443" is no service; expected tcp/443'],
  ['6-17', '"6-17" is no service: "6-17" is a range of protocols; '],
  ['telnet', '"telnet" is no service: "telnet" is no protocol; '],
  ['icmp/8/0/0', '"icmp/8/0/0" has no ICMP type and code from 0 to 255; expected for example icmp, icmp/8 or icmp/8/0'],
  ['constructor', '"constructor" is no service: "constructor" is no protocol; '],
])('"%s" is no service', (text, reason) => {
  const parsed = parseService(text);
  expect(parsed.ok ? '' : parsed.reason.startsWith(reason) || parsed.reason).toBe(true);
});
