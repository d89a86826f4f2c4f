// What one sign-in method is, and what all of them share: how a token is requested, and by which agent.
import type { Agent } from 'node:https';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { stringifyJson } from '../model/json.ts';
import { clean } from '../model/text.ts';
import { sizeLimit } from './answer-limits.ts';
import type { SignInCode } from './arm-client.ts';
import type { Cloud } from './clouds.ts';
import { type EntraError, entraErrorIn } from './sign-in-words.ts';
import { type AccessToken, trusting } from './transport.ts';

/** `sim`: the simulator of this process; the others as `--auth` takes them. */
export type AuthChoice = 'sim' | 'env' | 'workload-identity' | 'managed-identity' | 'cli' | 'device';

export interface ClientSecret {
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
}

export interface SignInOptions {
  /** Asked for once, when the first token is needed. */
  cloud(signal?: AbortSignal): Promise<Cloud>;
  /** `--auth`; absent: the chain. */
  readonly auth?: AuthChoice;
  /** The variables that the sign-in methods know. A managed identity is found by the SDK, from the variables of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a certificate, or of a token that another program keeps current. Throws what the file system throws. */
  readFile?(path: string): Promise<string>;
  /** Does this machine belong to Azure? Only then is it asked for an identity unless `--auth` says so. */
  isAzureMachine?(): boolean;
  /** The in-process simulator's own client. */
  readonly simulator?: ClientSecret;
  /** PEM text of the authority to trust for the sign-in as well. */
  readonly ca?: string;
  /** Is a user present who can enter a code? */
  readonly interactive?: boolean;
  /** Milliseconds since 1970. */
  now?(): number;
  /** Milliseconds that the Azure CLI may take; 15 s unless said. */
  readonly cliDeadline?: number;
  /** Milliseconds that Entra may take for one answer; 30 s unless said. */
  readonly entraDeadline?: number;
  /** Milliseconds that the machine may take for the token of its identity; 20 s unless said. */
  readonly machineDeadline?: number;
}

export type Token = AccessToken;

/** `isAnew`: Azure refused the last token, so one from a cache would be refused again. */
export interface TokenWish {
  readonly claims?: string;
  readonly isAnew?: boolean;
}
export type GetToken = (wish?: TokenWish) => Promise<Token>;

/** Claims that no token of a cache has: it must have been issued since. For a credential that cannot be made again. */
export const issuedSince = (now: number): string =>
  stringifyJson({ access_token: { nbf: { essential: true, value: String(Math.floor(now / 1000)) } } });

/** A sign-in method that may be tried. */
export interface SignInCandidate {
  readonly step: string;
  readonly how: string;
  /** A sentence saying why it is not tried, or how to make it. */
  prepare(show: (code: SignInCode) => void): Promise<string | GetToken>;
  /** Was asked for or set up on purpose: its refusal ends the chain. */
  readonly decisive: boolean;
  readonly who: { readonly tenant?: string | undefined; readonly client?: string | undefined };
  trouble(message: string): string;
  readonly spied: () => EntraError | undefined;
  words?(error: EntraError): { message: string; next: string } | undefined;
  /** Why Entra could not be asked, where it did not answer; the exception made of it does not say. */
  readonly unreached?: () => string | undefined;
}

/** What is heard of Entra beside the exceptions of the SDK. */
export interface EntraListener {
  /** The body of a refusal. */
  refused(text: string): void;
  /** No answer, or the status of one. */
  failed(reason: string): void;
}

/** A candidate that cannot be tried, and why. */
export const unavailable = (step: string, why: string, decisive = false): SignInCandidate => ({
  ...{ step, how: step, decisive, who: {}, trouble: clean },
  prepare: async () => why,
  spied: () => undefined,
});

/** Ends the waiting, not the work. */
export function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(noAnswerWithin(ms))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

type Identity = typeof import('@azure/identity');
type EntraOptions = NonNullable<ConstructorParameters<Identity['ClientSecretCredential']>[3]>;

export interface EntraSignIn {
  readonly step: string;
  readonly how: string;
  readonly tenant: string;
  readonly client: string;
  /** A sentence where it cannot be tried. */
  credential(identity: Identity, options: EntraOptions): Promise<EntraCredential | string>;
  /** What to do about some refusals, better than by their codes alone. */
  words?(error: EntraError): { message: string; next: string } | undefined;
}
type EntraCredential = Parameters<typeof tokenFrom>[0];

