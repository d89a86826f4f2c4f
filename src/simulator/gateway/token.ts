// Access tokens: issued by the simulated Entra ID, required by ARM. They look like JSON Web Tokens and are not signed.
import { gatewayError } from './answer.ts';
import type { Machine, SimulatedIdentity } from './machine.ts';
import type { GatewayRequest } from './request.ts';

const signature = 'c2ltdWxhdGVk';
const lifetime = 3600;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The claims that ARM asks for when it wants a newer token: continuous access evaluation. */
export const wantedClaims = '{"access_token":{"nbf":{"essential":true,"value":"0"}}}';

/** Who signs in with a code. */
export const userName = 'operator@simulated.example';

/** A token for an audience; `now` in milliseconds, `claims` the text that the client sent along, `isUser` for a person's. */
export function makeToken(
  identity: SimulatedIdentity,
  audience: string,
  now: number,
  more: { readonly claims?: string | undefined; readonly isUser?: boolean } = {},
): { readonly token: string; readonly expiresOn: number } {
  const issued = Math.floor(now / 1000);
  const payload = {
    aud: audience,
    iss: `https://sts.windows.net/${identity.tenant}/`,
    iat: issued,
    nbf: issued,
    exp: issued + lifetime,
    appid: identity.client,
    idtyp: more.isUser ? 'user' : 'app',
    ...(more.isUser ? { upn: userName } : {}),
    oid: identity.objectId,
    sub: identity.objectId,
    tid: identity.tenant,
    ver: '1.0',
    ...(more.claims === undefined ? {} : { simulated_claims: more.claims }),
  };
  return { token: `${part({ typ: 'JWT', alg: 'none' })}.${part(payload)}.${signature}`, expiresOn: issued + lifetime };
}

/** The object id of the caller. Throws the 401 that ARM gives. */
export function checkToken(machine: Machine, request: GatewayRequest): string {
  const { tenant } = machine.identity;
  const header = request.headers.authorization;
  if (header === undefined || header === '') {
    throw unauthorized(
      tenant,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  }
  const claims = claimsOf(header);
  if (!claims) throw unauthorized(tenant, 'InvalidAuthenticationToken', 'The access token is invalid.');
  if (claims.tid !== tenant) {
    const message = `The access token is from the wrong issuer '${claims.iss ?? claims.tid}'. It must match the tenant 'https://sts.windows.net/${tenant}/' associated with this subscription.`;
    throw unauthorized(
      tenant,
      'InvalidAuthenticationTokenTenant',
      message,
      'The access token is from the wrong issuer.',
    );
  }
  if (claims.exp * 1000 <= machine.now().getTime()) {
    throw unauthorized(tenant, 'ExpiredAuthenticationToken', 'The access token expiry is in the past.');
  }
  if (claims.aud !== undefined && !isForArm(claims.aud)) {
    const message = `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences '${request.origin}','${request.origin}/'.`;
    throw unauthorized(
      tenant,
      'InvalidAuthenticationTokenAudience',
      message,
      'The access token has been obtained for wrong audience.',
    );
  }
  return claims.oid ?? claims.tid;
}

/** Was this request's token fetched with the claims that a challenge asks for? */
export function hasWantedClaims(request: GatewayRequest): boolean {
  const sent = claimsOf(request.headers.authorization ?? '')?.simulated_claims;
  const asked = notBefore(wantedClaims);
  return sent !== undefined && asked !== undefined && notBefore(sent) === asked;
}

/** `access_token.nbf.value` of a claims text; clients add members of their own beside it. */
function notBefore(text: string): unknown {
  try {
    return JSON.parse(text)?.access_token?.nbf?.value;
  } catch {
    return undefined;
  }
}

function unauthorized(tenant: string, code: string, message: string, description = message): Error {
  return gatewayError(401, code, message, {
    'www-authenticate': `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${description}"`,
  });
}

/** ARM's own names, and this simulator's under any loopback name and port. */
function isForArm(audience: string): boolean {
  return /^https:\/\/(management\.(azure|core\.windows)\.(com|net)|(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?)\/*$/i.test(
    audience,
  );
}

interface Claims {
  readonly tid: string;
  readonly exp: number;
  readonly iss?: string;
  readonly oid?: string;
  readonly aud?: string;
  readonly simulated_claims?: string;
}

function claimsOf(header: string): Claims | undefined {
  const [, token] = /^Bearer ([^\s]+)$/i.exec(header) ?? [];
  const [, payload, signed] = token?.split('.') ?? [];
  if (payload === undefined || signed !== signature) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    if (typeof claims !== 'object' || claims === null || !('tid' in claims) || !('exp' in claims)) return undefined;
    const { tid, exp } = claims;
    if (typeof tid !== 'string' || typeof exp !== 'number') return undefined;
    const texts = ['iss', 'oid', 'aud', 'simulated_claims'].flatMap((name) => {
      const value = (claims as Record<string, unknown>)[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return { tid, exp, ...Object.fromEntries(texts) };
  } catch {
    return undefined;
  }
}
