import { ASK_BUDGET, askPoint } from '../src/core/ask/ask-point.ts';
import { findPoints } from '../src/core/ask/enforcement-points.ts';
import { restrictPoints } from '../src/core/ask/restrict-points.ts';
import { findAskedLayers } from '../src/core/request/asked-layers.ts';
import { suggestChanges } from '../src/core/request/suggest-changes.ts';
import type { Policy, RuleBase } from '../src/model/policy.ts';
import { parseRegion, type Region } from '../src/model/region-notation.ts';
import { seededRandom, toPolicy, withActions } from './analyze-sets.ts';
import type { AskCase } from './ask-case.ts';
import { loadRuleSet } from './rule-sets.ts';

const REGIONS_PER_RUN = 20;

/** Questions about services of hosts and networks that the rules speak of, after the rules are loaded: seconds for one question. */
export function measureQuestions(): AskCase[] {
  return ['acl1_10k', 'fw1_10k', 'ipc1_10k'].flatMap((name) => [
    questionCase(`query ${name}`, name, (ruleBase, region) => {
      const points = restrictPoints(findPoints(ruleBase, region, EVERYWHERE).points, region);
      return points.map((point) => askPoint(point, ASK_BUDGET)?.verdict ?? 'beyond the budget').join();
    }),
    questionCase(`request ${name}`, name, (ruleBase, region) => {
      const near = restrictPoints(findPoints(ruleBase, region, EVERYWHERE).points, region);
      const answers = near.map((point) => askPoint(point, ASK_BUDGET)?.verdict ?? 'beyond the budget');
      suggestChanges(findAskedLayers(near), region, { policies: ruleBase.policies, protectionOf: () => null });
      return answers.join();
    }),
  ]);
}

const EVERYWHERE = { interface: null, direction: null, policies: [] } as const;

function questionCase(name: string, set: string, ask: (ruleBase: RuleBase, region: Region) => string): AskCase {
  return {
    name,
    target: 0.3,
    runs: 3,
    parts: REGIONS_PER_RUN,
    prepare: () => {
      const policy = toPolicy(withActions(loadRuleSet(set), 7));
      const ruleBase: RuleBase = { policies: [policy], attachments: [], hasInventory: false, diagnostics: [] };
      const regions = regionsNear(policy);
      return () => {
        const counts = new Map<string, number>();
        for (const region of regions) {
          const verdict = ask(ruleBase, region);
          counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
        }
        return `${policy.rules.length} rules; ${[...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
      };
    },
  };
}

/** One service from the sources to the destinations of a random rule, and every fourth from anywhere to a /16 of them. */
function regionsNear({ rules }: Policy): Region[] {
  const random = seededRandom(99);
  return Array.from({ length: REGIONS_PER_RUN }, (_, i) => {
    const product = rules[Math.floor(random() * rules.length)]?.match.products[0];
    const ends = [product?.source, product?.destination].map((end) => end?.ranges[0]?.first ?? 0n);
    const [source, destination] = ends.map((address) => [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.'));
    const text =
      i % 4 === 0 ? `tcp any -> ${destination?.replace(/\.\d+\.\d+$/, '.0.0/16')}:1-1024` : `tcp ${source} -> ${destination}:443`;
    const parsed = parseRegion(text);
    if (!parsed.ok) throw new Error(`${text}: ${parsed.reason}`);
    return parsed.value;
  });
}
