import { describe, expect, test } from 'vitest';
import { toRegionSource } from '../../../src/core/ask/compiled-point.ts';
import { toRegions } from '../../../src/core/ask/packet-sets.ts';
import { divide } from '../../../src/core/trace/divide.ts';
import { POINT_PERMITS, PointJudge } from '../../../src/core/trace/point-judge.ts';
import { compileTrace, type TraceProgram } from '../../../src/core/trace/trace-space.ts';
import { formatRegion, type Region } from '../../../src/model/region-notation.ts';
import { holdsPacket, packetClasses, show, termsOf } from '../../support/ask/packet-classes.ts';
import { randomRegion } from '../../support/ask/random-rule-bases.ts';
import { readRegion } from '../../support/ask/read-back.ts';
import { randomRules, seededRandom } from '../../support/trace/random-policies.ts';

describe('packets said in regions', () => {
  test.each([
    'any any -> any',
    'tcp any -> any:443',
    'tcp 10.0.0.0/8 -> any:1-1024',
    'tcp,udp 10.0.0.0/8,192.168.0.0/16 -> 10.0.0.53:53',
    'icmp 10.0.0.0/8 -> 10.9.0.0/16',
    'icmp 10.0.0.0/8 -> 10.9.0.0/16 type 8',
    'icmp 10.0.0.0/8 -> 10.9.0.0/16 type 3 code 4',
    'icmp 10.0.0.0/8 -> 10.9.0.0/16 type 255',
    'icmpv6 [2001:db8::/32] -> any type 128',
    'any [2001:db8::/32] -> any',
    'gre 10.0.0.1 -> 10.0.0.2',
    'tcp 10.0.0.1:0 -> 10.0.0.2:65535',
  ])('"%s" is said as it was asked', (text) => {
    expect(say([text])).toEqual([text]);
  });

  test('pieces that touch become one again: addresses, ports, protocols', () => {
    expect(say(['tcp 10.0.0.0/9 -> 10.9.0.1:443', 'tcp 10.128.0.0/9 -> 10.9.0.1:443'])).toEqual(['tcp 10.0.0.0/8 -> 10.9.0.1:443']);
    expect(say(['tcp 10.0.0.1 -> 10.9.0.1:0-442', 'tcp 10.0.0.1 -> 10.9.0.1:443-65535'])).toEqual(['tcp 10.0.0.1 -> 10.9.0.1']);
    expect(say(['0-5 10.0.0.1 -> 10.9.0.1', '6-255 10.0.0.1 -> 10.9.0.1'])).toEqual(['any 10.0.0.1 -> 10.9.0.1']);
  });

  test('everything of both families is one region, a part of one family is two', () => {
    expect(say(['udp 0.0.0.0/0 -> 0.0.0.0/0:53', 'udp [::/0] -> [::/0]:53'])).toEqual(['udp any -> any:53']);
    expect(say(['udp 10.0.0.0/8 -> 0.0.0.0/0:53', 'udp [::/0] -> [::/0]:53'])).toEqual([
      'udp 10.0.0.0/8 -> any:53',
      'udp [::/0] -> [::/0]:53',
    ]);
  });

  test('the types around one that is left out are one line', () => {
    const lines = say(['icmp 10.0.0.1 -> 10.0.0.2'], ['icmp any -> any type 8']);
    expect(lines).toEqual(['icmp 10.0.0.1 -> 10.0.0.2 type 0-7,9-255']);
  });

  test('nothing is no region', () => {
    expect(say(['tcp 10.0.0.1 -> 10.0.0.2:22'], ['any any -> any'])).toEqual([]);
  });
});

test('random regions without random others: the regions said are disjoint and hold exactly what is left', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const { universe } = randomRules(random);
    const some = (): Region[] => Array.from({ length: 1 + Math.floor(random() * 3) }, () => randomRegion(random, universe).region);
    const [asked, without] = [some(), some()];
    const said = regionsOf(asked, without);
    const lines = said.flatMap(formatRegion);
    // Hundreds of lines are as many terms to tell packets apart by: they are read back in the test above.
    const back = lines.length < 20 ? lines.map(readRegion) : said;
    const wrong = packetClasses(termsOf([], [...asked, ...without, ...said])).filter((packet) => {
      const holding = (regions: readonly Region[]): number => regions.filter((region) => holdsPacket(region, packet)).length;
      const expected = holding(asked) > 0 && holding(without) === 0 ? 1 : 0;
      return holding(said) !== expected || holding(back) !== expected;
    });
    expect({ seed, wrong: wrong.map(show) }).toEqual({ seed, wrong: [] });
  }
});

function say(texts: readonly string[], without: readonly string[] = []): string[] {
  return regionsOf(texts.map(readRegion), without.map(readRegion)).flatMap(formatRegion);
}

/** The packets of the regions that are not in the others, by way of pieces. */
function regionsOf(regions: readonly Region[], without: readonly Region[]): Region[] {
  const named = (all: readonly Region[], name: string) => all.map((region, i) => ({ ...toRegionSource(region), name: `${name} ${i}` }));
  const space = compileTrace([...named(regions, 'asked'), ...named(without, 'without')]);
  const asked = space.programs.slice(0, regions.length);
  const rest = new PointJudge(space, [space.programs.slice(regions.length)]);
  const boxes = asked.flatMap(({ firstBox, endBox }: TraceProgram) => Array.from({ length: endBox - firstBox }, (_, i) => firstBox + i));
  const isWanted = ([outcome]: readonly number[]): boolean => outcome !== POINT_PERMITS;
  const pieces = divide(space, [rest], { domain: boxes, budget: 100_000, isWanted });
  if (pieces === null) throw new Error('the regions take more than the budget');
  return toRegions(
    space.axes,
    pieces.map(({ bounds }) => bounds),
  );
}
