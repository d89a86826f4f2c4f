// Signing in without a secret: the issuers of federated tokens beside the simulated Entra ID, and how it checks what they issue. Nothing
// is signed; issuer, subject, audience and times are checked as Entra ID does.
import { type GatewayResponse, ok } from '../gateway/answer.ts';
import { type GatewayRequest, parameter } from '../gateway/request.ts';
import { json } from '../json.ts';

/** The audience that a federated credential has unless said. */
const audience = 'api://AzureADTokenExchange';
/** What the issuers of pipelines ask for. */
const bearer = 'not-a-secret';

/** The federated credentials of the simulated application. */
export const federatedCredentials = [
  { issuer: 'https://token.actions.githubusercontent.com', subject: 'repo:contoso/ml:ref:refs/heads/main' },
  { issuer: 'https://vstoken.dev.azure.com/contoso', subject: 'sc://contoso/ml/azure' },
  { issuer: 'https://oidc.simulated.example/', subject: 'system:serviceaccount:ml:bastide' },
] as const;

/** A token that looks like one of an issuer's. `now` in milliseconds. */
export function federatedToken(claims: Readonly<Record<string, unknown>>, now: number): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(now / 1000);
  const all = { aud: audience, iat: seconds, nbf: seconds, exp: seconds + 600, ...claims };
  return `${encode({ typ: 'JWT', alg: 'RS256', kid: 'simulated' })}.${encode(all)}.c2ltdWxhdGVk`;
}

/** `/oidc/github` and `/oidc/pipelines`, as the runners of both serve them; undefined for other paths. */
export function answerIssuer(request: GatewayRequest, now: number): GatewayResponse | undefined {
  const [, name] = /^\/oidc\/(github|pipelines)$/.exec(request.path) ?? [];
  if (name === undefined) return undefined;
  if (request.headers.authorization?.toLowerCase() !== `bearer ${bearer}`) {
    return ok(json({ message: 'The job has no permission to request a token.' }), 401);
  }
  const [github, pipelines] = federatedCredentials;
  if (name === 'github') {
    const aud = parameter(request, 'audience') ?? 'https://github.com/contoso';
    return ok(json({ count: 1, value: federatedToken({ iss: github.issuer, sub: github.subject, aud }, now) }));
  }
  if (request.method !== 'POST' || parameter(request, 'serviceconnectionid') === undefined) {
    return ok(json({ message: 'serviceConnectionId is required.' }), 400);
  }
  return ok(json({ oidcToken: federatedToken({ iss: pipelines.issuer, sub: pipelines.subject }, now) }));
}

/** Code and text of Entra's refusal of an assertion; undefined where it is accepted. Every certificate counts as registered. */
export function assertionRefusal(
  assertion: string,
  client: string,
  now: number,
): readonly [code: number, text: string] | undefined {
  const header = claimsOf(assertion, 0);
  const claims = claimsOf(assertion, 1);
  if (header === undefined || claims === undefined) return [50027, 'JWT token is invalid or malformed.'];
  const { iss, sub, aud, exp, nbf } = claims;
  const seconds = now / 1000;
  if (typeof exp !== 'number' || exp < seconds || (typeof nbf === 'number' && nbf > seconds + 300)) {
    return [700024, 'Client assertion is not within its valid time range.'];
  }
  if (iss === client) {
    const isSigned = typeof header.x5t === 'string' || typeof header['x5t#S256'] === 'string';
    return sub === client && isSigned
      ? undefined
      : [700027, 'The certificate with identifier used to sign the client assertion is not registered on application.'];
  }
  const ofIssuer = federatedCredentials.filter(({ issuer }) => issuer === iss);
  const none = 'No matching federated identity record found for presented assertion';
  if (ofIssuer.length === 0) return [700211, `${none} issuer '${iss}'.`];
  if (!ofIssuer.some(({ subject }) => subject === sub)) return [700213, `${none} subject '${sub}'.`];
  const isForEntra = aud === audience || (Array.isArray(aud) && aud.includes(audience));
  return isForEntra ? undefined : [700212, `${none} audience '${aud}'.`];
}

function claimsOf(token: string, at: 0 | 1): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split('.')[at] ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
