import type { AddressClass, MatrixPermission, ServiceFunction, ServiceMatrix } from '../../model/service-matrix.ts';
import { formatQuantity } from '../number-format.ts';

/** `nothing`, `any`, `tcp/443, udp/53`, `any except tcp/22; tcp/22 if "app web" holds`. Axis names in it are text from the input. */
export function functionText({ extent, permits }: ServiceFunction): string {
  return extent === 'none' ? 'nothing' : permits.map(permissionText).join('; ');
}

function permissionText({ services, except, condition }: MatrixPermission): string {
  const except_ = except.length === 0 ? '' : ` except ${except.join(', ')}`;
  return `${services.join(', ')}${except_}${condition === '' ? '' : ` ${condition}`}`;
}

const EVERYTHING = ['0.0.0.0/0', '::/0'];

/** `10.0.0.0/8, 192.168.1.1`; `any` for a whole family, `any other` for what is not in any other class. */
export function classText({ addresses, isRest }: AddressClass): string {
  if (isRest) return 'any other';
  return addresses.length === 1 && EVERYTHING.includes(addresses[0] ?? '') ? 'any' : addresses.join(', ');
}

/** {@link classText} with at most `width` characters: as many addresses as fit, and how many more there are. `width` is at least 20. */
export function shortClassText(each: AddressClass, width: number): string {
  const whole = classText(each);
  if (whole.length <= width) return whole;
  const { addresses } = each;
  for (let shown = addresses.length - 1; shown > 0; shown--) {
    const text = `${addresses.slice(0, shown).join(', ')} +${addresses.length - shown}`;
    if (text.length <= width) return text;
  }
  const text = `${addresses[0]} +${addresses.length - 1}`;
  return addresses.length > 1 && text.length <= width ? text : `${whole.slice(0, width - 1)}…`;
}

/** A short sign for each function: `·` for nothing, then A, B, … Z, AA, AB, … in their order, with `?` where conditions decide some of it. */
export function functionCodes(functions: readonly ServiceFunction[]): readonly string[] {
  let next = 0;
  return functions.map(({ extent, permits }) => {
    if (extent === 'none') return '·';
    return `${toLetters(next++)}${permits.some(({ dependsOn }) => dependsOn.length > 0) ? '?' : ''}`;
  });
}

/** What the `?` of a sign means; empty where no function has one. */
export function conditionNote(functions: readonly ServiceFunction[]): string {
  const depends = functions.some(({ permits }) => permits.some(({ dependsOn }) => dependsOn.length > 0));
  return depends ? '? stands where something that the rules leave open decides a part' : '';
}

function toLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${toLetters(Math.floor(index / 26) - 1)}${last}`;
}

/** `sg-1:in or sg-2:in, then acl-1:in`. */
export function layersText({ layers }: ServiceMatrix): string {
  if (layers.length === 0) return 'no policy at all';
  return layers.map((layer) => (layer.length === 0 ? 'a layer without policies' : layer.join(' or '))).join(', then ');
}

/** `158 source classes, 272 destination classes`. */
export function sizeText(rows: number, columns: number): string {
  return `${formatQuantity(rows, 'source class', 'source classes')}, ${formatQuantity(columns, 'destination class', 'destination classes')}`;
}
