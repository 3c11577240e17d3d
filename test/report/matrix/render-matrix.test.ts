import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildServiceMatrix, MATRIX_BUDGET } from '../../../src/core/matrix/service-matrix.ts';
import { toTraceSource } from '../../../src/core/trace/trace-source.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { type ServiceMatrixDocument, serviceMatrixDocumentSchema } from '../../../src/model/service-matrix.ts';
import { MATRIX_FORMATS, renderMatrix } from '../../../src/report/matrix/index.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { arbHostileText } from '../../support/hostile-text.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';

const PLAIN = { color: false, width: 80 };

describe('as text', () => {
  test('a grid of signs, what the numbers of the columns are, and what the signs permit', () => {
    const lines = renderMatrix(documentOf(smallPolicy()), 'text', PLAIN).split('\n');
    expect(lines).toEqual([
      'fw',
      'Judged by fw',
      '',
      'IPv4: 3 source classes, 3 destination classes',
      '  from \\ to                 1  2  3',
      '  10.0.0.0/16, 10.2.0.0/16  A B?  ·',
      '  10.1.0.0/16               C  C  C',
      '  any other                 ·  ·  ·',
      '',
      '  to 1 10.9.0.0/24',
      '  to 2 10.9.1.0/24',
      '  to 3 any other',
      '',
      'IPv6: 1 source class, 1 destination class',
      '  every source to every destination: nothing',
      '',
      'Permitted (? stands where something that the rules leave open decides a part)',
      '   ·  nothing',
      '   A  tcp/443',
      '  B?  tcp/443; udp/53 if "app web" holds',
      '   C  any',
      '',
    ]);
  });

  test('no line is longer than the terminal is wide, for policies with one row and with hundreds', () => {
    for (const policy of [onePolicy(), manyPolicy()]) {
      for (const width of [60, 100]) {
        const lines = renderMatrix(documentOf(policy), 'text', { color: false, width }).split('\n');
        expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
      }
    }
  });

  test('every cell is there, however many blocks of columns it takes', () => {
    const document = documentOf(manyPolicy());
    const lines = renderMatrix(document, 'text', { color: false, width: 60 }).split('\n');
    const [family] = document.matrices[0]?.families ?? [];
    const signs = lines.filter((line) => /^ {2}(10\.|any other)/.test(line)).flatMap((line) => line.slice(24).trim().split(/\s+/));
    expect(signs.length).toBe((family?.rows.length ?? 0) * (family?.columns.length ?? 0));
  });

  test('a matrix that is not complete says so, and why', () => {
    const document = documentOf(manyPolicy(), 100);
    for (const format of ['text', 'csv', 'svg'] as const) {
      const text = renderMatrix(document, format, { color: false, width: 200 });
      expect(text).toMatch(/not complete/i);
      expect(text).toContain('IPv4: the matrix has 301 rows and 13 columns, more than 100 cells');
    }
  });
});

describe('as CSV', () => {
  test('a program reads the table back', () => {
    const rows = parse(renderMatrix(documentOf(smallPolicy()), 'csv', PLAIN), { bom: false }) as string[][];
    expect(rows).toEqual([
      ['matrix', 'family', 'source', '10.9.0.0/24', '10.9.1.0/24', 'any other'],
      ['fw', 'IPv4', '10.0.0.0/16, 10.2.0.0/16', 'tcp/443', 'tcp/443; udp/53 if "app web" holds', 'nothing'],
      ['fw', 'IPv4', '10.1.0.0/16', 'any', 'any', 'any'],
      ['fw', 'IPv4', 'any other', 'nothing', 'nothing', 'nothing'],
      ['matrix', 'family', 'source', 'any', '', ''],
      ['fw', 'IPv6', 'any', 'nothing', '', ''],
    ]);
  });
});

describe('matrices beyond all size', () => {
  /** As many cells as asked for, of one long list of services. */
  const large = (side: number, text: string): ServiceMatrixDocument => {
    const document = documentOf(smallPolicy());
    const each = { addresses: ['10.0.0.0/8'], isRest: false };
    const classes = Array.from({ length: side }, () => each);
    const row = Array.from({ length: side }, () => 0);
    const functions = [
      { extent: 'some' as const, serviceCount: '1', permits: [{ services: [text], except: [], when: [], dependsOn: [], condition: '' }] },
    ];
    const families = [{ family: 4 as const, rows: classes, columns: classes, cells: classes.map(() => row) }];
    const [matrix] = document.matrices;
    return matrix === undefined ? document : { ...document, matrices: [{ ...matrix, families, functions }] };
  };

  test('a picture is refused, and text too, with the way out', () => {
    expect(renderMatrix(large(1001, 'tcp'), 'svg', PLAIN)).toContain('1,002,001 cells are too many to draw; take csv or json');
    expect(renderMatrix(large(1001, 'tcp'), 'text', PLAIN).replace(/\s+/g, ' ')).toContain(
      '1,002,001 cells are too many to print; take csv, json or svg',
    );
  });

  test('a CSV has signs for long lists of services, and says what they stand for', () => {
    const rows = parse(renderMatrix(large(60, 'x'.repeat(20_000)), 'csv', PLAIN)) as string[][];
    expect(rows).toHaveLength(1 + 60 + 2);
    expect(new Set(rows.slice(1, 61).flatMap((row) => row.slice(3)))).toEqual(new Set(['A']));
    expect(rows.at(-1)?.slice(0, 3)).toEqual(['fw', 'A', 'x'.repeat(20_000)]);
  });
});

