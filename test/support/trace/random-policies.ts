import type { TinyBox, TinyControl, TinyPolicy, TinyRule, TinyService, TinyServicePoint, TinyUniverse } from './tiny-policy.ts';

/** Numbers from 0 up to, not including, 1; the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How the rules of a policy tend to look. */
export const STYLES = ['any-heavy', 'specific-first', 'unaligned', 'multi-member'] as const;
export type Style = (typeof STYLES)[number];

export interface RandomPolicy {
  readonly policy: TinyPolicy;
  readonly style: Style;
  readonly hasUnknowns: boolean;
  readonly hasChains: boolean;
}

// Tcp and udp in three stretches of ports each, one protocol standing for the other three that have ports; ICMP types; one protocol without.
const PORT_STARTS = [0, 100, 200];
const STRETCHES = [100n, 100n, 65336n];
const withPorts = (protocol: number, standsFor: bigint): TinyServicePoint[] =>
  PORT_STARTS.map((start, i) => ({
    protocol,
    sourcePort: 50_000,
    destinationPort: start,
    weight: 65536n * (STRETCHES[i] as bigint) * standsFor,
  }));
const TCP = withPorts(6, 1n);
const UDP = withPorts(17, 1n);
const SCTP = withPorts(132, 3n);
const ICMP = [0, 8, 255].map(
  (type): TinyServicePoint => ({ protocol: 1, sourcePort: type, destinationPort: 0, weight: type === 0 ? 254n * 256n : 256n }),
);
const ICMPV6: TinyServicePoint[] = [0, 8, 255].map((type) => ({
  protocol: 58,
  sourcePort: type,
  destinationPort: 0,
  weight: type === 0 ? 254n * 256n : 256n,
}));
/** Of the protocols without ports: gre, the ten between tcp and udp, and all others. */
const OTHERS: TinyServicePoint[] = [
  { protocol: 8, sourcePort: 0, destinationPort: 0, weight: 10n },
  { protocol: 47, sourcePort: 0, destinationPort: 0, weight: 1n },
  { protocol: 200, sourcePort: 0, destinationPort: 0, weight: 238n },
];

/** Everything that can be: universes whose rules use only tcp keep the other packets in one class that only `any` matches. */
const SERVICES: readonly TinyServicePoint[] = [...TCP, ...UDP, ...SCTP, ...ICMP, ...ICMPV6, ...OTHERS];

const SERVICE_CHOICES: readonly TinyService[] = [
  { protocolFirst: 0, protocolLast: 255, sourcePorts: null, ports: null, type: null },
  { protocolFirst: 6, protocolLast: 6, sourcePorts: null, ports: null, type: null },
  { protocolFirst: 6, protocolLast: 6, sourcePorts: null, ports: [0, 99], type: null },
  { protocolFirst: 6, protocolLast: 6, sourcePorts: null, ports: [100, 199], type: null },
  { protocolFirst: 6, protocolLast: 6, sourcePorts: null, ports: [100, 65535], type: null },
  { protocolFirst: 6, protocolLast: 6, sourcePorts: [0, 65535], ports: [0, 199], type: null },
  { protocolFirst: 17, protocolLast: 17, sourcePorts: null, ports: null, type: null },
  { protocolFirst: 17, protocolLast: 17, sourcePorts: null, ports: [200, 65535], type: null },
  { protocolFirst: 6, protocolLast: 17, sourcePorts: null, ports: null, type: null },
  { protocolFirst: 0, protocolLast: 255, sourcePorts: null, ports: [100, 199], type: null },
  { protocolFirst: 1, protocolLast: 1, sourcePorts: null, ports: null, type: null },
  { protocolFirst: 1, protocolLast: 1, sourcePorts: null, ports: null, type: 8 },
  { protocolFirst: 1, protocolLast: 1, sourcePorts: null, ports: null, type: 255 },
  { protocolFirst: 0, protocolLast: 255, sourcePorts: null, ports: null, type: 8 },
  { protocolFirst: 47, protocolLast: 47, sourcePorts: null, ports: null, type: null },
];

