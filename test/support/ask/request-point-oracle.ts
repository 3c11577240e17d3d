import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import type { EnforcementPoint } from '../../../src/core/ask/enforcement-points.ts';
import { restrictPoints } from '../../../src/core/ask/restrict-points.ts';
import { findAskedLayers } from '../../../src/core/request/asked-layers.ts';
import { verdictOfPoints } from '../../../src/core/request/request-verdict.ts';
import { suggestChanges } from '../../../src/core/request/suggest-changes.ts';
import type { Suggestion } from '../../../src/model/request-answer.ts';
import { randomRules, seededRandom } from '../trace/random-policies.ts';
import { TinyOracle } from '../trace/tiny-oracle.ts';
import { type TinyPolicy, tinyMatches } from '../trace/tiny-policy.ts';
import { toModelPolicy } from '../trace/tiny-to-model.ts';
import { applySuggestion } from './apply-suggestion.ts';
import { randomRequest, toRegion } from './request-oracle.ts';

/**
 * Asks for a random region at several enforcement points with layers of policies that share rules' words, does the first suggestion of each policy, and looks
 * at every packet and every value of the unknowns: all is permitted at every point afterwards, or the answer says that it is not.
 *
 * @throws {Error} when the answer says anything else
 */
export function checkRequestAtPoints(seed: number): void {
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const { universe, make } = randomRules(random);
  const policies = Array.from({ length: 2 + below(3) }, (_, index) => {
    const evaluation = random() < 0.5 ? 'first-match' : 'any-permit';
    const tiny: TinyPolicy = { universe, evaluation, defaultVerdict: 'deny', chains: [make(evaluation)] };
    return { tiny, model: toModelPolicy(tiny, `policy ${index}`) };
  });
  const [someone] = policies;
  if (someone === undefined) throw new Error('a case without policies');
  const boxes = randomRequest(random, someone.tiny);
  const region = toRegion(boxes, universe);
  // A policy may stand in several layers, and at several points.
  const chosen = Array.from({ length: 1 + below(2) }, () =>
    Array.from({ length: 1 + below(2) }, () => {
      const layer = policies.filter(() => random() < 0.5);
      return layer.length === 0 ? [someone] : layer;
    }),
  );
  const points = chosen.map(
    (layers): EnforcementPoint => ({
      attachments: [],
      direction: null,
      layers: layers.map((layer) => ({ policies: layer.map(({ model }) => model), exceptRemote: [] })),
      region,
    }),
  );
  const near = restrictPoints(points, region);
  const changes = suggestChanges(findAskedLayers(near), region, { policies: policies.map(({ model }) => model), protectionOf: () => null });

  const asked = { id: 'request', boxes, verdict: 'permit', attribute: '', control: 'decide' } as const;
  const isPermitted = (rules: ReadonlyMap<string, TinyPolicy>): boolean[] =>
    chosen.map((layers) => {
      const oracles = layers.map((layer) => layer.map(({ model, tiny }) => new TinyOracle(rules.get(model.id) ?? tiny)));
      const all = new TinyOracle(someone.tiny).points;
      return all.every(
        (point, index) =>
          !tinyMatches(asked, point, universe) || oracles.every((layer) => layer.some((oracle) => oracle.at(index).verdict === 'permit')),
      );
    });
  const before = isPermitted(new Map()).every(Boolean);
  const answers = near.map((point) => askPoint(point, ASK_BUDGET)).filter((answer) => answer !== null);
  const verdict = verdictOfPoints(answers, 0, () => true);
  const fail = (what: string): never => {
    throw new Error(`seed ${seed}: ${what}; ${changes.suggestions.map(show).join(' ')} ${changes.notes.join(' ')}`);
  };
  if ((verdict === 'permitted') !== before)
    fail(`the verdict is ${verdict}, and enumeration says that it is ${before ? '' : 'not '}permitted`);
  if (before) {
    if (changes.suggestions.length > 0) fail('suggestions for what is permitted');
    return;
  }
  const after = new Map<string, TinyPolicy>();
  for (const suggestion of firstOfEach(changes.suggestions)) {
    for (const { model, tiny } of policies) {
      const isChanged = suggestion.kind === 'group-member' || suggestion.policy === model.id;
      if (isChanged) after.set(model.id, applySuggestion(after.get(model.id) ?? tiny, suggestion));
    }
  }
  const saysNo = changes.notes.some((note) => note.startsWith('No single change') || note.startsWith('The first suggestions'));
  const isDone = isPermitted(after).every(Boolean);
  if (isDone === saysNo) fail(isDone ? 'all is permitted afterwards and the notes deny it' : 'not all is permitted afterwards');
}

function firstOfEach(suggestions: readonly Suggestion[]): Suggestion[] {
  return suggestions.filter(({ policy }, index) => suggestions.findIndex((other) => other.policy === policy) === index);
}

function show({ policy, kind, before, match }: Suggestion): string {
  return JSON.stringify({ policy, kind, before, match });
}
