import { describe, expect, test } from 'vitest';
import type { EnforcementPoint, PointLayer } from '../../../src/core/ask/enforcement-points.ts';
import { matrixOfPoint } from '../../../src/core/matrix/point-matrix.ts';
import { buildServiceMatrix, MATRIX_BUDGET, type MatrixBudget } from '../../../src/core/matrix/service-matrix.ts';
import { toTraceSource } from '../../../src/core/trace/trace-source.ts';
import type { MatchProduct } from '../../../src/model/match.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { parseRegion, type Region } from '../../../src/model/region-notation.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { ServiceMatrix } from '../../../src/model/service-matrix.ts';
import { functionText } from '../../../src/report/matrix/words.ts';
import { checkMatrix, checkMatrixOf, type MatrixCase, matrixOf, randomMatrixCase } from '../../support/ask/matrix-oracle.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { seededRandom } from '../../support/trace/random-policies.ts';
import type { TinyRule } from '../../support/trace/tiny-policy.ts';

const CASES = 500;

describe('random enforcement points', () => {
  test('every packet and every value of the unknowns has the verdict of the enumeration, in as few rows and columns as there can be', () => {
    for (let seed = 1; seed <= CASES; seed++) expect(() => checkMatrix(seed), `seed ${seed}`).not.toThrow();
  });

  test('the sample has chains, unknowns, several layers and regions, and matrices of more than one cell', () => {
    const cases = Array.from({ length: CASES }, (_, i) => randomMatrixCase(seededRandom(i + 1)));
    const share = (has: (each: MatrixCase) => boolean): number => cases.filter(has).length / CASES;
    expect(share(({ layers }) => layers.flat().some(({ chains }) => chains.length > 1))).toBeGreaterThan(0.1);
    expect(share(({ universe }) => universe.unknowns.length > 0)).toBeGreaterThan(0.3);
    expect(share(({ layers }) => layers.length > 1)).toBeGreaterThan(0.2);
    expect(share(({ asked }) => asked !== null)).toBeGreaterThan(0.2);
    expect(share((each) => matrixOf(each).families.some(({ rows, columns }) => rows.length > 1 && columns.length > 1))).toBeGreaterThan(
      0.2,
    );
  });

  test('a matrix of which one cell is wrong, or one row is split, does not pass', () => {
    let tried = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const each = randomMatrixCase(seededRandom(seed));
      const matrix = matrixOf(each);
      const [family] = matrix.families.filter(({ family: number }) => each.universe.families.includes(number));
      if (family === undefined || matrix.functions.length < 2) continue;
      tried++;
      const [[first = 0, ...others] = [], ...rows] = family.cells;
      const wrong = { ...family, cells: [[(first + 1) % matrix.functions.length, ...others], ...rows] };
      const split = {
        ...family,
        rows: [...family.rows, family.rows[0] as (typeof family.rows)[0]],
        cells: [...family.cells, [first, ...others]],
      };
      for (const changed of [wrong, split]) {
        const families = matrix.families.map((kept) => (kept === family ? changed : kept));
        expect(() => checkMatrixOf(each, { ...matrix, families })).toThrow();
      }
    }
    expect(tried).toBeGreaterThan(20);
  });

  test('splitting the boxes of rules, and changing the order of rules that permit in any order, of layers and of their policies, changes nothing', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const each = randomMatrixCase(seededRandom(seed));
      const reverse = <Item>(items: readonly Item[]): Item[] => [...items].reverse();
      const changed = new Map(
        each.layers.flat().map((policy) => {
          const chains = policy.chains.map((chain) => chain.map(splitBoxes));
          return [policy, { ...policy, chains: policy.evaluation === 'any-permit' ? chains.map(reverse) : chains }] as const;
        }),
      );
      const layers = reverse(each.layers).map((layer) => reverse(layer).map((policy) => changed.get(policy) ?? policy));
      const said = ({ families, functions }: ServiceMatrix): unknown => ({ families, functions });
      expect(said(matrixOf({ ...each, layers })), `seed ${seed}`).toEqual(said(matrixOf(each)));
    }
  });
});

function splitBoxes(rule: TinyRule): TinyRule {
  const boxes = rule.boxes.flatMap((box) => {
    const sources = box.source.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    return sources.flatMap((cell) => box.services.map((service) => ({ ...box, source: [[cell, cell] as const], services: [service] })));
  });
  return { ...rule, boxes: boxes.length === 0 ? rule.boxes : boxes.reverse() };
}