/** An application that proves itself to Entra ID, in whatever way. It was set up on purpose, so its refusal ends the chain. */
export function entraCandidate(options: SignInOptions, given: EntraSignIn): SignInCandidate {
  let spied: EntraError | undefined;
  let unreached: string | undefined;
  return {
    ...{ step: given.step, how: given.how, decisive: true, who: given },
    async prepare() {
      const cloud = await options.cloud();
      const authorityHost = options.environment.AZURE_AUTHORITY_HOST ?? cloud.authority;
      const agent = await directAgent(authorityHost, options.ca);
      const identity = await import('@azure/identity');
      const settings: EntraOptions = {
        authorityHost,
        disableInstanceDiscovery: true,
        retryOptions: { maxRetries: 2 },
        ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
        additionalPolicies: entraPolicies(options, agent, {
          refused: (text) => {
            spied = entraErrorIn(text);
          },
          failed: (reason) => {
            unreached = `${clean(new URL(authorityHost).host, 200)} gave no token: ${reason}.`;
          },
        }),
      };
      const first = await given.credential(identity, settings);
      if (typeof first === 'string') return first;
      let credential = first;
      return async ({ claims, isAnew = false } = {}) => {
        // A new one has no cache.
        const made = isAnew && claims === undefined ? await given.credential(identity, settings) : credential;
        if (typeof made === 'string') throw new Error(made);
        credential = made;
        return tokenFrom(credential, cloud, claims);
      };
    },
    trouble: (message) => clean(message.split(/\r?\n/)[0], 200),
    spied: () => (spied && spied.codes.length > 0 ? spied : undefined),
    unreached: () => unreached,
    ...(given.words === undefined ? {} : { words: given.words }),
  };
}

/** In the words of a failure. */
const noAnswerWithin = (ms: number): string => `no response within ${ms / 1000} s`;

/** A loopback authority must not be asked through a company's proxy. */
export async function directAgent(authority: string, ca: string | undefined) {
  if (!/^https:\/\/(localhost|127\.|\[::1\])/.test(authority)) return undefined;
  const { Agent } = await import('node:https');
  return new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca }) });
}

/** Throws what the credential throws. */
export async function tokenFrom(
  credential: { getToken(scope: string, options?: { claims?: string }): Promise<Token | null> },
  cloud: Cloud,
  claims: string | undefined,
): Promise<Token> {
  const token = await credential.getToken(`${cloud.audience}/.default`, claims === undefined ? {} : { claims });
  if (token === null) throw new Error('no token was returned');
  return token;
}

/** Milliseconds that Entra may take for one answer. The SDK sets no limit. */
const entraDeadline = 30_000;
/** Statuses whose bodies say what Entra has against the sign-in. */
const explained = new Set([400, 401, 403]);

/**
 * For each request to Entra: past a proxy where there is an agent, through it with the authority to trust, within a deadline. Hears
 * the body of each refusal: the exception made of it loses the code.
 */
export const entraPolicies = (
  { ca, entraDeadline: deadline = entraDeadline }: Pick<SignInOptions, 'ca' | 'entraDeadline'>,
  agent: Agent | undefined,
  listener: EntraListener,
): { readonly position: 'perCall'; readonly policy: PipelinePolicy }[] => [
  {
    position: 'perCall',
    policy: {
      name: 'bastideEntraErrors',
      async sendRequest(request, next) {
        if (agent) request.agent = agent;
        Object.assign(request, trusting(request.url, ca));
        request.timeout = deadline;
        const answer = await next(request).catch((error: unknown) => {
          // Nothing else aborts it: the user's signal ends the waiting only.
          const isLate = error instanceof Error && error.name === 'AbortError';
          listener.failed(
            isLate ? noAnswerWithin(deadline) : clean(error instanceof Error ? error.message : error, 200),
          );
          throw error;
        });
        if (answer.status >= 300 && !explained.has(answer.status)) listener.failed(`HTTP status ${answer.status}`);
        if (answer.status >= 400 && answer.bodyAsText) listener.refused(answer.bodyAsText);
        return answer;
      },
    },
  },
  { position: 'perCall', policy: sizeLimit() },
];
