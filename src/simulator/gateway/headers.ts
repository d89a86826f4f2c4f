// The headers of every reply ("arm-protocol", 5.1 items 2 and 3).
import { fold } from './address.ts';
import type { Answer } from './answer.ts';
import type { Machine } from './machine.ts';
import { parameter, type Request } from './request.ts';

const region = 'WESTEUROPE';

export function commonHeaders(machine: Machine, request: Request, answer: Answer): Record<string, string> {
  const id = machine.newId();
  const stamp = machine
    .now()
    .toISOString()
    .replace(/[-:]|\.[0-9]+/g, '');
  const clientId = request.headers['x-ms-client-request-id'];
  const echo = request.headers['x-ms-return-client-request-id'] === 'true' && clientId !== undefined;
  const isNetwork = fold(request.path).includes('/providers/microsoft.network/');
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': request.headers['x-ms-correlation-request-id'] ?? id,
    'x-ms-routing-request-id': `${region}:${stamp}:${id}`,
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    ...(echo ? { 'x-ms-client-request-id': clientId } : {}),
    ...(isNetwork ? { 'x-ms-arm-service-request-id': machine.newId() } : {}),
    ...(answer.headers?.['x-ms-failure-cause'] === 'gateway' ? {} : rateHeaders(request)),
  };
}

function rateHeaders(request: Request): Record<string, string> {
  if (parameter(request, 'api-version') === undefined || fold(request.path).startsWith('/metadata/')) return {};
  const owner = /^\/subscriptions\/[^/]+/i.test(request.path) ? 'subscription' : 'tenant';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const kind = isRead ? 'reads' : request.method === 'DELETE' ? 'deletes' : 'writes';
  const remaining = isRead ? 249 : 199;
  const headers: Record<string, string> = { [`x-ms-ratelimit-remaining-${owner}-${kind}`]: String(remaining) };
  if (owner === 'subscription')
    headers[`x-ms-ratelimit-remaining-subscription-global-${kind}`] = String(remaining * 15);
  return headers;
}
