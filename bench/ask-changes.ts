import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ActedRuleSet, seededRandom, withActions } from './analyze-sets.ts';
import type { AskCase } from './ask-case.ts';
import { loadRuleSet } from './rule-sets.ts';

const FOLDER = '.cache/bench/ask';
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';

/**
 * Two policies of 10,000 rules that differ in 50: ten rules gone, fifteen with the other action, ten moved, fifteen new. The whole command is measured, with
 * starting Node and reading both files; `narrow` changes no rule that is wider than a /8 on both sides, as people do, `any` changes whatever comes.
 */
export function measureChanges(): AskCase[] {
  return ['acl1_10k', 'fw1_10k', 'ipc1_10k'].flatMap((name) =>
    (['narrow', 'any'] as const).flatMap((choice) =>
      (['diff', 'check'] as const).map(
        (command): AskCase => ({
          name: `${command} ${name} ${choice}`,
          target: choice === 'narrow' ? 1.5 : null,
          runs: 3,
          clock: 'wall',
          prepare: () => {
            const [before, after] = writeTables(name, choice);
            const args = command === 'diff' ? ['diff', before, '--to', after] : ['check', '--base', before, '--head', after];
            return () => lastLine(args);
          },
        }),
      ),
    ),
  );
}

function lastLine(args: readonly string[]): string {
  const { stderr, status } = spawnSync(process.execPath, [MAIN, ...args, '--format', 'json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === null || status === 2) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return stderr.trim().split('\n').at(-1) ?? '';
}

type Row = readonly [
  id: string,
  action: string,
  protocol: string,
  source: string,
  from: string,
  destination: string,
  to: string,
  isWide: boolean,
];

function writeTables(name: string, choice: 'narrow' | 'any'): [string, string] {
  const before = toRows(withActions(loadRuleSet(name), 5));
  const after = change([...before], choice === 'narrow');
  mkdirSync(FOLDER, { recursive: true });
  const paths: [string, string] = [join(FOLDER, `${name}-${choice}-before.csv`), join(FOLDER, `${name}-${choice}-after.csv`)];
  [before, after].forEach((rows, i) => {
    const lines = rows.map(([id, action, protocol, source, from, destination, to]) =>
      ['edge', id, action, protocol, source, from, destination, to].join(','),
    );
    writeFileSync(paths[i] as string, `${[HEADER, ...lines].join('\n')}\n`);
  });
  return paths;
}

function change(rows: Row[], narrowOnly: boolean): Row[] {
  const random = seededRandom(12345);
  const pick = (): number => {
    for (;;) {
      const place = Math.floor(random() * rows.length);
      if (!narrowOnly || rows[place]?.[7] !== true) return place;
    }
  };
  const insert = (row: Row): void => void rows.splice(Math.floor(random() * rows.length), 0, row);
  for (let i = 0; i < 10; i++) rows.splice(pick(), 1);
  for (let i = 0; i < 15; i++) {
    const place = pick();
    const [id, action, ...rest] = rows[place] as Row;
    rows[place] = [id, action === 'permit' ? 'deny' : 'permit', ...rest];
  }
  for (let i = 0; i < 10; i++) insert(rows.splice(pick(), 1)[0] as Row);
  for (let i = 0; i < 15; i++) {
    const [, action, protocol, source, from, destination, , isWide] = rows[pick()] as Row;
    insert([
      `new-${i}`,
      action,
      protocol,
      source,
      from,
      destination,
      protocol === '6' || protocol === '17' ? String(1000 + i) : '',
      isWide,
    ]);
  }
  return rows;
}

function toRows(set: ActedRuleSet): Row[] {
  return set.actions.map((action, rule): Row => {
    const [s0, s1, d0, d1, p0, p1, q0, q1, first, last] = set.bounds.subarray(rule * 10, rule * 10 + 10) as unknown as number[];
    const protocol = first === 0 && last === 255 ? 'any' : String(first);
    const ports = (low = 0, high = 0): string =>
      ['6', '17', 'any'].includes(protocol) && (low > 0 || high < 65535) ? `${low}-${high}` : '';
    const isWide = [(s1 ?? 0) - (s0 ?? 0), (d1 ?? 0) - (d0 ?? 0)].every((size) => size >= 2 ** 24);
    return [`r${rule}`, action, protocol, range(s0, s1), ports(p0, p1), range(d0, d1), ports(q0, q1), isWide];
  });
}

function range(first = 0, last = 0): string {
  return `${dotted(first)}-${dotted(last)}`;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
