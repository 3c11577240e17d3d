import { formatAddressRange } from '../../src/model/address.ts';
import type { Endpoint, MatchProduct } from '../../src/model/match.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Rule } from '../../src/model/rule.ts';
import { formatService } from '../../src/model/service.ts';

/** The policy for a person who has to look for a disagreement: one line for each product of each rule. */
export function formatPolicy({ evaluation, defaultAction, rules }: Policy): string {
  return [...rules.map(formatRule), `default ${defaultAction} (${evaluation})`].join('\n');
}

function formatRule({ id, effect, enabled, staleReference, match }: Rule): string {
  const attributes = Object.entries(effect.attributes).map(([name, value]) => ` ${name}=${value}`);
  const part = enabled && staleReference === null ? '' : ' (has no part)';
  const products = match.products.length === 0 ? ['nothing'] : match.products.map(formatProduct);
  return `${id} ${effect.verdict}${attributes.join('')}${part}: ${products.join('\n    or ')}`;
}

function formatProduct({ family, source, destination, services, finite, unknowns }: MatchProduct): string {
  const conditions = [...finite.map(({ axis, values }) => `${axis} in {${values.join(' ')}}`), ...unknowns.map((text) => `"${text}"`)];
  const addresses = `${formatEndpoint(source)} -> ${formatEndpoint(destination)}`;
  return `ipv${family} [${services.map(formatService).join(', ')}] ${addresses}${conditions.map((each) => `, ${each}`).join('')}`;
}

function formatEndpoint({ ranges, membership }: Endpoint): string {
  return `${ranges.map(formatAddressRange).join(' ')}${membership === null ? '' : ` if "${membership.axis}"`}`;
}
