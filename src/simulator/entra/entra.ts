// The simulated Entra ID: client credentials with a secret, a certificate or a federated token, device code, refresh. It must not know ARM.
import { type GatewayResponse, ok } from '../gateway/answer.ts';
import type { SimulatedIdentity } from '../gateway/machine.ts';
import type { GatewayRequest } from '../gateway/request.ts';
import { type Actor, actors, makeToken, tokenOf, userName } from '../gateway/token.ts';
import { json } from '../json.ts';
import { answerIssuer, assertionRefusal } from './federation.ts';
import { cloudMetadata, instanceDiscovery, openidConfiguration } from './metadata.ts';

const anyTenant = ['common', 'organizations'];
/** A device code is granted at this poll. */
const grantingPoll = 2;

export class Entra {
  readonly #identity: SimulatedIdentity;
  readonly #now: () => Date;
  readonly #polls = new Map<string, number>();

  constructor(identity: SimulatedIdentity, now: () => Date) {
    this.#identity = identity;
    this.#now = now;
  }

  /** Undefined when the path is not one of Entra's, nor the cloud's metadata. */
  answer(request: GatewayRequest): GatewayResponse | undefined {
    const path = request.path.replace(/\/{2,}/g, '/');
    if (/^\/metadata\/endpoints\/?$/i.test(path)) return cloudMetadata(request);
    if (/^\/[^/]+\/discovery\/instance$/i.test(path)) return instanceDiscovery(request);
    const issued = answerIssuer(request, this.#now().getTime());
    if (issued !== undefined) return issued;
    const keys = /^\/[^/]+\/discovery\/(v2\.0\/)?keys$/i.test(path);
    if (keys) return ok(json({ keys: [] }));
    const [, tenant, version] = /^\/([^/]+)\/(?:(v2\.0)\/)?\.well-known\/openid-configuration$/i.exec(path) ?? [];
    if (tenant !== undefined) {
      return this.#knows(tenant)
        ? openidConfiguration(request, tenant, version ?? 'v1.0')
        : this.#unknownTenant(tenant);
    }
    const [, owner, word] = /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?(token|devicecode)$/i.exec(path) ?? [];
    if (owner === undefined || word === undefined) return undefined;
    if (!this.#knows(owner)) return this.#unknownTenant(owner);
    const form = new URLSearchParams(request.body);
    return word.toLowerCase() === 'token' ? this.#token(form) : this.#deviceCode(request);
  }

  #knows(tenant: string): boolean {
    return tenant.toLowerCase() === this.#identity.tenant || anyTenant.includes(tenant.toLowerCase());
  }

  #token(form: URLSearchParams): GatewayResponse {
    const { client, secret } = this.#identity;
    const grant = form.get('grant_type') ?? '';
    if (grant === 'client_credentials') {
      const asked = form.get('client_id') ?? '';
      const isPipeline = asked.toLowerCase() === actors.pipeline.client;
      if (isPipeline && form.get('client_secret') === secret) return this.#grant(form, false, 'pipeline');
      if (!isPipeline && asked.toLowerCase() !== client) {
        return refuse(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${asked}' was not found in the directory 'Simulated'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
        );
      }
      const assertion = form.get('client_assertion');
      if (assertion !== null) {
        const refusal = assertionRefusal(assertion, client, this.#now().getTime());
        return refusal === undefined ? this.#grant(form, false) : refuse(401, 'invalid_client', ...refusal);
      }
      if (form.get('client_secret') !== secret) {
        return refuse(
          401,
          'invalid_client',
          7000215,
          `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${asked}'.`,
        );
      }
      return this.#grant(form, false);
    }
    if (grant === 'password' && form.get('username') === actors.user.upn && form.get('password') === secret) {
      return this.#grant(form, true, 'user');
    }
    if (grant === 'refresh_token') return this.#grant(form, true);
    if (grant === 'urn:ietf:params:oauth:grant-type:device_code' || grant === 'device_code') {
      const code = form.get('device_code') ?? form.get('code') ?? '';
      const seen = this.#polls.get(code);
      if (seen === undefined)
        return refuse(400, 'bad_verification_code', 70018, 'Error validating the device code: it is not known.');
      this.#polls.set(code, seen + 1);
      if (seen + 1 < grantingPoll) {
        return refuse(
          400,
          'authorization_pending',
          70016,
          'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
        );
      }
      return this.#grant(form, true);
    }
    return refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`);
  }

  #grant(form: URLSearchParams, isUser: boolean, actor?: Actor): GatewayResponse {
    const scope = form.get('scope') ?? form.get('resource') ?? '';
    const resource = scope.split(' ').find((word) => word.includes('://')) ?? scope;
    const audience = resource.replace(/\/\.default$/, '').replace(/\/user_impersonation$/, '');
    const now = this.#now().getTime();
    const { token, expiresOn } =
      actor === undefined
        ? makeToken(this.#identity, audience, now, { claims: form.get('claims') ?? undefined, isUser })
        : tokenOf(actor, this.#identity, audience, now);
    const lifetime = expiresOn - Math.floor(this.#now().getTime() / 1000);
    const { tenant, objectId, client } = this.#identity;
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      aud: form.get('client_id') ?? client,
      iss: `https://login.simulated/${tenant}/v2.0`,
      exp: expiresOn,
      iat: expiresOn - lifetime,
      oid: objectId,
      sub: objectId,
      tid: tenant,
      preferred_username: userName,
      ver: '2.0',
    };
    const user = isUser
      ? {
          refresh_token: 'simulated-refresh-token',
          id_token: `${encode({ typ: 'JWT', alg: 'none' })}.${encode(claims)}.c2ltdWxhdGVk`,
          client_info: encode({ uid: objectId, utid: tenant }),
          scope: `${audience}/.default`,
        }
      : {};
    return ok(
      json({
        token_type: 'Bearer',
        expires_in: lifetime,
        ext_expires_in: lifetime,
        expires_on: String(expiresOn),
        resource: audience,
        access_token: token,
        ...user,
      }),
    );
  }

  #deviceCode(request: GatewayRequest): GatewayResponse {
    const code = `device-${this.#polls.size + 1}`;
    this.#polls.set(code, 0);
    const page = `${request.origin}/common/oauth2/deviceauth`;
    return ok(
      json({
        user_code: 'SIMULATED',
        device_code: code,
        verification_uri: page,
        expires_in: 900,
        interval: 1,
        message: `To sign in, use a web browser to open the page ${page} and enter the code SIMULATED to authenticate.`,
      }),
    );
  }

  #unknownTenant(tenant: string): GatewayResponse {
    return refuse(
      400,
      'invalid_tenant',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    );
  }
}

function refuse(status: number, error: string, code: number, text: string): GatewayResponse {
  return ok(
    json({
      error,
      error_description: `AADSTS${code}: ${text}`,
      error_codes: [code],
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    }),
    status,
  );
}
