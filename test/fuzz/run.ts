import { parseArgs } from 'node:util';
import { compareAcross } from '../support/trace/across-disagreements.ts';
import { findDisagreements } from '../support/trace/disagreements.ts';
import { findLayerDisagreements } from '../support/trace/layer-disagreements.ts';
import { randomPolicy, seededRandom } from '../support/trace/random-policies.ts';

// `npm run test:fuzz -- --policies N --seed S`: the exact trace against the enumeration of every packet and every value of the unknowns.
// Policy i has the seed S + i, so that one that disagrees can be run again alone: --policies 1 --seed SEED.

/** One policy in eight stands for several groups on several interfaces; at least two in ten are asked for beside those with chains. */
const LAYERED_EVERY = 4;
const MOST_SHOWN = 20;

const { values } = parseArgs({ options: { policies: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } });
const count = Number(values.policies);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(firstSeed)) {
  process.stderr.write('Both --policies and --seed take whole numbers, such as --policies 10000 --seed 1.\n');
  process.exit(2);
}

const counts = new Map<string, number>();
const add = (name: string, by = 1): void => {
  counts.set(name, (counts.get(name) ?? 0) + by);
};
let disagreements = 0;
for (let i = 0; i < count; i++) {
  const seed = firstSeed + i;
  for (const text of check(seed)) {
    disagreements++;
    if (disagreements <= MOST_SHOWN) process.stdout.write(`seed ${seed}: ${text}\n`);
  }
  if ((i + 1) % 50_000 === 0) process.stderr.write(`${i + 1} policies, ${disagreements} disagreements\n`);
}
for (const [name, number] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
  process.stdout.write(`${name.padEnd(40)} ${String(number).padStart(10)} ${((100 * number) / count).toFixed(1).padStart(6)} %\n`);
}
process.stdout.write(`${count} policies from seed ${firstSeed}: ${disagreements} disagreements\n`);
process.exitCode = disagreements === 0 ? 0 : 1;

function check(seed: number): string[] {
  try {
    const random = seededRandom(seed);
    if (seed % LAYERED_EVERY === 0) {
      add('several groups on several interfaces');
      return [...findLayerDisagreements(random), ...compareAcross(random).disagreements];
    }
    const { policy, style, hasUnknowns, hasChains } = randomPolicy(random);
    add(`style ${style}`);
    add(policy.evaluation);
    if (hasUnknowns) add('partly known rules');
    if (hasChains) add('chains');
    if (policy.universe.families.length > 1) add('both families');
    return findDisagreements(policy, random);
  } catch (error) {
    return [String(error instanceof Error ? error.stack : error)];
  }
}
