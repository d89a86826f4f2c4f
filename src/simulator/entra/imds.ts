// The managed-identity endpoints of a virtual machine and of App Service, on plain http as the real ones. They must not know ARM.
import { type GatewayResponse, ok } from '../gateway/answer.ts';
import type { SimulatedIdentity } from '../gateway/machine.ts';
import { type GatewayRequest, parameter } from '../gateway/request.ts';
import { actors, makeToken, tokenOf } from '../gateway/token.ts';
import { json } from '../json.ts';

/** `/metadata/identity/oauth2/token`, with and without a trailing slash, as both are sent; `/msi/token` of App Service. */
export function answerImds(identity: SimulatedIdentity, request: GatewayRequest, now: number): GatewayResponse {
  const isAppService = /^\/msi\/token\/?$/i.test(request.path);
  if (!isAppService && !/^\/metadata\/identity\/oauth2\/token\/?$/i.test(request.path)) {
    return ok(json({ error: 'Not found' }), 404);
  }
  if (isAppService && request.headers['x-identity-header'] !== identity.secret) {
    return ok(json({ statusCode: 401, message: 'The header X-IDENTITY-HEADER is wrong.' }), 401);
  }
  if (!isAppService && request.headers.metadata?.toLowerCase() !== 'true') {
    return ok(json({ error: 'invalid_request', error_description: 'Required metadata header not specified' }), 400);
  }
  const resource = parameter(request, 'resource');
  if (resource === undefined) {
    return ok(json({ error: 'invalid_request', error_description: 'Required audience parameter not specified' }), 400);
  }
  const asked = parameter(request, 'client_id');
  const isOther = asked?.toLowerCase() === actors.identity.client;
  if (asked !== undefined && !isOther && asked.toLowerCase() !== identity.client) {
    return ok(json({ error: 'invalid_request', error_description: 'Identity not found' }), 400);
  }
  const { token, expiresOn } = isOther
    ? tokenOf('identity', identity, resource, now)
    : makeToken(identity, resource, now);
  const lifetime = expiresOn - Math.floor(now / 1000);
  return ok(
    json({
      access_token: token,
      client_id: isOther ? actors.identity.client : identity.client,
      expires_in: String(lifetime),
      expires_on: String(expiresOn),
      ext_expires_in: String(lifetime),
      not_before: String(expiresOn - lifetime),
      resource,
      token_type: 'Bearer',
    }),
  );
}
