// Signing in: an own chain, each step announced and timed, and one cached token for everything ("real-clients", 2).
// It must not read the environment itself: what stands there is handed in.
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { Identity } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import type { Cloud } from './clouds.ts';
import type { DoorEvent } from './door.ts';
import { interrupted } from './interrupted.ts';
import { cliTrouble, type EntraError, entraErrorIn, renewalWords, wordsFor } from './sign-in-words.ts';
import { identityIn } from './token.ts';
import type { TokenSource } from './wire.ts';

export type AuthChoice = 'sim' | 'env' | 'cli';

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
  /** The variables AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST; others are not looked at. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The in-process simulator's own client. */
  readonly simulator?: ClientSecret;
  /** PEM text of the authority to trust for the sign-in as well. */
  readonly ca?: string;
  /** Milliseconds since 1970. */
  now?(): number;
  /** Milliseconds that the Azure CLI may take; 15 s unless said. */
  readonly cliDeadline?: number;
}

/** What the door needs: tokens, and whose they are. */
export interface SignIn extends TokenSource {
  identity(signal?: AbortSignal): Promise<Identity>;
  onEvent(listener: (event: DoorEvent) => void): () => void;
  /** Tokens fetched so far. */
  readonly tokens: number;
}

interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}
interface Source {
  readonly how: string;
  get(claims?: string): Promise<Token>;
}

const renewEarly = 5 * 60_000;

