import { type AxisClasses, buildAxisClasses } from './axis-classes.ts';
import { type PointBoxes, SERVICE_STRIDE } from './point-boxes.ts';

/** Protocol and ports of a set of boxes, over the same bits as its address axes. */
export interface ServiceAxes {
  readonly protocol: AxisClasses;
  readonly sourcePort: AxisClasses;
  readonly destinationPort: AxisClasses;
  readonly memoryBytes: number;
}

/** Null when the axes would take more than `mostBytes`. */
export function buildServiceAxes(boxes: PointBoxes, bitOf: Uint32Array, mostBytes: number): ServiceAxes | null {
  const axis = (k: number): AxisClasses | null => {
    const bound = (end: number): Uint32Array =>
      boxes.service.map((service) => boxes.services[service * SERVICE_STRIDE + k * 2 + end] as number);
    return buildAxisClasses(bound(0), bound(1), bitOf, mostBytes / 3);
  };
  const protocol = axis(0);
  const sourcePort = axis(1);
  const destinationPort = axis(2);
  if (protocol === null || sourcePort === null || destinationPort === null) return null;
  return {
    protocol,
    sourcePort,
    destinationPort,
    memoryBytes: protocol.memoryBytes + sourcePort.memoryBytes + destinationPort.memoryBytes,
  };
}
