import { STRIDE } from '../trace/box-table.ts';
import { type NumberAxis, serviceCount, type TraceAxes } from '../trace/trace-axes.ts';
import { LEVEL_DESTINATION_PORT, LEVEL_PROTOCOL, LEVEL_SOURCE_PORT } from './box-guards.ts';
import { DENIED, type Diagrams } from './diagrams.ts';

/** Where the ranks of an axis stand in bounds. */
const AT = { protocol: 4, sourcePort: 6, destinationPort: 8 };

/** How many combinations of protocol, ports, ICMP type and code a diagram permits, under whatever condition. */
export function countServices(axes: TraceAxes, diagrams: Diagrams, id: number): bigint {
  const bounds = new Int32Array(STRIDE);
  let total = 0n;
  const each = (node: number, level: number, axis: NumberAxis, at: number, then: (child: number) => void): void => {
    const stretches = diagrams.level(node) === level ? diagrams.stretches(node) : [{ first: 0, child: node }];
    stretches.forEach(({ first, child }, i) => {
      if (child === DENIED) return;
      bounds[at] = first;
      bounds[at + 1] = (stretches[i + 1]?.first ?? axis.count) - 1;
      then(child);
    });
  };
  each(id, LEVEL_PROTOCOL, axes.protocol, AT.protocol, (ofProtocol) =>
    each(ofProtocol, LEVEL_DESTINATION_PORT, axes.destinationPort, AT.destinationPort, (ofPort) =>
      each(ofPort, LEVEL_SOURCE_PORT, axes.sourcePort, AT.sourcePort, () => {
        total += serviceCount(axes, bounds, 0);
      }),
    ),
  );
  return total;
}
