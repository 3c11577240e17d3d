import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import { ICMP, ICMPV6, type PortRange, PROTOCOLS_WITH_PORTS, type Service } from '../../model/service.ts';

/** Which columns of the flows hold values that the log does not carry. */
export interface UnseenColumns {
  readonly sourcePort: boolean;
  readonly destinationPort: boolean;
  readonly protocol: boolean;
}

/** Protocol and ports (ICMP: type and code in the place of source and destination port), unseen values included; both ends belong to it. */
export interface ServiceBox {
  /** Whether a flow inside surely has the service. */
  readonly certain: boolean;
  readonly protocolFirst: number;
  readonly protocolLast: number;
  readonly sourcePortFirst: number;
  readonly sourcePortLast: number;
  readonly destinationPortFirst: number;
  readonly destinationPortLast: number;
}

/**
 * A service as boxes over what a flow carries. Ports restrict it to the protocols that have ports, ICMP type and code to ICMP; a value that
 * the flow does not carry has the service possibly where the service asks for some values only.
 */
export function toServiceBoxes(service: Service, unseen: UnseenColumns): ServiceBox[] {
  const boxes: ServiceBox[] = [];
  const asksForPorts = service.sourcePort !== null || service.destinationPort !== null;
  const asksForIcmp = service.icmpType !== null || service.icmpCode !== null;
  if (!asksForPorts && !asksForIcmp) return protocolBoxes(service, unseen);
  if (asksForPorts) {
    const source = portChoices(service.sourcePort, unseen.sourcePort);
    const destination = portChoices(service.destinationPort, unseen.destinationPort);
    boxes.push(...combine(protocolChoices(service, PROTOCOLS_WITH_PORTS, unseen), source, destination));
  }
  if (asksForIcmp) {
    const type = portChoices(single(service.icmpType), true);
    const code = portChoices(single(service.icmpCode), true);
    boxes.push(...combine(protocolChoices(service, [ICMP, ICMPV6], unseen), type, code));
  }
  return boxes;
}

interface Choice {
  readonly certain: boolean;
  readonly first: number;
  readonly last: number;
}

const ANY_PORT_CHOICE: Choice = { certain: true, first: 0, last: UNSEEN_PORT };
const UNSEEN_PORT_CHOICE: Choice = { certain: false, first: UNSEEN_PORT, last: UNSEEN_PORT };

function protocolBoxes(service: Service, unseen: UnseenColumns): ServiceBox[] {
  const { protocolFirst: first, protocolLast: last } = service;
  const isAny = first === 0 && last === UNSEEN_PROTOCOL - 1;
  const choices: Choice[] = [{ certain: true, first, last: isAny ? UNSEEN_PROTOCOL : last }];
  if (!isAny && unseen.protocol) choices.push({ certain: false, first: UNSEEN_PROTOCOL, last: UNSEEN_PROTOCOL });
  return combine(choices, [ANY_PORT_CHOICE], [ANY_PORT_CHOICE]);
}

function protocolChoices(service: Service, protocols: readonly number[], unseen: UnseenColumns): Choice[] {
  const asked = protocols.filter((protocol) => service.protocolFirst <= protocol && protocol <= service.protocolLast);
  const choices: Choice[] = asked.map((protocol) => ({ certain: true, first: protocol, last: protocol }));
  if (asked.length > 0 && unseen.protocol) choices.push({ certain: false, first: UNSEEN_PROTOCOL, last: UNSEEN_PROTOCOL });
  return choices;
}

function portChoices(ports: PortRange | null, mayBeUnseen: boolean): Choice[] {
  if (ports === null || (ports.first === 0 && ports.last === UNSEEN_PORT - 1)) return [ANY_PORT_CHOICE];
  const asked: Choice = { certain: true, first: ports.first, last: ports.last };
  return mayBeUnseen ? [asked, UNSEEN_PORT_CHOICE] : [asked];
}

function single(value: number | null): PortRange | null {
  return value === null ? null : { first: value, last: value };
}

function combine(protocols: readonly Choice[], sourcePorts: readonly Choice[], destinationPorts: readonly Choice[]): ServiceBox[] {
  return protocols.flatMap((protocol) =>
    sourcePorts.flatMap((source) =>
      destinationPorts.map((destination) => ({
        certain: protocol.certain && source.certain && destination.certain,
        protocolFirst: protocol.first,
        protocolLast: protocol.last,
        sourcePortFirst: source.first,
        sourcePortLast: source.last,
        destinationPortFirst: destination.first,
        destinationPortLast: destination.last,
      })),
    ),
  );
}