describe('a matrix in words', () => {
  test('sources that are permitted the same are one row, whatever rules say so', () => {
    const policy = policyOf([
      'permit tcp 10.1.0.0/16 -> 10.9.0.0/24 443',
      'permit tcp 10.3.0.0/16 -> 10.9.0.0/25 443',
      'permit tcp 10.3.0.0/16 -> 10.9.0.128/25 443',
    ]);
    expect(tableOf(matrixFor(policy))).toEqual(['10.1.0.0/16,10.3.0.0/16 -> 10.9.0.0/24: tcp/443']);
  });

  test('a denial above is seen in the services, not in the rules', () => {
    const policy = policyOf(['deny tcp 10.1.0.0/16 -> any 22', 'permit tcp 10.0.0.0/15 -> any', 'deny any any -> any']);
    const matrix = matrixFor(policy);
    expect(tableOf(matrix)).toEqual(['10.0.0.0/16 -> 0.0.0.0/0: tcp', '10.1.0.0/16 -> 0.0.0.0/0: tcp/0-21,23-65535']);
    expect(matrix.families[0]?.rows.map(({ isRest }) => isRest)).toEqual([false, false, true]);
  });

  test('what permits nearly everything is said by its exceptions', () => {
    const policy = policyOf(['deny tcp any -> any 22', 'deny udp any -> any 53'], { defaultAction: 'permit' });
    const { functions, families } = matrixFor(policy);
    expect(functions.map(functionText)).toEqual(['any except tcp/22, udp/53']);
    expect(families.map(({ cells }) => cells)).toEqual([[[0]], [[0]]]);
  });

  test('a policy without rules is one cell for each family, and no layer at all permits everything', () => {
    expect(matrixFor(policyOf([])).functions.map(functionText)).toEqual(['nothing']);
    const open = buildServiceMatrix({ name: 'open', layers: [], asked: null, budget: MATRIX_BUDGET });
    expect(open.functions.map(functionText)).toEqual(['any']);
    expect(open.families.map(({ rows, columns }) => [rows[0]?.addresses, columns[0]?.addresses])).toEqual([
      [['0.0.0.0/0'], ['0.0.0.0/0']],
      [['::/0'], ['::/0']],
    ]);
  });

  test('ICMP has types and codes, tcp and udp have source ports, and a type is never taken for a port', () => {
    const service = { protocolFirst: 0, protocolLast: 255, sourcePort: null, destinationPort: null, icmpType: 8, icmpCode: 0 };
    const rule = changed(ruleOf('permit any 10.0.0.0/8 -> 10.9.0.0/16'), { services: [service] });
    const from = {
      protocolFirst: 6,
      protocolLast: 17,
      sourcePort: { first: 8, last: 8 },
      destinationPort: { first: 0, last: 0 },
      icmpType: null,
      icmpCode: null,
    };
    const second = changed(ruleOf('permit any 10.0.0.0/8 -> 10.9.0.0/16'), { services: [from] });
    expect(tableOf(matrixFor(policyOf([rule, second])))).toEqual([
      '10.0.0.0/8 -> 10.9.0.0/16: icmp,icmpv6 type 8 code 0, tcp,udp/0 from port 8',
    ]);
  });

  test('what an unknown decides is permitted on its condition, in the fewest words', () => {
    const rules = [
      changed(ruleOf('permit tcp 10.0.0.0/8 -> 10.9.0.0/16 80'), { unknowns: ['app web'] }),
      changed(ruleOf('permit tcp 10.0.0.0/8 -> 10.9.0.0/16 80'), { unknowns: ['user bob', 'time office'] }),
      changed(ruleOf('deny tcp 10.0.0.0/8 -> 10.9.0.0/16 81'), { unknowns: ['app web'] }),
      ruleOf('permit tcp 10.0.0.0/8 -> 10.9.0.0/16 81'),
    ];
    expect(tableOf(matrixFor(policyOf(rules)))).toEqual([
      '10.0.0.0/8 -> 10.9.0.0/16: tcp/80 if "app web" holds, or "time office" holds and "user bob" holds; tcp/81 if "app web" does not hold',
    ]);
  });

  test('a condition in more alternatives than can be read names what it depends on', () => {
    const rules = Array.from({ length: 100 }, (_, i) => changed(ruleOf('permit tcp 10.0.0.0/8 -> any 80'), { unknowns: [`app ${i}`] }));
    const [permission] = matrixFor(policyOf(rules)).functions.at(-1)?.permits ?? [];
    expect(permission).toMatchObject({ services: ['tcp/80'], when: null });
    expect(permission?.dependsOn).toHaveLength(100);
    expect(permission?.condition).toContain('depending on "app 0", "app 1", "app 10"');
  });
});

