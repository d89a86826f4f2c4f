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

/** Who else signs in to the simulated tenant: they write beside the caller that is looked at. */
export const actors = {
  /** A person, by name and password. */
  user: {
    client: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    objectId: '77777777-7777-7777-7777-777777777777',
    upn: 'anna@simulated.example',
  },
  /** A service principal, by its secret. */
  pipeline: { client: '88888888-8888-8888-8888-888888888888', objectId: '8a8a8a8a-8888-8888-8888-888888888888' },
  /** A managed identity, from the endpoint of the virtual machine. */
  identity: { client: '99999999-9999-9999-9999-999999999999', objectId: '9a9a9a9a-9999-9999-9999-999999999999' },
} as const;
export type Actor = keyof typeof actors;

export const isActor = (name: string): name is Actor => Object.hasOwn(actors, name);

/** A token of one of them. */
export function tokenOf(actor: Actor, identity: SimulatedIdentity, audience: string, now: number) {
  const { client, objectId, ...rest } = actors[actor];
  const isUser = 'upn' in rest;
  return makeToken({ ...identity, client, objectId }, audience, now, { isUser, ...(isUser ? { upn: rest.upn } : {}) });
}

/** Who sent a request, as change records name them. */
export interface Caller {
  /** The user's name, or the application id. */
  readonly name: string;
  readonly kind: 'User' | 'Application';
  /** The client by name where it is known, else its application id. */
  readonly client: string;
}

/** Clients that Resource Graph knows by their user agent. */
const clients: readonly (readonly [RegExp, string])[] = [
  [/terraform/i, 'Terraform'],
  [/azurecli/i, 'Azure CLI'],
  [/azurepowershell|azpowershell/i, 'Azure PowerShell'],
  [/mozilla/i, 'Azure Portal'],
];
const clientsById: ReadonlyMap<string, string> = new Map([
  ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c', 'Azure Portal'],
  ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'Azure CLI'],
  ['1950a258-227b-4e31-a9cf-717495945fc2', 'Azure PowerShell'],
]);

/** Of a request whose token is known to be good. `deployed`: it is part of a deployment. */
export function callerOf(request: GatewayRequest, deployed: boolean): Caller {
  const claims = claimsOf(request.headers.authorization ?? '');
  const agent = request.headers['user-agent'] ?? '';
  const known = clients.find(([pattern]) => pattern.test(agent))?.[1] ?? clientsById.get(claims?.appid ?? '');
  return {
    name: claims?.upn ?? claims?.appid ?? '',
    kind: claims?.upn === undefined ? 'Application' : 'User',
    client: deployed ? 'ARM Template' : (known ?? claims?.appid ?? 'Unknown'),
  };
}

/** A token for an audience; `now` in milliseconds, `claims` the text that the client sent along, `isUser` for a person's. */
export function makeToken(
  identity: SimulatedIdentity,
  audience: string,
  now: number,
  more: { readonly claims?: string | undefined; readonly isUser?: boolean; readonly upn?: string } = {},
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
    ...(more.isUser ? { upn: more.upn ?? userName } : {}),
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
  readonly appid?: string;
  readonly upn?: string;
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
    const texts = ['iss', 'oid', 'aud', 'appid', 'upn', 'simulated_claims'].flatMap((name) => {
      const value = (claims as Record<string, unknown>)[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return { tid, exp, ...Object.fromEntries(texts) };
  } catch {
    return undefined;
  }
}
