// Access tokens: made by the simulated Entra ID, asked for at ARM's door. They look like JSON Web Tokens and are not signed.
import { gatewayError } from './answer.ts';
import type { Identity, Machine } from './machine.ts';
import type { Request } from './request.ts';

const signature = 'c2ltdWxhdGVk';
const lifetime = 3600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token for an audience; `now` in milliseconds. */
export function makeToken(
  identity: Identity,
  audience: string,
  now: number,
): { readonly token: string; readonly expiresOn: number } {
  const issued = Math.floor(now / 1000);
  const payload = {
    aud: audience,
    iss: `https://sts.windows.net/${identity.tenant}/`,
    iat: issued,
    nbf: issued,
    exp: issued + lifetime,
    appid: identity.client,
    idtyp: 'app',
    oid: identity.objectId,
    sub: identity.objectId,
    tid: identity.tenant,
    ver: '1.0',
  };
  return { token: `${part({ typ: 'JWT', alg: 'none' })}.${part(payload)}.${signature}`, expiresOn: issued + lifetime };
}

/** Throws the 401 that ARM gives ("arm-protocol", 5.2 item 1). */
export function checkToken(machine: Machine, request: Request): void {
  const { tenant } = machine.identity;
  const refuse = (code: string, message: string, description: string): Error =>
    gatewayError(401, code, message, {
      'www-authenticate': `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${description}"`,
    });
  const header = request.headers.authorization;
  if (header === undefined || header === '') {
    throw refuse(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  }
  const claims = claimsOf(header);
  if (!claims)
    throw refuse('InvalidAuthenticationToken', 'The access token is invalid.', 'The access token is invalid.');
  if (claims.tid !== tenant) {
    throw refuse(
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer '${claims.tid}'.`,
      'The access token is from the wrong issuer.',
    );
  }
  if (claims.exp * 1000 <= machine.now().getTime()) {
    throw refuse(
      'ExpiredAuthenticationToken',
      'The access token expiry is in the past.',
      'The access token expiry is in the past.',
    );
  }
}

function claimsOf(header: string): { readonly tid: string; readonly exp: number } | undefined {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(header) ?? [];
  const [, payload, signed] = token?.split('.') ?? [];
  if (payload === undefined || signed !== signature) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof claims !== 'object' || claims === null || !('tid' in claims) || !('exp' in claims)) return undefined;
    return typeof claims.tid === 'string' && typeof claims.exp === 'number'
      ? { tid: claims.tid, exp: claims.exp }
      : undefined;
  } catch {
    return undefined;
  }
}
