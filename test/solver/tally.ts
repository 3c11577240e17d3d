import type { Expectations } from './expectations.ts';

interface Row {
  policies: number;
  rules: number;
  removals: number;
  witnesses: number;
  disagreements: number;
}

/** What was compared, by style, family and evaluation, and the kinds that were found. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #kinds = new Map<string, number>();

  add({ style, family, policy, verdicts, removals }: Expectations, witnesses: number, disagreements: number): void {
    for (const name of [`style ${style}`, `family ${family}`, `evaluation ${policy.evaluation}`, 'all']) {
      const row = this.#rows.get(name) ?? { policies: 0, rules: 0, removals: 0, witnesses: 0, disagreements: 0 };
      row.policies += 1;
      row.rules += verdicts.length;
      row.removals += removals.length;
      row.witnesses += witnesses;
      row.disagreements += disagreements;
      this.#rows.set(name, row);
    }
    for (const { kind, by, relation } of verdicts) {
      const name = [kind, by ?? relation].join(' ').trim();
      this.#kinds.set(name, (this.#kinds.get(name) ?? 0) + 1);
    }
  }

  toText(): string {
    const names = [...this.#rows.keys()].sort((a, b) => Number(a === 'all') - Number(b === 'all') || (a < b ? -1 : 1));
    const rows = names.map((name) => {
      const { policies, rules, removals, witnesses, disagreements } = this.#rows.get(name) as Row;
      const counts = [policies, rules, removals, witnesses, disagreements].map((count) => String(count).padStart(15));
      return `${name.padEnd(24)}${counts.join('')}`;
    });
    const head = ['policies', 'verdicts', 'removal sets', 'witnesses', 'disagreements'].map((title) => title.padStart(15)).join('');
    const kinds = [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`);
    return `${' '.repeat(24)}${head}\n${rows.join('\n')}\nverdicts: ${kinds.join(', ')}\n`;
  }
}
