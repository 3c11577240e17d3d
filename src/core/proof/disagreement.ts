import type { ProofDisagreement, ProofPacket } from '../../model/proof.ts';
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
  const other: Action = verdict === 'permit' ? 'deny' : 'permit';
  const same: ProofPacket[] = [];
  const opposite: ProofPacket[] = [];
  const pending: { readonly fixed: readonly Assumption[] }[] = [{ fixed: [] }];
  let whole: Pair | null = null;
  let asked = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { fixed } = next;
    if (fixed.length > 0 && !proofs.hasPackets(rule, fixed)) continue;
    if (++asked > MOST_VALUES) return null;
    const otherwise = proofs.decidedWith(rule, verdict, fixed);
    const alike = proofs.decidedWith(rule, other, fixed);
    if (otherwise.kind === 'budget' || alike.kind === 'budget') return null;
    if (otherwise.kind === 'none' || alike.kind === 'none') {
      if (whole === null) return null;
      const settled = otherwise.kind === 'none' ? otherwise : alike;
      if (settled.kind !== 'none') return null;
      return {
        relation: 'unknown',
        same: [write(proofs, whole.same)],
        opposite: [write(proofs, whole.opposite)],
        settledWhen: {
          unknowns: proofs.answers(fixed),
          claim: otherwise.kind === 'none' ? 'decided-alike' : 'decided-otherwise',
          parts: settled.parts,
        },
      };
    }
    const pair = { same: alike.region, opposite: otherwise.region };
    whole ??= pair;
    const open = firstOpen(proofs, pair, fixed);
    if (open === null) {
      same.push(write(proofs, pair.same));
      opposite.push(write(proofs, pair.opposite));
    } else {
      for (const value of [1, 0]) pending.push({ fixed: [...fixed, { axis: open, first: value, last: value }] });
    }
  }
  return { relation: 'mixed', same: withoutRepetition(same), opposite: withoutRepetition(opposite) };
}

interface Pair {
  readonly same: Region;
  readonly opposite: Region;
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
