import { formatAddress } from '../../model/address.ts';
import type { ProofPacket } from '../../model/proof.ts';
import type { Witness } from '../trace/witness.ts';

export function writePacket(witness: Witness): ProofPacket {
  const { family, protocol, sourcePort, destinationPort, icmpType, icmpCode } = witness;
  return {
    family,
    source: formatAddress(family, witness.source),
    destination: formatAddress(family, witness.destination),
    protocol,
    sourcePort,
    destinationPort,
    icmpType,
    icmpCode,
    finite: witness.finite.map(({ axis, value }) => ({ axis, value })),
    unknowns: witness.unknowns.map(({ axis, value }) => ({ axis, holds: value })),
  };
}
