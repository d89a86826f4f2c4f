// Cuts a list into pages with absolute links: plainly, or as irregularly as the contract allows and real
// services do, with an empty page first, another one last, and both spellings of the token's name.
import { type ArmJson, json } from '../json.ts';
import type { ProviderCall } from '../providers/provider.ts';
import { ArmError, type GatewayResponse, ok } from './answer.ts';
import { type GatewayRequest, parameter } from './request.ts';

export interface Paging {
  /** Items on a page. */
  readonly size: number;
  readonly manner: 'plain' | 'ragged';
}

export function page(call: ProviderCall, items: readonly ArmJson[], { size, manner }: Paging): GatewayResponse {
  const token = parameter(call.request, '$skiptoken');
  const isRagged = manner === 'ragged';
  if (token === undefined && isRagged) return ok(json({ value: [], nextLink: nextLink(call.request, 0, true) }));
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().replace(/^at:/, ''));
  if (!Number.isInteger(start) || start < 0)
    throw new ArmError(400, 'InvalidSkipToken', `The skip token '${token}' is invalid.`);
  const end = start + size;
  const value = json(items.slice(start, end));
  const goesOn = end < items.length || (isRagged && start < items.length);
  const isRaw = isRagged && (start / size) % 2 === 1;
  return ok(json(goesOn ? { value, nextLink: nextLink(call.request, end, isRaw) } : { value }));
}

/** `isRaw`: with the name of the token as it is, which a URL may hold, instead of escaped. */
function nextLink(request: GatewayRequest, start: number, isRaw: boolean): string {
  const rest = [...request.query].filter(([name]) => name.toLowerCase() !== '$skiptoken');
  const kept = rest.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const token = `${isRaw ? '$skiptoken' : '%24skiptoken'}=${Buffer.from(`at:${start}`).toString('base64url')}`;
  return `${request.origin}${request.path}?${[...kept, token].join('&')}`;
}