/** Nothing is loaded or sent before the first token is asked for. Failures have exit 6. */
export function signInWith(options: SignInOptions): SignIn {
  const now = options.now ?? Date.now;
  const listeners = new Set<(event: DoorEvent) => void>();
  const say = (event: DoorEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let source: Source | undefined;
  let kept: Token | undefined;
  let fetching: { readonly claims: string | undefined; readonly token: Promise<Token> } | undefined;
  let tokens = 0;

  const fresh = async (claims?: string): Promise<Token> => {
    if (source) return source.get(claims).catch((error: unknown) => Promise.reject(notRenewed(error)));
    const found = await firstThatWorks(options, say);
    source = found.source;
    return found.token;
  };
  const token = async (claims: string | undefined, signal?: AbortSignal): Promise<Token> => {
    if (claims === undefined && kept && kept.expiresOnTimestamp - now() > renewEarly) return kept;
    // A token that is under way serves everybody who asks for the same; one without the claims would be refused again.
    if (fetching && fetching.claims === claims) return raced(fetching.token, signal);
    const mine = fresh(claims).then((got) => {
      tokens += 1;
      kept = got;
      return got;
    });
    const entry = { claims, token: mine };
    fetching = entry;
    const forget = (): void => {
      if (fetching === entry) fetching = undefined;
    };
    mine.then(forget, forget);
    return raced(mine, signal);
  };
  return {
    getToken: (_scopes, asked) => token(asked?.claims, asked?.abortSignal as AbortSignal | undefined),
    async identity(signal) {
      const got = await token(undefined, signal);
      return identityIn(got.token, source?.how ?? '');
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get tokens() {
      return tokens;
    },
  };
}

/** Why the sign-in that worked at first gives no further token. */
function notRenewed(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const words = renewalWords(message) ?? wordsFor(entraErrorIn(message), {});
  return new Failure(
    'sign-in-not-renewed',
    exitStatus.signIn,
    words?.message ?? `The sign-in could not be renewed: ${clean(message.split(/\r?\n/)[0], 200)}`,
    words?.next ?? 'Sign in again, then try again.',
  );
}

/** Credentials cannot be trusted to stop, so the waiting stops instead. */
function raced<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  if (signal.aborted) return Promise.reject(interrupted());
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interrupted());
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

interface Candidate {
  readonly step: string;
  readonly how: string;
  /** A sentence saying why it is not tried, or how to make it. */
  prepare(): Promise<string | ((claims?: string) => Promise<Token>)>;
  /** Was asked for or set up on purpose: its refusal ends the chain. */
  readonly decisive: boolean;
  readonly who: { readonly tenant?: string | undefined; readonly client?: string | undefined };
  trouble(message: string): string;
  readonly spied: () => EntraError | undefined;
}

async function firstThatWorks(
  options: SignInOptions,
  say: (event: DoorEvent) => void,
): Promise<{ source: Source; token: Token }> {
  const seen: { step: string; detail: string }[] = [];
  for (const candidate of candidates(options)) {
    const { step } = candidate;
    const started = performance.now();
    const report = (state: 'trying' | 'ok' | 'no', detail: string): void =>
      say({ kind: 'sign-in', step, state, detail, ms: Math.round(performance.now() - started) });
    report('trying', '');
    try {
      const get = await candidate.prepare();
      if (typeof get === 'string') {
        report('no', get);
        seen.push({ step, detail: get });
        continue;
      }
      const token = await get();
      report('ok', candidate.how);
      return { token, source: { how: candidate.how, get } };
    } catch (error) {
      if (isFailure(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      const entra = candidate.spied() ?? entraErrorIn(message);
      const words = wordsFor(entra, candidate.who);
      const detail = words?.message ?? candidate.trouble(message);
      report('no', detail);
      seen.push({ step, detail });
      if (!candidate.decisive) continue;
      throw new Failure(
        'sign-in-refused',
        exitStatus.signIn,
        words?.message ?? `Sign-in by ${step} was refused: ${detail}`,
        words?.next ?? 'Check the credentials, or run `az login`.',
        { steps: seen, codes: [...entra.codes] },
      );
    }
  }
  throw new Failure(
    'not-signed-in',
    exitStatus.signIn,
    `Not signed in to Azure (${seen.map(({ step, detail }) => `${step}: ${detail}`).join('; ')}).`,
    'Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or try `--demo`: no account needed.',
    { steps: seen },
  );
}

function candidates(options: SignInOptions): Candidate[] {
  const simulator = options.simulator ? [secretCandidate('simulator', options, options.simulator, undefined)] : [];
  const environment = environmentCandidate(options);
  const cli = cliCandidate(options);
  switch (options.auth) {
    case 'sim':
      return simulator.length > 0 ? simulator : [environment];
    case 'env':
      return [environment];
    case 'cli':
      return [cli];
    default:
      return simulator.length > 0 ? simulator : [environment, cli];
  }
}

function environmentCandidate(options: SignInOptions): Candidate {
  const {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: client,
    AZURE_CLIENT_SECRET: secret,
    AZURE_AUTHORITY_HOST: authority,
  } = options.environment;
  const step = 'environment';
  if (tenant && client && secret) return secretCandidate(step, options, { tenant, client, secret }, authority);
  const missing = client
    ? `AZURE_CLIENT_ID is set, but no ${secret ? 'AZURE_TENANT_ID' : 'AZURE_CLIENT_SECRET'}`
    : 'no AZURE_CLIENT_ID';
  return {
    step,
    how: step,
    decisive: false,
    who: {},
    prepare: async () => missing,
    trouble: clean,
    spied: () => undefined,
  };
}

function secretCandidate(
  step: string,
  options: SignInOptions,
  given: ClientSecret,
  authority: string | undefined,
): Candidate {
  let spied: EntraError | undefined;
  return {
    step,
    how: step === 'simulator' ? 'simulator' : 'client secret',
    decisive: true,
    who: given,
    async prepare() {
      const cloud = await options.cloud();
      const { ClientSecretCredential } = await import('@azure/identity');
      const authorityHost = authority ?? cloud.authority;
      const agent = await directAgent(authorityHost, options.ca);
      const credential = new ClientSecretCredential(given.tenant, given.client, given.secret, {
        authorityHost,
        disableInstanceDiscovery: true,
        retryOptions: { maxRetries: 2 },
        ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
        additionalPolicies: [
          {
            position: 'perCall',
            policy: {
              name: 'bastideEntraErrors',
              async sendRequest(request, next) {
                if (agent) request.agent = agent;
                const answer = await next(request);
                // The exception loses the code; the answer has it.
                if (answer.status >= 400 && answer.bodyAsText) spied = entraErrorIn(answer.bodyAsText);
                return answer;
              },
            },
          },
        ],
      });
      return (claims) => tokenFrom(credential, cloud, claims);
    },
    trouble: (message) => clean(message.split(/\r?\n/)[0], 200),
    spied: () => (spied && spied.codes.length > 0 ? spied : undefined),
  };
}

/** A loopback authority must not be asked through a company's proxy. */
async function directAgent(authority: string, ca: string | undefined) {
  if (!/^https:\/\/(localhost|127\.|\[::1\])/.test(authority)) return undefined;
  const { Agent } = await import('node:https');
  return new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca }) });
}

function cliCandidate(options: SignInOptions): Candidate {
  const deadline = options.cliDeadline ?? 15_000;
  return {
    step: 'Azure CLI',
    how: 'Azure CLI',
    decisive: options.auth === 'cli',
    who: {},
    async prepare() {
      const cloud = await options.cloud();
      const { AzureCliCredential } = await import('@azure/identity');
      const credential = new AzureCliCredential({ processTimeoutInMs: deadline });
      return (claims) => within(tokenFrom(credential, cloud, claims), deadline);
    },
    trouble: cliTrouble,
    spied: () => undefined,
  };
}

async function tokenFrom(
  credential: { getToken(scope: string, options?: { claims?: string }): Promise<Token | null> },
  cloud: Cloud,
  claims: string | undefined,
): Promise<Token> {
  const token = await credential.getToken(`${cloud.audience}/.default`, claims === undefined ? {} : { claims });
  if (token === null) throw new Error('no token was given');
  return token;
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