/** Shrinks as the universe may: few enough points that every question can be asked at each of them. */
export function randomPolicy(random: () => number): RandomPolicy {
  const below = (end: number): number => Math.floor(random() * end);
  const style = STYLES[below(STYLES.length)] as Style;
  const hasUnknowns = random() < 0.45;
  const hasChains = random() < 0.32;
  const universe: TinyUniverse = {
    families: random() < 0.15 ? [4, 6] : random() < 0.85 ? [4] : [6],
    sourceCells: 1 + below(style === 'unaligned' ? 5 : 4),
    destinationCells: 1 + below(3),
    services: random() < 0.25 ? SERVICES : TCP_ONLY,
    states: random() < 0.2 ? ['established', 'new', 'else'] : ['else'],
    unknowns: hasUnknowns ? ['app web', 'user bob', 'time office'].slice(0, 1 + below(3)) : [],
  };
  const evaluation = !hasChains && random() < 0.2 ? 'any-permit' : 'first-match';
  const maker = new RuleMaker(random, style, universe, evaluation === 'any-permit');
  const defaultVerdict = evaluation === 'any-permit' || random() < 0.75 ? 'deny' : 'permit';
  const chains = hasChains ? maker.chains() : [maker.list(2 + below(7))];
  return {
    policy: { universe, evaluation, defaultVerdict, chains: chains.map((chain) => nameStates(chain, chains, universe)) },
    style,
    hasUnknowns,
    hasChains,
  };
}

/** Rules of several policies over one universe. */
export function randomRules(random: () => number): {
  readonly universe: TinyUniverse;
  make(evaluation: TinyPolicy['evaluation']): TinyRule[];
} {
  const below = (end: number): number => Math.floor(random() * end);
  const universe: TinyUniverse = {
    families: [4],
    sourceCells: 2 + below(3),
    destinationCells: 1 + below(3),
    services: random() < 0.2 ? SERVICES : TCP_ONLY,
    states: ['else'],
    unknowns: random() < 0.4 ? ['app web', 'user bob'].slice(0, 1 + below(2)) : [],
  };
  const style = STYLES[below(STYLES.length)] as Style;
  const make = (evaluation: TinyPolicy['evaluation']): TinyRule[] => {
    const rules = new RuleMaker(random, style, universe, evaluation === 'any-permit').list(1 + below(4));
    return rules.filter(({ control }) => control === 'decide');
  };
  return { universe, make };
}

/** "Any other" is every state that no rule of the policy names: a state that none names goes with it. */
function nameStates(chain: readonly TinyRule[], chains: readonly (readonly TinyRule[])[], universe: TinyUniverse): TinyRule[] {
  const others = universe.states.length - 1;
  const isNamed = (state: number): boolean =>
    chains.some((each) =>
      each.some(({ boxes }) =>
        boxes.some((box) => box.states?.includes(state) === true && box.source.length > 0 && box.destination.length > 0),
      ),
    );
  const unnamed = universe.states.map((_, state) => state).filter((state) => state !== others && !isNamed(state));
  const named = (states: TinyBox['states']): TinyBox['states'] => (states?.includes(others) ? [...states, ...unnamed] : states);
  return chain.map((rule) => ({ ...rule, boxes: rule.boxes.map((box) => ({ ...box, states: named(box.states) })) }));
}

/** Only tcp is told apart; everything else is one class of packets, which rules match by asking for any protocol. */
const TCP_ONLY: readonly TinyServicePoint[] = [
  ...TCP,
  { protocol: 47, sourcePort: 0, destinationPort: 0, weight: 249n + 2n * 65536n + 4n * 65536n * 65536n },
];
const TCP_CHOICES = SERVICE_CHOICES.filter(
  ({ protocolFirst, protocolLast, ports, type }) =>
    type === null && ((protocolFirst === 6 && protocolLast === 6) || (protocolFirst === 0 && ports === null)),
);

class RuleMaker {
  readonly #random: () => number;
  readonly #style: Style;
  readonly #universe: TinyUniverse;
  readonly #isSet: boolean;
  #count = 0;

  constructor(random: () => number, style: Style, universe: TinyUniverse, isSet: boolean) {
    this.#random = random;
    this.#style = style;
    this.#universe = universe;
    this.#isSet = isSet;
  }

