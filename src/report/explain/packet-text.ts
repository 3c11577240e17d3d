import type { ConsideredLayer, ConsideredPolicy, MeetingPoint, PacketExplanation, PacketVerdict } from '../../model/explanation.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { policyLines } from './policy-text.ts';
import { describeAlternatives } from './words.ts';

/** A packet's way through the policies: the answer first, then every place with its layers in the order it meets them. */
export function packetLines(explanation: PacketExplanation, paint: Paint, width: number): string[] {
  const { packet, points, notes } = explanation;
  return [
    paint.bold(visibleText(packet)),
    ...wrapText(headline(explanation), width, 4).map((line) => paintVerdict(line, explanation.asExported ?? 'depends', paint)),
    ...points.flatMap((point) => ['', ...pointLines(point, paint, width)]),
    ...[...openLines(explanation), ...notes].flatMap((note, index) => [
      ...(index === 0 ? [''] : []),
      ...wrapText(`Note: ${note}`, width, 4),
    ]),
  ];
}

export function paintVerdict(text: string, verdict: PacketVerdict, paint: Paint): string {
  if (verdict === 'permitted') return paint.bold(text);
  return verdict === 'denied' ? paint.red(text) : paint.yellow(text);
}

/** `DENIED by acl-1:in/100 (into eni-1).` */
export function headline({ verdict, asExported, points }: PacketExplanation): string {
  if (verdict === null || asExported === null) return 'NOT JUDGED: the rules given hold no policy that this packet meets.';
  if (verdict === 'permitted')
    return `PERMITTED by every policy it meets (${formatQuantity(points.length, 'place')}).${brokenReply(points)}`;
  const decisive = points.find((point) => point.verdict === verdict) ?? points.find((point) => point.verdict !== 'permitted');
  const layer = decisive?.layers.find((each) => each.verdict === verdict) ?? decisive?.layers.find((each) => each.verdict !== 'permitted');
  const where = decisive === undefined ? '' : ` (${placeName(decisive)})`;
  if (verdict === 'denied') return `DENIED by ${deniers(layer)}${where}.`;
  const clauses =
    layer?.policies.flatMap((policy) =>
      policy.outcomes
        .filter(({ when }) => when.length > 0)
        .map((outcome) => `${outcome.verdict} by ${policy.policy}/${outcome.rule} if ${describeAlternatives(outcome.when)}`),
    ) ?? [];
  const shown = clauses.slice(0, 2).join('; ');
  const more = clauses.length > 2 ? `; and ${formatQuantity(clauses.length - 2, 'more condition')}` : '';
  const lead = asExported === 'depends' ? 'DEPENDS' : `${asExported.toUpperCase()} as far as the exports show`;
  return `${lead}${where}${shown === '' ? '' : `; ${shown}${more}`}.`;
}

function deniers(layer: ConsideredLayer | undefined): string {
  const rules =
    layer?.policies.flatMap((policy) =>
      policy.outcomes.filter(({ verdict }) => verdict === 'denied').map(({ rule }) => `${policy.policy}/${rule}`),
    ) ?? [];
  const more = rules.length > 3 ? ` and ${rules.length - 3} more` : '';
  return `${rules.slice(0, 3).join(', ')}${more}`;
}

function brokenReply(points: readonly MeetingPoint[]): string {
  const broken = points.find(({ reply }) => reply !== null && reply.verdict !== 'permitted');
  if (broken?.reply == null) return '';
  return broken.reply.verdict === 'denied'
    ? ` But its answer is DENIED (${placeName(broken)}).`
    : ` Whether its answer passes depends (${placeName(broken)}).`;
}

export function placeName({ attachment, direction }: MeetingPoint): string {
  if (attachment === null) return direction === null ? 'on every path' : `on every path ${direction}`;
  return direction === 'out' ? `out of ${attachment}` : `into ${attachment}`;
}

function pointLines(point: MeetingPoint, paint: Paint, width: number): string[] {
  const note = point.note === '' ? '' : ` (${point.note})`;
  const title = fitText(`${capitalised(placeName(point))}${note}: ${verdictText(point)}`, width);
  const none = point.layers.length === 0 ? ['  No policy is on it: it filters nothing.'] : [];
  return [
    paint.bold(title),
    ...none,
    ...point.layers.flatMap((layer, index) =>
      layerLines(layer, point.layers.length === 1 ? 'rules' : `layer ${index + 1} of ${point.layers.length}`, paint, width),
    ),
    ...replyLines(point, paint, width),
  ];
}

function verdictText({ verdict, asExported }: MeetingPoint): string {
  return verdict === 'depends' && asExported !== 'depends' ? `${asExported} as far as the exports show` : verdict;
}

function layerLines(layer: ConsideredLayer, name: string, paint: Paint, width: number): string[] {
  if (layer.skipped !== null) return [fitText(`  ${name}: not met, ${layer.skipped}`, width)];
  const kind = `${layer.stateful ? 'stateful' : 'stateless'}${layer.policies.length > 1 ? `, ${layer.policies.length} policies that permit together` : ''}`;
  return [
    paintVerdict(fitText(`  ${name}: ${layer.verdict} (${kind})`, width), layer.verdict, paint),
    ...layer.policies.flatMap((policy: ConsideredPolicy) => policyLines(policy, layer.verdict, paint, width)),
  ];
}

/** Only the outcome: the answer meets the same kind of list in the other direction. */
function replyLines({ reply, verdict }: MeetingPoint, paint: Paint, width: number): string[] {
  // Nothing answers a packet that does not get through.
  if (reply === null || verdict === 'denied') return [];
  const lines = reply.layers.flatMap((layer) =>
    layer.policies.flatMap((policy) =>
      policy.outcomes.map((outcome) => {
        const when = describeAlternatives(outcome.when);
        return `${outcome.verdict} by ${policy.policy}/${outcome.rule}${when === '' ? (policy.outcomes.length > 1 ? ' otherwise' : '') : ` if ${when}`}`;
      }),
    ),
  );
  return [
    paintVerdict(fitText(`  answer ${reply.packet}: ${reply.verdict}`, width), reply.verdict, paint),
    paint.dim('    a stateless layer judges it by an entry of its own'),
    ...lines.flatMap((line) => wrapText(line, width - 4, 2).map((part) => `    ${part}`)),
  ];
}

/** Whether what the packet text leaves open makes a difference. */
function openLines({ leftOpen, points }: PacketExplanation): string[] {
  const asked = points.flatMap(({ layers, reply }) => [...layers, ...(reply?.layers ?? [])]).flatMap(({ policies }) => policies);
  const matters = asked.some(({ outcomes }) =>
    outcomes.some(({ when }) => when.some((conditions) => conditions.some(({ kind }) => /port|icmp/.test(kind)))),
  );
  if (leftOpen.length === 0 || asked.length === 0) return [];
  const open = leftOpen.join(' and ');
  return [
    matters
      ? `The packet leaves the ${open} open, and the answer depends on it.`
      : `The packet leaves the ${open} open; it makes no difference.`,
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
