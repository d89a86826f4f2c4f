// Cuts a list into pages with absolute links ("arm-protocol", 5.5).
import { type Json, json } from '../json.ts';
import type { Call } from '../providers/provider.ts';
import { type Answer, ArmError, ok } from './answer.ts';
import { parameter, type Request } from './request.ts';

export function page(call: Call, items: readonly Json[], size: number): Answer {
  const token = parameter(call.request, '$skiptoken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString().replace(/^at:/, ''));
  if (!Number.isInteger(start) || start < 0)
    throw new ArmError(400, 'InvalidSkipToken', `The skip token '${token}' is invalid.`);
  const end = start + size;
  const value = json(items.slice(start, end));
  return ok(json(end < items.length ? { value, nextLink: nextLink(call.request, end) } : { value }));
}

function nextLink(request: Request, start: number): string {
  const rest = [...request.query].filter(([name]) => name.toLowerCase() !== '$skiptoken');
  const kept = rest.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${request.origin}${request.path}?${[...kept, `%24skiptoken=${Buffer.from(`at:${start}`).toString('base64url')}`].join('&')}`;
}
