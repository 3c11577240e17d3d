import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ANY_PORT,
  ANY_SERVICE,
  formatPortRange,
  formatProtocol,
  formatService,
  parsePortRange,
  parseProtocol,
  serviceOf,
} from '../../src/model/service.ts';

test('every protocol number is read back from its name', () => {
  for (let protocol = 0; protocol <= 255; protocol++) expect(parseProtocol(formatProtocol(protocol))).toBe(protocol);
});

test.each([
  ['tcp', 6],
  [' TCP ', 6],
  ['6', 6],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['0', 0],
  ['255', 255],
])('%j is protocol %d', (text, protocol) => {
  expect(parseProtocol(text)).toBe(protocol);
});

test.each(['', 'any', '-1', '256', '6.0', 'tcp/udp', 'constructor', '__proto__', 'toString', 'hasownproperty'])(
  '%j is not one protocol',
  (text) => {
    expect(parseProtocol(text)).toBeNull();
  },
);

test('ports are read back as they were formatted', () => {
  fc.assert(
    fc.property(fc.nat({ max: 65535 }), fc.nat({ max: 65535 }), (a, b) => {
      const ports = { first: Math.min(a, b), last: Math.max(a, b) };
      expect(parsePortRange(formatPortRange(ports))).toEqual({ ok: true, ports });
    }),
  );
});

test.each([' 443 ', '443-443', '443 - 443'])('%j is the one port 443', (text) => {
  expect(parsePortRange(text)).toEqual({ ok: true, ports: { first: 443, last: 443 } });
});

test.each([
  ['443-80', 'port range 443-80 is descending; expected the lower port first'],
  ['65536', 'port 65536 is above 65535'],
  ['1-65536', 'port 65536 is above 65535'],
  ['', '"" is not a port or a range of ports'],
  ['any', '"any" is not a port or a range of ports'],
  ['-1', '"-1" is not a port or a range of ports'],
  ['80-', '"80-" is not a port or a range of ports'],
  ['1-2-3', '"1-2-3" is not a port or a range of ports'],
  ['1e3', '"1e3" is not a port or a range of ports'],
  ['123456', '"123456" is not a port or a range of ports'],
])('the ports %j are refused', (text, reason) => {
  expect(parsePortRange(text)).toEqual({ ok: false, reason });
});

test.each([
  [ANY_SERVICE, 'any'],
  [{ ...ANY_SERVICE, destinationPort: { first: 53, last: 53 } }, 'any/53'],
  [serviceOf(6), 'tcp/any'],
  [serviceOf(6, { first: 443, last: 443 }), 'tcp/443'],
  [serviceOf(17, { first: 1000, last: 2000 }), 'udp/1000-2000'],
  [serviceOf(6, ANY_PORT), 'tcp/0-65535'],
  [serviceOf(253), '253/any'],
  [{ ...serviceOf(6), sourcePort: { first: 1024, last: 65535 } }, 'tcp/any from 1024-65535'],
  [{ ...serviceOf(1), icmpType: 8, icmpCode: 0 }, 'icmp/8/0'],
  [{ ...serviceOf(58), icmpType: 128 }, 'icmpv6/128'],
  [{ ...serviceOf(1), icmpCode: 4 }, 'icmp/any/4'],
  [{ ...ANY_SERVICE, icmpType: 8 }, 'any/any type 8'],
  [{ ...ANY_SERVICE, sourcePort: { first: 53, last: 53 } }, 'any from 53'],
  [{ ...ANY_SERVICE, protocolFirst: 1, protocolLast: 6 }, '1-6/any'],
])('%j is written %s', (service, text) => {
  expect(formatService(service)).toBe(text);
});