describe('a region', () => {
  test('only what is asked for is in the matrix, and all of it is everything', () => {
    const policy = policyOf(['permit tcp 10.0.0.0/8 -> any 443', 'permit tcp 10.0.0.0/16 -> any 22']);
    const matrix = matrixFor(policy, 'tcp 10.0.0.0/15,192.168.0.0/24 -> 10.9.0.0/16:1-443');
    expect(matrix.families).toHaveLength(1);
    expect(tableOf(matrix)).toEqual(['10.0.0.0/16 -> 10.9.0.0/16: tcp/22,443', '10.1.0.0/16 -> 10.9.0.0/16: tcp/443']);
    expect(matrixFor(policy, 'tcp 10.0.0.0/15 -> any:443').functions.map(({ extent }) => extent)).toEqual(['all']);
  });
});

describe('an enforcement point', () => {
  const group = policyOf(['permit tcp any -> 10.9.0.0/24 443'], { id: 'sg-1:in', evaluation: 'any-permit', direction: 'in' });
  const list = policyOf(['deny tcp 10.0.0.0/8 -> any', 'permit any any -> any'], { id: 'acl-1:in', direction: 'in' });
  const matrixAt = (parts: Partial<EnforcementPoint>): ServiceMatrix => {
    const region = regionOf('any 0.0.0.0/0 -> any');
    return matrixOfPoint({ attachments: ['eni-1'], direction: 'in', layers: [], region, ...parts }, MATRIX_BUDGET);
  };
  const layer = (policies: readonly Policy[], exceptRemote: PointLayer['exceptRemote'] = []): PointLayer => ({ policies, exceptRemote });

  test('every layer has to permit', () => {
    const matrix = matrixAt({ layers: [layer([group]), layer([list])] });
    expect([matrix.name, matrix.layers]).toEqual(['in on eni-1', [['sg-1:in'], ['acl-1:in']]]);
    expect(tableOf(matrix)).toEqual(['0.0.0.0-9.255.255.255,11.0.0.0-255.255.255.255 -> 10.9.0.0/24: tcp/443']);
  });

  test('remote addresses that a layer does not look at pass it', () => {
    const near = { family: 4, first: 0x0a090000n, last: 0x0a0900ffn } as const;
    const matrix = matrixAt({ layers: [layer([group]), layer([list], [near])] });
    expect(matrix.layers[1]).toEqual(['acl-1:in', 'remote addresses that it does not look at']);
    expect(tableOf(matrix)).toEqual(['0.0.0.0-9.255.255.255,10.9.0.0/24,11.0.0.0-255.255.255.255 -> 10.9.0.0/24: tcp/443']);
  });

  test('members that the inventory knows are permitted, whom else the reference may hold is a condition', () => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> 10.9.0.0/16 80');
    const members = [{ family: 4, first: 0x0a010000n, last: 0x0a0100ffn } as const];
    const products = rule.match.products.map((product) => ({
      ...product,
      source: { ...product.source, membership: { axis: 'member of sg-1', members } },
    }));
    const policy = policyOf([{ ...rule, match: { products } }]);
    expect(tableOf(matrixAt({ attachments: [], direction: null, layers: [layer([policy])] }))).toEqual([
      '10.0.0.0/16,10.1.1.0-10.255.255.255 -> 10.9.0.0/16: tcp/80 if "member of sg-1" holds',
      '10.1.0.0/24 -> 10.9.0.0/16: tcp/80',
    ]);
  });

  test('a reference whose members nobody knows is a condition inside the addresses that it may hold', () => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> 10.9.0.0/16 80');
    const products = rule.match.products.map((product) => ({
      ...product,
      source: { ...product.source, membership: { axis: 'member of sg-1', members: null } },
    }));
    const matrix = matrixFor(policyOf([{ ...rule, match: { products } }]));
    expect(tableOf(matrix)).toEqual(['10.0.0.0/8 -> 10.9.0.0/16: tcp/80 if "member of sg-1" holds']);
    expect(matrix.functions.at(-1)).toMatchObject({ extent: 'conditional', serviceCount: '65536' });
  });
});

