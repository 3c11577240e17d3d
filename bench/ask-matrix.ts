import { buildServiceMatrix, MATRIX_BUDGET } from '../src/core/matrix/service-matrix.ts';
import { toTraceSource } from '../src/core/trace/trace-source.ts';
import { LAST_ADDRESS } from '../src/model/address.ts';
import type { MatchProduct } from '../src/model/match.ts';
import type { Policy } from '../src/model/policy.ts';
import { generateLarge, toPolicy, withActions } from './analyze-sets.ts';
import type { AskCase } from './ask-case.ts';
import { loadRuleSet } from './rule-sets.ts';

/** ClassBench sets state no actions: seven rules in ten permit; or all of them do, but for those that match every packet. */
export function measureMatrix(): AskCase[] {
  return [
    ...['acl1_1k', 'fw1_1k', 'ipc1_1k'].flatMap((name) => [
      matrixCase(`matrix ${name}`, 5, 3, () => toPolicy(withActions(loadRuleSet(name), 7))),
      matrixCase(`matrix ${name} permits`, 5, 3, () => withoutCatchAll(toPolicy(withActions(loadRuleSet(name), 7, 1)))),
    ]),
    matrixCase('matrix sites_1000', null, 3, () => toPolicy(generateLarge(1000, 5))),
    matrixCase('matrix acl1_10k', null, 1, () => toPolicy(withActions(loadRuleSet('acl1_10k'), 7))),
    matrixCase('matrix ipc1_10k', null, 1, () => toPolicy(withActions(loadRuleSet('ipc1_10k'), 7))),
    matrixCase('matrix fw1_10k', null, 1, () => toPolicy(withActions(loadRuleSet('fw1_10k'), 7))),
  ];
}

function withoutCatchAll(policy: Policy): Policy {
  const isEverything = ({ source, destination, services }: MatchProduct): boolean =>
    [source, destination].every(({ ranges }) => ranges.some(({ first, last }) => first === 0n && last === LAST_ADDRESS[4])) &&
    services.some(({ protocolFirst, protocolLast }) => protocolFirst === 0 && protocolLast === 255);
  return { ...policy, rules: policy.rules.filter(({ match }) => !match.products.some(isEverything)) };
}

function matrixCase(name: string, target: number | null, runs: number, make: () => Policy): AskCase {
  const prepare = (): (() => string) => {
    const policy = make();
    return () => {
      const matrix = buildServiceMatrix({ name, layers: [[toTraceSource(policy)]], asked: null, budget: MATRIX_BUDGET });
      const ipv4 = matrix.families.find(({ family }) => family === 4);
      if (ipv4 === undefined) return `${policy.rules.length} rules; not complete: ${matrix.incompleteBecause.join('; ')}`;
      const size = `${ipv4.rows.length} x ${ipv4.columns.length} classes`;
      return `${policy.rules.length} rules, ${size}, ${matrix.functions.length} different functions, ${matrix.nodeCount} nodes`;
    };
  };
  return { name, target, runs, prepare };
}
