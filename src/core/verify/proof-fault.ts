/** Why a proof does not hold, as the rest of a sentence about it. Never leaves this folder. */
export class ProofFault extends Error {
  override readonly name = 'ProofFault';
}