describe('budgets', () => {
  const rules = Array.from({ length: 40 }, (_, i) => `permit tcp 10.${i}.0.0/16 -> 10.200.${i}.0/24 ${1000 + i}`);
  const limited = (budget: Partial<MatrixBudget>): ServiceMatrix =>
    buildServiceMatrix({ name: 'fw', layers: [[toTraceSource(policyOf(rules))]], asked: null, budget: { ...MATRIX_BUDGET, ...budget } });

  test.each([
    [{ cells: 1000 }, 'IPv4: the matrix has 41 rows and 41 columns, more than 1,000 cells; ask for a smaller region'],
    [{ nodes: 60 }, 'IPv4: the decision diagrams have more than 60 nodes; ask for a smaller region'],
    [{ steps: 50 }, /^IPv4: comparing sources and destinations took more than 50 steps after \d+ rows; ask for a smaller region$/],
  ])('beyond %o the family is missing and the reason says why', (budget, reason) => {
    const matrix = limited(budget);
    expect(matrix.complete).toBe(false);
    expect(matrix.families.map(({ family }) => family)).not.toContain(4);
    expect(matrix.incompleteBecause[0]).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('within the budgets the same matrix is whole', () => {
    const matrix = limited({ cells: 1681 });
    expect(matrix.complete).toBe(true);
    expect(matrix.families[0]?.rows).toHaveLength(41);
  });

  test.each(['first-match', 'any-permit'] as const)(
    'applications of a few users are asked user by user in a %s policy, which keeps the diagrams small',
    (evaluation) => {
      const rules = Array.from({ length: 300 }, (_, i) =>
        changed(ruleOf('permit tcp any -> any 80'), { unknowns: [`app ${(i * 79) % 300}`, `user ${i % 13}`] }),
      );
      const matrix = buildServiceMatrix({
        name: 'users',
        layers: [[toTraceSource(policyOf(rules, { evaluation }))]],
        asked: null,
        budget: MATRIX_BUDGET,
      });
      expect(matrix.functions.map(({ permits }) => permits.map(({ dependsOn }) => dependsOn.length))).toEqual([[313]]);
      // Asked in the order of the rules they are beyond the budget of two million.
      expect(matrix.nodeCount).toBeLessThan(50_000);
    },
  );

  test('thousands of conditions in one cell are judged in a line of rules, and given up where two such lines meet', () => {
    const list = (name: string): Policy =>
      policyOf(
        Array.from({ length: 3000 }, (_, i) =>
          changed(ruleOf(`${i % 2 === 0 ? 'permit' : 'deny'} tcp any -> any 80`), { unknowns: [`${name} ${i}`] }),
        ),
        { id: name },
      );
    const [a, b] = [toTraceSource(list('a')), toTraceSource(list('b'))];
    expect(buildServiceMatrix({ name: 'a', layers: [[a]], asked: null, budget: MATRIX_BUDGET }).complete).toBe(true);
    const both = buildServiceMatrix({ name: 'both', layers: [[a], [b]], asked: null, budget: MATRIX_BUDGET });
    expect(both.incompleteBecause).toEqual([
      'IPv4: a cell depends on more than 2,000 conditions; ask for a smaller region',
      'IPv6: a cell depends on more than 2,000 conditions; ask for a smaller region',
    ]);
  });
});

function matrixFor(policy: Policy, region?: string): ServiceMatrix {
  const asked = region === undefined ? null : regionOf(region);
  return buildServiceMatrix({ name: policy.id, layers: [[toTraceSource(policy)]], asked, budget: MATRIX_BUDGET });
}

function regionOf(text: string): Region {
  const parsed = parseRegion(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

/** `SOURCES -> DESTINATIONS: SERVICES` for each IPv4 cell that permits something. */
function tableOf({ families, functions }: ServiceMatrix): string[] {
  const [family] = families;
  if (family?.family !== 4) throw new Error('there is no IPv4 matrix');
  return family.rows.flatMap((row, r) =>
    family.columns.flatMap((column, c) => {
      const each = functions[family.cells[r]?.[c] as number];
      if (each === undefined || each.extent === 'none') return [];
      return [`${row.addresses.join()} -> ${column.addresses.join()}: ${functionText(each)}`];
    }),
  );
}

function changed(rule: Rule, parts: Partial<MatchProduct>): Rule {
  return { ...rule, match: { products: rule.match.products.map((product) => ({ ...product, ...parts })) } };
}
