import type { ProofDisagreement, ProofPacket, ProofPart } from '../../model/proof.ts';
import type { Action } from '../../model/rule.ts';
import type { Assumption } from '../trace/questions.ts';
import type { Region } from '../trace/region-stack.ts';
import { PACKET_AXES } from '../trace/trace-axes.ts';
import { toWitness } from '../trace/witness.ts';
import type { PolicyProofs } from './policy-proofs.ts';
import { writePacket } from './write-packet.ts';

/** Values of the unknowns that are looked at one by one; beyond it there is no proof. */
const MOST_VALUES = 1000;

/**
 * Why a covered rule is decided in both ways: packets of each kind, one for every value of the unknowns on which they lean; or, where some value leaves
 * packets of one kind only, that value with its proof by cases.
 *
 * @returns null when the work exceeds the budget, or all packets are decided in one way
 */
export function proveDisagreement(proofs: PolicyProofs, rule: string, verdict: Action): ProofDisagreement | null {
  const pairs: Pair[] = [];
  let whole: Pair | null = null;
  const pending: (readonly Assumption[])[] = [[]];
  let asked = 0;
  for (let fixed = pending.pop(); fixed !== undefined; fixed = pending.pop()) {
    if (fixed.length > 0 && !proofs.hasPackets(rule, fixed)) continue;
    asked += 1;
    const answer = asked > MOST_VALUES ? null : askBoth(proofs, rule, verdict, fixed);
    if (answer === null) return null;
    if ('settled' in answer) return whole === null ? null : toUnknown(proofs, whole, fixed, answer);
    whole ??= answer;
    const open = firstOpen(proofs, answer, fixed);
    if (open === null) pairs.push(answer);
    else for (const value of [1, 0]) pending.push([...fixed, { axis: open, first: value, last: value }]);
  }
  return {
    relation: 'mixed',
    same: withoutRepetition(pairs.map(({ same }) => write(proofs, same))),
    opposite: withoutRepetition(pairs.map(({ opposite }) => write(proofs, opposite))),
  };
}

/** A region decided as the rule says, and one decided otherwise. */
interface Pair {
  readonly same: Region;
  readonly opposite: Region;
}

/** All packets are decided in one way. */
interface Settled {
  readonly settled: 'decided-alike' | 'decided-otherwise';
  readonly parts: ProofPart[];
}

function askBoth(proofs: PolicyProofs, rule: string, verdict: Action, fixed: readonly Assumption[]): Pair | Settled | null {
  const otherwise = proofs.decidedWith(rule, verdict, fixed);
  if (otherwise.kind === 'none') return { settled: 'decided-alike', parts: otherwise.parts };
  const alike = proofs.decidedWith(rule, verdict === 'permit' ? 'deny' : 'permit', fixed);
  if (alike.kind === 'none') return { settled: 'decided-otherwise', parts: alike.parts };
  return alike.kind === 'budget' || otherwise.kind === 'budget' ? null : { same: alike.region, opposite: otherwise.region };
}

function toUnknown(proofs: PolicyProofs, whole: Pair, fixed: readonly Assumption[], { settled, parts }: Settled): ProofDisagreement {
  return {
    relation: 'unknown',
    same: [write(proofs, whole.same)],
    opposite: [write(proofs, whole.opposite)],
    settledWhen: { unknowns: proofs.answers(fixed), claim: settled, parts },
  };
}

/** The first unknown on which one of the two leans and that is not fixed. */
function firstOpen({ context }: PolicyProofs, { same, opposite }: Pair, fixed: readonly Assumption[]): number | null {
  const { extra } = context.space.axes;
  const open = [...same.extra, ...opposite.extra].find(
    ({ axis }) => extra[axis - PACKET_AXES]?.kind === 'unknown' && !fixed.some((known) => known.axis === axis),
  );
  return open?.axis ?? null;
}

function write({ context }: PolicyProofs, region: Region): ProofPacket {
  return writePacket(toWitness(context.space, region));
}

function withoutRepetition(packets: readonly ProofPacket[]): ProofPacket[] {
  const texts = new Set<string>();
  return packets.filter((packet) => {
    const text = JSON.stringify(packet);
    if (texts.has(text)) return false;
    texts.add(text);
    return true;
  });
}