  list(length: number): TinyRule[] {
    const rules: TinyRule[] = [];
    for (let i = 0; i < length; i++) {
      const known = rules[this.#below(rules.length)];
      const control = !this.#isSet && this.#random() < 0.06 ? 'continue' : 'decide';
      // Copies do occur, and are what several kinds are about.
      if (known !== undefined && this.#random() < 0.08) rules.push({ ...known, id: this.#id(), boxes: this.#rewritten(known.boxes) });
      else rules.push(this.#rule(control, i / length));
    }
    return rules;
  }

  /** Chains lead to later ones only; the last leads nowhere. */
  chains(): TinyRule[][] {
    const count = 2 + this.#below(3);
    const chains: TinyRule[][] = [];
    for (let chain = 0; chain < count; chain++) {
      const length = 1 + this.#below(4);
      chains.push(Array.from({ length }, (_, i) => this.#rule(this.#control(chain, count), i / length)));
    }
    return chains;
  }

  #control(chain: number, count: number): TinyControl {
    const leads = chain + 1 < count;
    const target = chain + 1 + this.#below(count - chain - 1);
    const kind = this.#random();
    if (leads && kind < 0.35) return { jump: target };
    if (leads && kind < 0.45) return { goto: target };
    if (kind < 0.6) return 'return';
    return kind < 0.68 ? 'continue' : 'decide';
  }

  #rule(control: TinyControl, position: number): TinyRule {
    const attribute =
      control === 'continue' ? (this.#random() < 0.5 ? 'log a' : 'log b') : control === 'decide' && this.#random() < 0.15 ? 'logged' : '';
    const verdict = control !== 'decide' ? null : this.#isSet || this.#random() < 0.6 ? 'permit' : 'deny';
    const boxes = Array.from({ length: this.#boxCount() }, () => this.#box(position)).flatMap((box) => this.#inFamilies(box));
    return { id: this.#id(), boxes, verdict, attribute, control };
  }

  #boxCount(): number {
    if (this.#random() < 0.02) return 0;
    return this.#style === 'multi-member' ? 1 + this.#below(3) : this.#random() < 0.15 ? 2 : 1;
  }

  #inFamilies(box: Omit<TinyBox, 'family'>): TinyBox[] {
    const families = this.#universe.families.filter(() => this.#universe.families.length === 1 || this.#random() < 0.7);
    return families.map((family) => ({ ...box, family }));
  }

  #box(position: number): Omit<TinyBox, 'family'> {
    const { states, unknowns } = this.#universe;
    const asked = unknowns.map((_, i) => i).filter(() => this.#random() < 0.3);
    return {
      source: this.#cells(this.#universe.sourceCells, position),
      destination: this.#cells(this.#universe.destinationCells, position),
      services: Array.from({ length: this.#random() < 0.2 ? 2 : 1 }, () => this.#service()),
      states: states.length > 1 && this.#random() < 0.5 ? states.map((_, i) => i).filter(() => this.#random() < 0.5) : null,
      unknowns: asked,
      member: asked[0] !== undefined && this.#random() < 0.3 ? asked[0] : null,
    };
  }

  #service(): TinyService {
    const choices = this.#universe.services === TCP_ONLY ? TCP_CHOICES : SERVICE_CHOICES;
    if (this.#style === 'any-heavy' && this.#random() < 0.5) return choices[0] as TinyService;
    return choices[this.#below(choices.length)] as TinyService;
  }

  #cells(count: number, position: number): [number, number][] {
    const whole: [number, number][] = [[0, count - 1]];
    if (this.#style === 'any-heavy' && this.#random() < 0.6) return whole;
    if (this.#style === 'specific-first' && this.#random() < position) return whole;
    if (this.#style === 'multi-member' && this.#random() < 0.5) {
      const members = Array.from({ length: count }, (_, cell): [number, number] => [cell, cell]).filter(() => this.#random() < 0.5);
      return members.length === 0 && this.#random() < 0.9 ? whole : members;
    }
    const a = this.#below(count);
    const b = this.#style === 'specific-first' ? a : this.#below(count);
    return [[Math.min(a, b), Math.max(a, b)]];
  }

  /** The same boxes, perhaps with one source cut in two, in another order. */
  #rewritten(boxes: readonly TinyBox[]): TinyBox[] {
    const cut = boxes.flatMap((box) => {
      const [first, last] = box.source[0] ?? [0, 0];
      if (box.source.length !== 1 || first === last || this.#random() < 0.5) return [box];
      return [
        { ...box, source: [[first, first] as const] },
        { ...box, source: [[first + 1, last] as const] },
      ];
    });
    return this.#random() < 0.5 ? cut : cut.reverse();
  }

  #id(): string {
    return `r${String(this.#count++).padStart(2, '0')}`;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }
}
