import { everyPoint, type TinyPoint, type TinyPolicy, type TinyRule, tinyMatches } from './tiny-policy.ts';

/** What the policy does at one point. */
export interface TinyOutcome {
  /** Place of the deciding rule in {@link TinyOracle.rules}; -1 for the default. */
  readonly decider: number;
  readonly verdict: 'permit' | 'deny';
  /** Everything attached: what was noted on the way, and what the decision attaches. */
  readonly effect: string;
  /** Rules that the evaluation came to and that matched. */
  readonly reached: ReadonlySet<number>;
}

export interface TinyVerdict {
  readonly rule: string;
  readonly kind: 'unmatchable' | 'duplicate' | 'shadowed' | 'redundant' | 'partly-shadowed' | 'live';
  readonly by?: 'earlier' | 'later' | 'others';
  readonly relation?: 'opposite' | 'mixed' | 'unknown';
  readonly keptCopy?: string;
}

/** Answers every question by looking at every point, straight from the definitions. */
export class TinyOracle {
  readonly policy: TinyPolicy;
  /** All rules, chain by chain. */
  readonly rules: readonly TinyRule[];
  readonly points: readonly TinyPoint[];
  /** matches[rule][point] */
  readonly matches: readonly (readonly boolean[])[];
  readonly #place: ReadonlyMap<TinyRule, number>;
  readonly #outcomes: TinyOutcome[] = [];

  constructor(policy: TinyPolicy) {
    this.policy = policy;
    this.rules = policy.chains.flat();
    this.points = everyPoint(policy.universe);
    this.matches = this.rules.map((rule) => this.points.map((point) => tinyMatches(rule, point, policy.universe)));
    this.#place = new Map(this.rules.map((rule, place) => [rule, place]));
  }

  /** What the whole policy does at a point. */
  at(point: number): TinyOutcome {
    this.#outcomes[point] ??= this.outcome(point, NONE);
    return this.#outcomes[point];
  }

  outcome(point: number, removed: ReadonlySet<number>): TinyOutcome {
    return this.policy.evaluation === 'any-permit' ? this.#outcomeOfSet(point, removed) : this.#outcomeOfChains(point, removed);
  }

