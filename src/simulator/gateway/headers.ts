// The headers of every reply: caching, request ids, routing.
import { fold } from './address.ts';
import type { Machine } from './machine.ts';
import type { GatewayRequest } from './request.ts';

const region = 'WESTEUROPE';

export function commonHeaders(machine: Machine, request: GatewayRequest): Record<string, string> {
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
  };
}
