import type { Input } from '../../model/audit-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isAcceptedKind, kindCode, ROW_KINDS } from './format.ts';
import type { KindCounts } from './scan.ts';
import { type FlowSource, fieldsOf, isRead } from './sources.ts';

export interface CountedSources {
  /** In path order. */
  readonly sources: readonly FlowSource[];
  /** By file number. */
  readonly hashes: readonly string[];
  readonly counts: ReadonlyMap<number, KindCounts>;
  /** Why a file was left out, by file number. */
  readonly broken: ReadonlyMap<number, string>;
  readonly emptyLines: ReadonlyMap<number, number>;
}

/** Each file with its counts: records = accepted + skipped. Header lines are no records; an unreadable file counts as one skipped record. */
export function inputsOf(counted: CountedSources): readonly Input[] {
  const inputs: Input[] = [];
  for (const source of counted.sources) inputs.push(inputOf(source, counted, inputs));
  return inputs;
}

function inputOf(source: FlowSource, counted: CountedSources, before: readonly Input[]): Input {
  const base = { role: 'flows' as const, path: source.path, sha256: counted.hashes[source.number] ?? '', at: null };
  if (source.fate.kind === 'duplicate') {
    const first = before[source.fate.of];
    const records = first?.records ?? 0;
    const reason = counted.broken.has(source.fate.of) ? 'UNREADABLE' : 'DUPLICATE_FILE';
    return {
      ...base,
      format: first?.format ?? 'unknown',
      records,
      accepted: 0,
      skipped: records,
      skippedByReason: records === 0 ? {} : { [reason]: records },
    };
  }
  const format = isRead(source) ? source.fate.format.name : 'unknown';
  if (counted.broken.has(source.number))
    return { ...base, format, records: 1, accepted: 0, skipped: 1, skippedByReason: { UNREADABLE: 1 } };
  const kinds = counted.counts.get(source.number) ?? new Map<number, number>();
  const skippedByReason: Record<string, number> = {};
  let accepted = 0;
  for (const [code, name] of ROW_KINDS.entries()) {
    const rows = (kinds.get(code) ?? 0) + (name === 'BLANK' ? (counted.emptyLines.get(source.number) ?? 0) : 0);
    if (rows === 0 || name === 'HEADER' || name === 'IRREGULAR') continue;
    if (isAcceptedKind(code)) accepted += rows;
    else skippedByReason[name] = rows;
  }
  const skipped = Object.values(skippedByReason).reduce((sum, rows) => sum + rows, 0);
  return { ...base, format, records: accepted + skipped, accepted, skipped, skippedByReason };
}

/** What a reader of the result must know about these files, summed up by reason. */
export function countingDiagnostics(counted: CountedSources, inputs: readonly Input[], unreadTrueAddresses: number): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const source of counted.sources) {
    const reason = counted.broken.get(source.number);
    if (reason === undefined) continue;
    diagnostics.push({
      severity: 'error',
      code: 'UNREADABLE_FILE',
      path: source.path,
      message: `the file was left out whole: ${reason}; copy it again from where it came from`,
    });
  }
  for (const [reason, message] of REASONS) {
    const affected = inputs.filter((input) => (input.skippedByReason[reason] ?? 0) > 0);
    const count = affected.reduce((sum, input) => sum + (input.skippedByReason[reason] ?? 0), 0);
    const [first] = affected;
    if (first === undefined) continue;
    diagnostics.push({
      severity: 'warning',
      code: reason,
      path: first.path,
      count,
      message: `${count} ${count === 1 ? 'record' : 'records'} in ${affected.length} ${affected.length === 1 ? 'file' : 'files'} ${message}`,
    });
  }
  const irregular = [...counted.counts.values()].filter((kinds) => (kinds.get(kindCode('IRREGULAR')) ?? 0) > 0).length;
  if (irregular > 0) {
    diagnostics.push({
      severity: 'info',
      code: 'IRREGULAR_LINES',
      count: irregular,
      message: `${irregular} files hold lines that are not separated as usual, such as repeated blanks; these lines were read again one by one`,
    });
  }
  diagnostics.push(...missingCounts(counted));
  if (unreadTrueAddresses > 0) {
    diagnostics.push({
      severity: 'warning',
      code: 'TRUE_ADDRESS_UNREADABLE',
      count: unreadTrueAddresses,
      message: `${unreadTrueAddresses} conversations have a packet address that is none or of another family; only the address that the interface saw was used`,
    });
  }
  return diagnostics;
}

const REASONS: readonly (readonly [reason: string, message: string])[] = [
  ['SKIPDATA', 'say that the platform lost records there; these hours do not count as covered'],
  ['MALFORMED_FIELDS', 'have too few or too many fields and were skipped; look whether the files were cut or edited'],
  ['MALFORMED_STATUS', 'have a log status other than OK, NODATA and SKIPDATA and were skipped; look whether the header fits the records'],
  ['MALFORMED_ADDRESS', 'have no two addresses of one family and were skipped; look whether the header fits the records'],
  ['MALFORMED_PORT', 'have a port that is no number from 0 to 65535 and were skipped'],
  ['MALFORMED_PROTOCOL', 'have a protocol that is no number from 0 to 255 and no known name, and were skipped'],
  ['MALFORMED_COUNT', 'have packets, bytes or records that are no count and were skipped'],
  ['MALFORMED_TIME', 'have a start or end that is no time and were skipped; expected epoch seconds'],
  ['MALFORMED_ACTION', 'have an action that is neither accept nor reject and were skipped'],
  ['MALFORMED_FLAGS', 'have TCP flags that are no number and were skipped'],
  ['MALFORMED_DIRECTION', 'have a direction that is neither in nor out and were skipped'],
];

/** Without packets or bytes their sums are 0, which must not be taken for a count. */
function missingCounts(counted: CountedSources): readonly Diagnostic[] {
  const lacking = counted.sources.filter((source) => {
    if (!isRead(source) || counted.broken.has(source.number)) return false;
    const fields = fieldsOf(source);
    return fields.packets === null || fields.bytes === null;
  });
  const [first] = lacking;
  if (first === undefined) return [];
  return [
    {
      severity: 'info',
      code: 'COUNTS_NOT_LOGGED',
      path: first.path,
      count: lacking.length,
      message: `${lacking.length} ${lacking.length === 1 ? 'file does' : 'files do'} not log packets or bytes; their sums leave these records out`,
    },
  ];
}