  #outcomeOfSet(point: number, removed: ReadonlySet<number>): TinyOutcome {
    const matching = this.rules.map((_, place) => place).filter((place) => !removed.has(place) && this.matches[place]?.[point]);
    const effects = [...new Set(matching.map((place) => effectText(this.rules[place] as TinyRule)))].sort();
    const first = matching[0];
    if (first === undefined) return { decider: -1, verdict: this.policy.defaultVerdict, effect: 'default', reached: NONE };
    return { decider: first, verdict: 'permit', effect: effects.join('+'), reached: new Set(matching) };
  }

  #outcomeOfChains(point: number, removed: ReadonlySet<number>): TinyOutcome {
    const reached = new Set<number>();
    const noted: string[] = [];
    // Null: the packet fell out of the chain.
    const walk = (chain: readonly TinyRule[]): number | null => {
      for (const rule of chain) {
        const place = this.#place.get(rule) as number;
        if (removed.has(place) || !this.matches[place]?.[point]) continue;
        reached.add(place);
        if (rule.control === 'decide') return place;
        if (rule.control === 'return') return null;
        if (rule.control === 'continue') {
          noted.push(effectText(rule));
          continue;
        }
        const goes = 'goto' in rule.control;
        const decided = walk(this.policy.chains['goto' in rule.control ? rule.control.goto : rule.control.jump] as readonly TinyRule[]);
        if (decided !== null || goes) return decided;
      }
      return null;
    };
    const decider = walk(this.policy.chains[0] as readonly TinyRule[]);
    const verdict = decider === null ? this.policy.defaultVerdict : (this.rules[decider]?.verdict as 'permit' | 'deny');
    const decision = decider === null ? `${this.policy.defaultVerdict}:` : effectText(this.rules[decider] as TinyRule);
    return { decider: decider ?? -1, verdict, effect: [...noted, decision].join(' then '), reached };
  }

  verdicts(): TinyVerdict[] {
    const kept = this.#keptCopies();
    return this.rules.map((rule, place) => {
      const copyOf = kept.get(place);
      if (copyOf !== undefined) return { rule: rule.id, kind: 'duplicate', keptCopy: (this.rules[copyOf] as TinyRule).id };
      const copies = new Set([...kept].filter(([, keeps]) => keeps === place).map(([copy]) => copy));
      return { rule: rule.id, ...this.#judge(place, copies) };
    });
  }

  /** The points a rule matches. */
  pointsOf(place: number): number[] {
    const matching = this.matches[place] as readonly boolean[];
    return this.points.map((_, point) => point).filter((point) => matching[point]);
  }

  #keptCopies(): Map<number, number> {
    const kept = new Map<number, number>();
    let start = 0;
    for (const chain of this.policy.chains) {
      for (let i = 0; i < chain.length; i++) {
        for (let j = 0; j < i; j++) {
          if (kept.has(start + i) || kept.has(start + j) || !this.#isCopy(start + i, start + j)) continue;
          kept.set(start + i, start + j);
        }
      }
      start += chain.length;
    }
    if (this.policy.evaluation !== 'any-permit') return kept;
    // Without order the smallest id stays.
    const groups = new Map<number, number[]>();
    for (const [copy, first] of kept) groups.set(first, [...(groups.get(first) ?? [first]), copy]);
    const regrouped = new Map<number, number>();
    for (const group of groups.values()) {
      const stays = [...group].sort((a, b) => ((this.rules[a] as TinyRule).id < (this.rules[b] as TinyRule).id ? -1 : 1))[0] as number;
      for (const copy of group) if (copy !== stays) regrouped.set(copy, stays);
    }
    return regrouped;
  }

  #isCopy(a: number, b: number): boolean {
    const [left, right] = [this.rules[a] as TinyRule, this.rules[b] as TinyRule];
    if (left.control === 'continue' || (typeof left.control === 'object' && 'jump' in left.control)) return false;
    if (JSON.stringify(left.control) !== JSON.stringify(right.control) || effectText(left) !== effectText(right)) return false;
    const [mine, theirs] = [this.matches[a] as readonly boolean[], this.matches[b] as readonly boolean[]];
    return mine.includes(true) && mine.every((matches, point) => matches === theirs[point]);
  }

  #judge(place: number, copies: ReadonlySet<number>): Omit<TinyVerdict, 'rule'> {
    const rule = this.rules[place] as TinyRule;
    const points = this.pointsOf(place);
    if (points.length === 0) return { kind: 'unmatchable' };
    const without = new Set([...copies, place]);
    const changes = points.some((point) => this.outcome(point, without).effect !== this.outcome(point, copies).effect);
    if (this.policy.evaluation === 'any-permit') return changes ? { kind: 'live' } : { kind: 'redundant', by: 'others' };
    const reaching = points.filter((point) => this.at(point).reached.has(place));
    if (reaching.length === 0) {
      if (rule.verdict === null) return { kind: 'redundant', by: 'earlier' };
      const relation = this.relation(rule.verdict, points);
      return relation === 'same' ? { kind: 'redundant', by: 'earlier' } : { kind: 'shadowed', relation };
    }
    if (!changes) return { kind: 'redundant', by: 'later' };
    return { kind: reaching.length < points.length ? 'partly-shadowed' : 'live' };
  }

  /** Compares a verdict with what is decided at the points, for each value of the unknowns under which there are any. */
  relation(verdict: 'permit' | 'deny', points: readonly number[]): 'same' | 'opposite' | 'mixed' | 'unknown' {
    const seen = new Map<number, Set<boolean>>();
    for (const point of points) {
      const { unknowns } = this.points[point] as TinyPoint;
      const alike = seen.get(unknowns) ?? new Set();
      seen.set(unknowns, alike.add(this.at(point).verdict === verdict));
    }
    const answers = new Set([...seen.values()].map((alike) => (alike.size === 2 ? 'mixed' : alike.has(true) ? 'same' : 'opposite')));
    return answers.size === 1 ? ([...answers][0] as 'same' | 'opposite' | 'mixed') : 'unknown';
  }

  /** The points of a rule that do not get to it. */
  pointsTakenBefore(place: number): number[] {
    return this.pointsOf(place).filter((point) => !this.at(point).reached.has(place));
  }

  removalIsSafe(removed: ReadonlySet<number>): boolean {
    return this.points.every((_, point) => this.at(point).effect === this.outcome(point, removed).effect);
  }

  /** Packets of a rule by decider; the key `undecided` for those whose decider depends on more than the packet. */
  shares(place: number): Map<string, bigint> {
    const { universe } = this.policy;
    const perPacket = universe.states.length * (1 << universe.unknowns.length);
    const shares = new Map<string, bigint>();
    for (let first = 0; first < this.points.length; first += perPacket) {
      const deciders = new Set<number>();
      for (let point = first; point < first + perPacket; point++) if (this.matches[place]?.[point]) deciders.add(this.at(point).decider);
      if (deciders.size === 0) continue;
      const [decider] = deciders;
      const key = deciders.size > 1 ? 'undecided' : decider === -1 ? 'default' : (this.rules[decider as number] as TinyRule).id;
      shares.set(key, (shares.get(key) ?? 0n) + packetsAt(this.policy, this.points[first] as TinyPoint));
    }
    return shares;
  }
}

const NONE: ReadonlySet<number> = new Set();

function effectText(rule: TinyRule): string {
  return `${rule.verdict}:${rule.attribute}`;
}

/** How many packets a cell stands for. */
export function packetsAt({ universe }: TinyPolicy, point: TinyPoint): bigint {
  const addresses = point.family === 4 ? 1n << 32n : 1n << 128n;
  const size = (cell: number, cells: number): bigint =>
    (addresses * BigInt(cell + 1)) / BigInt(cells) - (addresses * BigInt(cell)) / BigInt(cells);
  const weight = universe.services[point.service]?.weight ?? 0n;
  return size(point.source, universe.sourceCells) * size(point.destination, universe.destinationCells) * weight;
}
