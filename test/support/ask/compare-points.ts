import type { MetPoints } from '../../../src/core/ask/enforcement-points.ts';
import type { AddressRange } from '../../../src/model/address.ts';
import type { Direction, RuleBase } from '../../../src/model/policy.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { holdsAddress, holdsPacket, type PacketClass, packetClasses, show, termsOf } from './packet-classes.ts';

/** Interfaces by the packets they judge, and the policies that are asked alone. */
export function comparePoints({ policies, attachments, hasInventory }: RuleBase, region: Region, { points }: MetPoints): string[] {
  const classes = packetClasses(
    termsOf([], [region, ...points.map((point) => point.region), ...attachments.map(({ localAddresses }) => aroundOf(localAddresses))]),
  );
  const disagreements: string[] = [];
  for (const direction of ['out', 'in'] as const) {
    for (const attachment of attachments) {
      const own = points.filter((point) => point.direction === direction && point.attachments.includes(attachment.id));
      const meets = classes.filter((packet) => holdsPacket(region, packet) && isLocal(attachment.localAddresses, direction, packet));
      const isFiltered = attachment[direction].length > 0;
      if (own.length !== (meets.length > 0 && isFiltered ? 1 : 0)) {
        disagreements.push(`${attachment.id} ${direction}: ${meets.length} classes of packets, yet ${own.length} points`);
        continue;
      }
      for (const point of own) {
        const members = attachments.filter(({ id }) => point.attachments.includes(id));
        const wrong = classes.find((packet) => {
          const expected = holdsPacket(region, packet) && members.some((each) => isLocal(each.localAddresses, direction, packet));
          return holdsPacket(point.region, packet) !== expected;
        });
        if (wrong !== undefined) disagreements.push(`${attachment.id} ${direction}: the part of the region is wrong at ${show(wrong)}`);
        const layers = (each: (typeof members)[number]): string => JSON.stringify(each[direction].map((layer) => layer.policies));
        const names = JSON.stringify(point.layers.map((layer) => layer.policies.map(({ id }) => id)));
        if (members.some((each) => layers(each) !== names)) disagreements.push(`${attachment.id} ${direction}: the layers are ${names}`);
      }
    }
  }
  const alone = points.filter((point) => point.attachments.length === 0).map(({ layers: [layer] }) => layer?.policies[0]?.id);
  const expected = policies.filter(({ interfaceBound }) => !interfaceBound || !hasInventory).map(({ id }) => id);
  if (alone.join() !== expected.join()) disagreements.push(`asked alone: expected ${expected.join()}, found ${alone.join()}`);
  return disagreements;
}

function isLocal(ranges: readonly AddressRange[], direction: Direction, packet: PacketClass): boolean {
  return holdsAddress(ranges, packet.family, direction === 'in' ? packet.destination : packet.source);
}

/** A region that mentions the addresses on both sides, to tell packets apart by them. */
export function aroundOf(ranges: readonly AddressRange[]): Region {
  return { families: [4, 6], source: ranges, destination: ranges, services: [] };
}
