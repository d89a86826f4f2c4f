// Signing in without a secret: a token that another issuer gives this process, exchanged at Entra ID. Kubernetes keeps it in a file,
// GitHub Actions and Azure Pipelines give it on request.
import type { HttpMethods } from '@azure/core-rest-pipeline';
import { isObject, type JsonObject, parseJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import { sizeLimit } from './answer-limits.ts';
import { directAgent, entraCandidate, type SignInCandidate, type SignInOptions, unavailable } from './sign-in-way.ts';
import type { EntraError } from './sign-in-words.ts';
import { trusting } from './transport.ts';

const step = 'workload identity';
/** The audience that Entra ID expects of a federated token. */
const audience = 'api://AzureADTokenExchange';
const oidcDeadline = 30_000;

interface Issuer {
  readonly how: string;
  readonly tenant: string;
  readonly client: string;
  token(): Promise<string>;
}

export function workloadIdentityCandidate(options: SignInOptions): SignInCandidate {
  const issuer = issuerIn(options);
  if (typeof issuer === 'string') return unavailable(step, issuer, options.auth === 'workload-identity');
  let seen = '';
  const assertion = async (): Promise<string> => {
    seen = await issuer.token();
    return seen;
  };
  return entraCandidate(options, {
    ...{ step, how: issuer.how, tenant: issuer.tenant, client: issuer.client },
    credential: async ({ ClientAssertionCredential }, settings) =>
      new ClientAssertionCredential(issuer.tenant, issuer.client, assertion, settings),
    words: (error) => federatedWords(error, issuer.client, seen),
  });
}

/** Where the token comes from, or a sentence saying why there is none. */
function issuerIn(options: SignInOptions): Issuer | string {
  const variables = options.environment;
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client } = variables;
  const file = variables.AZURE_FEDERATED_TOKEN_FILE;
  const github = variables.ACTIONS_ID_TOKEN_REQUEST_URL;
  const pipelines = variables.SYSTEM_OIDCREQUESTURI;
  // The task AzureCLI@2 names its service connection so.
  const connection = variables.AZURESUBSCRIPTION_SERVICE_CONNECTION_ID;
  const application = {
    tenant: tenant || variables.AZURESUBSCRIPTION_TENANT_ID || '',
    client: client || variables.AZURESUBSCRIPTION_CLIENT_ID || '',
  };
  const source: Pick<Issuer, 'how' | 'token'> | string =
    file !== undefined && file !== ''
      ? { how: 'workload identity (federated token file)', token: () => fromFile(options, file) }
      : github !== undefined && github !== ''
        ? {
            how: 'workload identity (GitHub Actions)',
            token: () => fromGitHub(options, github, variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? ''),
          }
        : pipelines !== undefined && pipelines !== ''
          ? connection === undefined || !variables.SYSTEM_ACCESSTOKEN
            ? 'Azure Pipelines needs SYSTEM_ACCESSTOKEN and AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'
            : {
                how: 'workload identity (Azure Pipelines)',
                token: () => fromPipelines(options, pipelines, connection, variables.SYSTEM_ACCESSTOKEN ?? ''),
              }
          : 'no AZURE_FEDERATED_TOKEN_FILE';
  if (typeof source === 'string') return source;
  if (application.client === '') return 'no AZURE_CLIENT_ID';
  return application.tenant === '' ? 'no AZURE_TENANT_ID' : { ...source, ...application };
}

/** Read at each exchange: it is renewed while this runs. */
async function fromFile(options: SignInOptions, file: string): Promise<string> {
  const text = await options.readFile?.(file).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new Error(`AZURE_FEDERATED_TOKEN_FILE cannot be read${code}`);
  });
  const token = text?.trim() ?? '';
  if (token === '') throw new Error('AZURE_FEDERATED_TOKEN_FILE is empty');
  return token;
}

async function fromGitHub(options: SignInOptions, url: string, bearer: string): Promise<string> {
  if (bearer === '') throw new Error('no ACTIONS_ID_TOKEN_REQUEST_TOKEN: the job needs the permission id-token: write');
  const address = `${url}${url.includes('?') ? '&' : '?'}audience=${encodeURIComponent(audience)}`;
  return oidcToken(options, 'GitHub Actions', 'GET', address, bearer, 'value');
}

async function fromPipelines(options: SignInOptions, uri: string, connection: string, bearer: string): Promise<string> {
  const address = `${uri}?api-version=7.1&serviceConnectionId=${encodeURIComponent(connection)}`;
  return oidcToken(options, 'Azure Pipelines', 'POST', address, bearer, 'oidcToken');
}

async function oidcToken(
  options: SignInOptions,
  issuer: string,
  method: HttpMethods,
  url: string,
  bearer: string,
  name: string,
): Promise<string> {
  if (!url.startsWith('https://')) throw new Error(`${issuer}: the address of its tokens is not https`);
  const { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions, createPipelineRequest } = await import(
    '@azure/core-rest-pipeline'
  );
  const agent = await directAgent(url, options.ca);
  const request = createPipelineRequest({
    ...{ url, method, timeout: options.entraDeadline ?? oidcDeadline },
    headers: createHttpHeaders({
      authorization: `Bearer ${bearer}`,
      accept: 'application/json',
      'content-type': 'application/json',
      // Azure DevOps answers a refused token with a page to sign in at, unless told.
      'x-tfs-fedauthredirect': 'Suppress',
    }),
    ...(agent === undefined ? {} : { agent }),
  });
  Object.assign(request, trusting(url, options.ca));
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 1 } });
  pipeline.addPolicy(sizeLimit());
  const answer = await pipeline.sendRequest(createDefaultHttpClient(), request);
  const body = jsonIn(answer.bodyAsText ?? '');
  const token = body && member(body, name);
  if (answer.status >= 300 || typeof token !== 'string' || token === '') {
    throw new Error(`${issuer} gave no token (HTTP status ${answer.status})`);
  }
  return token;
}

function jsonIn(text: string): JsonObject | undefined {
  try {
    const json = parseJson(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Entra's refusals of a federated token, with what the token says: neither issuer nor subject is a secret. */
function federatedWords({ codes }: EntraError, client: string, token: string) {
  const claims = jsonIn(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const claim = (name: string): string => clean(String((claims && member(claims, name)) ?? 'none'), 300);
  if (codes.some((code) => [70021, 700211, 700212, 700213].includes(code))) {
    return {
      message: `Application ${clean(client, 100)} has no federated credential that matches this token.`,
      next: `Add one with issuer ${claim('iss')}, subject ${claim('sub')} and audience ${claim('aud')}.`,
    };
  }
  if (codes.includes(700024)) {
    return { message: 'The federated token has expired.', next: 'Have its issuer renew it, then try again.' };
  }
  return undefined;
}
