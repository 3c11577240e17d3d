import type { AddressRange } from '../../model/address.ts';
import { anyEndpoint, type MatchProduct } from '../../model/match.ts';
import type { Direction, Layer, Policy } from '../../model/policy.ts';
import { ANY_SERVICE } from '../../model/service.ts';
import { FlatSearch } from './flat-search.ts';
import { askPasses } from './layer-search.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { LEAF_DEFAULT } from './split-tree.ts';
import type { Proof } from './trace-context.ts';
import { type Answer, type BoxTree, regionOfBox } from './trace-context.ts';
import { DECIDE, type TraceSource, toTraceSource } from './trace-source.ts';
import { compileTrace, entryOfRule, type TraceProgram, type TraceSpace } from './trace-space.ts';
import { toWitness, type Witness } from './witness.ts';

/** `holds` with its proof, or a packet that shows the contrary; null within too small a budget. */
export type LayerAnswer = { readonly holds: true; readonly proof: Proof } | { readonly holds: false; readonly witness: Witness } | null;

/** Policies that meet at enforcement points, over common axes: equal texts of unknown conditions are one axis across all of them. */
export class LayerTrace {
  readonly space: TraceSpace;
  readonly #programs: ReadonlyMap<string, TraceProgram>;
  readonly #budget: number;
  readonly #finders = new Map<TraceProgram, OverlapFinder>();
  readonly #search: FlatSearch;

  /** @param policies every policy that the layers asked about name; @throws {InputError} when an id stands twice */
  constructor(policies: readonly Policy[], exceptions: readonly LayerException[], budget: number) {
    const sources = [...policies.map(toTraceSource), ...exceptions.map(toExceptionSource)];
    this.space = compileTrace(sources);
    this.#programs = new Map(this.space.programs.map((program) => [program.name, program]));
    this.#budget = budget;
    this.#search = new FlatSearch(this.space);
  }

  /**
   * Whether everything that a permitting rule lets through is denied by the other layers of an enforcement point, whatever the unknowns are.
   * Layers that let some remote addresses pass unseen are named with their exception, see {@link exceptionName}.
   */
  deniedByLayers(policy: string, rule: string, layers: readonly (readonly string[])[]): LayerAnswer {
    const own = this.#program(policy);
    const programs = layers.map((layer) => layer.map((name) => this.#program(name)));
    return this.#answer(askPasses(this.space, own, entryOfRule(own, rule), programs, this.#budget));
  }

  /**
   * Whether every point of a rule of an `any-permit` policy is in other rules of its layer with the same effect.
   *
   * @param policies of the layer, its own included
   * @param isGone rules that are not to count
   */
  coveredInLayer(
    policy: string,
    rule: string,
    policies: readonly string[],
    isGone: (policy: string, rule: string) => boolean,
  ): LayerAnswer {
    const { space } = this;
    const search = this.#search;
    const own = this.#program(policy);
    const entry = entryOfRule(own, rule);
    const trees: BoxTree[] = [];
    let left = this.#budget;
    const programs = policies.map((name) => this.#program(name)).sort((a, b) => a.index - b.index);
    const finders = programs.map((program) => ({ program, finder: this.#finder(program) }));
    for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
      const region = regionOfBox(space, box);
      search.clear();
      for (const { program, finder } of finders) {
        finder.collect(region.bounds, program.firstBox, program.endBox, null);
        for (let i = 0; i < finder.count; i++) {
          const other = space.boxes.entryOf[finder.found[i]!]!;
          const counts =
            other !== entry && space.effectOf[other] === space.effectOf[entry] && !isGone(program.name, space.entries[other]!.id);
          if (counts) search.add(finder.found[i]!, false);
        }
      }
      const end = search.run(region, box, LEAF_DEFAULT, true, left);
      if (end === 'budget') return null;
      if (end === 'found') return this.#answer({ kind: 'found', region: search.found! });
      left -= search.nodeCount;
      trees.push({ box, tree: search.tree.toTree() });
    }
    return { holds: true, proof: { trees } };
  }

  #program(name: string): TraceProgram {
    const program = this.#programs.get(name);
    if (program === undefined) throw new Error(`the policy ${name} is not among those given`);
    return program;
  }

  #finder(program: TraceProgram): OverlapFinder {
    const finder = this.#finders.get(program) ?? new OverlapFinder(this.space, program);
    this.#finders.set(program, finder);
    return finder;
  }

  #answer(answer: Answer): LayerAnswer {
    if (answer.kind === 'budget') return null;
    return answer.kind === 'none' ? { holds: true, proof: answer.proof } : { holds: false, witness: toWitness(this.space, answer.region) };
  }
}

/** Remote addresses that a layer does not look at, in one direction: they pass it. */
export interface LayerException {
  readonly direction: Direction;
  readonly remotes: readonly AddressRange[];
}

/** The name under which an exception stands in a layer, beside its policies; null when there is none. */
export function exceptionName(direction: Direction, layer: Layer): string | null {
  if (layer.exceptRemote.length === 0) return null;
  return nameOf({ direction, remotes: layer.exceptRemote });
}

function nameOf({ direction, remotes }: LayerException): string {
  return `(passes ${direction} ${remotes.map(({ family, first, last }) => `${family}:${first}-${last}`).join()})`;
}

/** Permits what the layer does not look at: stands in the layer beside its policies, under {@link exceptionName}. */
/** What permits the remote addresses that a layer does not look at, as a source beside those of its policies. */
export function toExceptionSource(exception: LayerException): TraceSource {
  const products = ([4, 6] as const).map((family): MatchProduct => {
    const remote = { ranges: exception.remotes.filter((range) => range.family === family), membership: null };
    const isIn = exception.direction === 'in';
    return {
      family,
      source: isIn ? remote : anyEndpoint(family),
      destination: isIn ? anyEndpoint(family) : remote,
      services: [ANY_SERVICE],
      finite: [],
      unknowns: [],
    };
  });
  return {
    name: nameOf(exception),
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [
      {
        name: 'remotes',
        entries: [{ id: 'remotes', match: { products }, effect: { verdict: 'permit', attributes: {} }, control: DECIDE }],
      },
    ],
  };
}