describe('as JSON', () => {
  test('it is the document, and the document keeps its schema', () => {
    const document = documentOf(smallPolicy());
    expect(serviceMatrixDocumentSchema.parse(JSON.parse(renderMatrix(document, 'json', PLAIN)))).toEqual(document);
  });
});

describe('as a picture', () => {
  test('it has a title and a description, runs nothing and loads nothing', () => {
    const svg = renderMatrix(documentOf(smallPolicy()), 'svg', PLAIN);
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('<title id="title">Service matrix: fw</title>');
    expect(svg).toContain('IPv4: 3 source classes, 3 destination classes');
    expect(svg).not.toMatch(/<script|<foreignObject|<image|\bon\w+=|href|url\((?!#hatch\))|@import/i);
  });

  test('labels that are too long are shortened, and their titles have all of them', () => {
    const rules = Array.from({ length: 30 }, (_, i) => `permit tcp 10.${2 * i}.0.0/16 -> any 443`);
    const svg = renderMatrix(documentOf(policyOf(rules)), 'svg', PLAIN);
    expect(svg).toContain('<title>10.0.0.0/16, 10.2.0.0/16, 10.4.0.0/16,');
    expect(svg).toMatch(/<\/title>10\.0\.0\.0\/16, 10\.2\.0\.0\/16 \+28<\/text>/);
  });

  test('three hundred rows are three hundred labels', () => {
    const svg = renderMatrix(documentOf(manyPolicy()), 'svg', PLAIN);
    expect(svg.match(/<text class="label" x=/g)).toHaveLength(301);
    expect(svg.match(/<text class="label" transform=/g)).toHaveLength(13);
  });
});

describe('text of strangers', () => {
  const hostile = (text: string): ServiceMatrixDocument => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> any 443');
    const products = rule.match.products.map((product) => ({ ...product, unknowns: [text] }));
    const document = documentOf(policyOf([{ ...rule, match: { products } }], { id: text }));
    return { ...document, asked: [text], notes: [text], incompleteBecause: [text] };
  };

  test('no control character and no markup gets through', () => {
    fc.assert(
      fc.property(arbHostileText(), (text) => {
        for (const format of ['text', 'csv', 'svg'] as const) {
          const rendered = renderMatrix(hostile(text), format, PLAIN);
          expect(rendered.replace(/[\r\n]/g, '')).not.toMatch(CONTROL);
        }
        expect(renderMatrix(hostile(text), 'svg', PLAIN).replace(ELEMENT, '')).not.toMatch(/[<>]/);
      }),
      { numRuns: 60 },
    );
  });

  test('no cell of the CSV starts a formula', () => {
    for (const text of HOSTILE_TEXTS) {
      const rows = parse(renderMatrix(hostile(text), 'csv', PLAIN)) as string[][];
      for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }
  });
});

test('the same document gives the same bytes in every format', () => {
  for (const format of MATRIX_FORMATS) {
    expect(renderMatrix(documentOf(smallPolicy()), format, PLAIN)).toBe(renderMatrix(documentOf(smallPolicy()), format, PLAIN));
  }
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

/** What the picture is made of; no attribute holds text of the input. */
const ELEMENT = /<\/?(?:svg|title|desc|style|defs|pattern|rect|text|path)(?: [a-z-]+="[^"<>]*")*\/?>/gi;

function smallPolicy(): Policy {
  const conditional = ruleOf('permit udp 10.0.0.0/16 -> 10.9.1.0/24 53');
  const products = conditional.match.products.map((product) => ({ ...product, unknowns: ['app web'] }));
  return policyOf([
    'permit tcp 10.0.0.0/16 -> 10.9.0.0/23 443',
    'permit tcp 10.2.0.0/16 -> 10.9.0.0/23 443',
    { ...conditional, match: { products } },
    {
      ...conditional,
      match: {
        products: products.map((product) => ({
          ...product,
          source: ruleOf('permit udp 10.2.0.0/16 -> any').match.products[0]?.source ?? product.source,
        })),
      },
    },
    'permit any 10.1.0.0/16 -> any',
  ]);
}

function onePolicy(): Policy {
  return policyOf(['permit tcp any -> 10.9.0.0/16 443']);
}

function manyPolicy(): Policy {
  const rules = Array.from(
    { length: 300 },
    (_, i) => `permit tcp 10.${i % 250}.${Math.floor(i / 250)}.0/24 -> 10.9.${i % 12}.0/24 ${1000 + i}`,
  );
  return policyOf(rules);
}

function documentOf(policy: Policy, cells = MATRIX_BUDGET.cells): ServiceMatrixDocument {
  const matrix = buildServiceMatrix({
    name: policy.id,
    layers: [[toTraceSource(policy)]],
    asked: null,
    budget: { ...MATRIX_BUDGET, cells },
  });
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version: '0.0.0' },
    subject: 'matrix',
    asked: null,
    matrices: [matrix],
    notes: [],
    incompleteBecause: [],
    inputs: [],
  };
}
