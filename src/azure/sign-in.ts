// Signing in: an own chain, each step announced and timed, and one cached token for everything.
// It must not read the environment itself: its values are passed in.
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { isObject, type JsonObject, parseJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { Identity } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import type { ArmClientEvent } from './arm-client.ts';
import { raced } from './interrupted.ts';
import type { GetToken, SignInOptions, Token, TokenWish } from './sign-in-way.ts';
import { candidates } from './sign-in-ways.ts';
import { entraErrorIn, renewalWords, wordsFor } from './sign-in-words.ts';
import type { TokenSource } from './transport.ts';

// Reads who a token speaks for. It verifies nothing: only Azure can, and does.

function identityIn(token: string, how: string): Identity {
  const claims = claimsOf(token);
  const text = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = claims && member(claims, name);
      if (typeof value === 'string' && value !== '') return clean(value, 200);
    }
    return undefined;
  };
  const tenant = text('tid');
  const objectId = text('oid');
  return {
    name: text('upn', 'unique_name', 'preferred_username', 'app_displayname', 'appid', 'oid') ?? 'unknown',
    how,
    ...(tenant === undefined ? {} : { tenant }),
    ...(objectId === undefined ? {} : { objectId }),
  };
}

function claimsOf(token: string): JsonObject | undefined {
  try {
    const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** What the ARM client needs: tokens, and whose they are. */
export interface SignIn extends TokenSource {
  identity(signal?: AbortSignal): Promise<Identity>;
  onEvent(listener: (event: ArmClientEvent) => void): () => void;
  /** Tokens fetched so far. */
  readonly tokens: number;
}

interface Source {
  readonly how: string;
  readonly get: GetToken;
}

const renewEarly = 5 * 60_000;

/** Nothing is loaded or sent before the first token is asked for. Failures have exit 6. */
export function signInWith(options: SignInOptions): SignIn {
  const now = options.now ?? Date.now;
  const listeners = new Set<(event: ArmClientEvent) => void>();
  const say = (event: ArmClientEvent): void => {
    for (const listener of listeners) listener(event);
  };
  let source: Source | undefined;
  let kept: Token | undefined;
  let fetching: { readonly key: string; readonly token: Promise<Token> } | undefined;
  let tokens = 0;

  const fresh = async (wish: TokenWish): Promise<Token> => {
    if (source) return source.get(wish).catch((error: unknown) => Promise.reject(notRenewed(error)));
    const found = await firstThatWorks(options, say);
    source = found.source;
    return found.token;
  };
  const fetched = (wish: TokenWish, signal?: AbortSignal): Promise<Token> => {
    const key = JSON.stringify([wish.claims ?? null, wish.isAnew === true]);
    // A token request in progress serves every caller of the same one; another one would be refused again.
    if (fetching?.key === key) return raced(fetching.token, signal);
    const mine = fresh(wish).then((got) => {
      tokens += 1;
      kept = got;
      return got;
    });
    const entry = { key, token: mine };
    fetching = entry;
    const forget = (): void => {
      if (fetching === entry) fetching = undefined;
    };
    mine.then(forget, forget);
    return raced(mine, signal);
  };
  const token = async (signal?: AbortSignal): Promise<Token> =>
    kept && kept.expiresOnTimestamp - now() > renewEarly ? kept : fetched({}, signal);
  return {
    getToken: (_scopes, asked) => token(asked?.abortSignal),
    async renew(refused, { abortSignal, ...claims } = {}) {
      if (kept && kept.token !== refused) return kept;
      return fetched({ isAnew: true, ...claims }, abortSignal);
    },
    async identity(signal) {
      const got = await token(signal);
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

const unreachedWords = (isUnexplained: boolean, message: string | undefined) =>
  message === undefined || !isUnexplained
    ? undefined
    : { message, next: 'Check the network, the proxy (HTTPS_PROXY), --ca and NODE_EXTRA_CA_CERTS, then retry.' };

/** Why the sign-in that worked at first gives no further token. */
function notRenewed(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const words = renewalWords(message) ?? wordsFor(entraErrorIn(message), {});
  return new Failure(
    'sign-in-not-renewed',
    exitStatus.signIn,
    words?.message ?? `The sign-in could not be renewed: ${clean(message.split(/\r?\n/)[0], 200)}`,
    words?.next ?? 'Sign in again, then retry.',
  );
}

async function firstThatWorks(
  options: SignInOptions,
  say: (event: ArmClientEvent) => void,
): Promise<{ source: Source; token: Token }> {
  const seen: { step: string; detail: string }[] = [];
  for (const candidate of candidates(options)) {
    const { step } = candidate;
    const started = performance.now();
    const report = (state: 'trying' | 'ok' | 'no', detail: string): void =>
      say({ kind: 'sign-in', step, state, detail, ms: Math.round(performance.now() - started) });
    report('trying', '');
    try {
      const get = await candidate.prepare((code) => {
        say({ kind: 'sign-in', step, state: 'trying', detail: '', ms: 0, code });
      });
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
      const words =
        candidate.words?.(entra) ??
        wordsFor(entra, candidate.who) ??
        unreachedWords(entra.codes.length === 0, candidate.unreached?.());
      const detail = words?.message ?? candidate.trouble(message);
      report('no', detail);
      seen.push({ step, detail });
      if (!candidate.decisive) continue;
      throw new Failure(
        'sign-in-refused',
        exitStatus.signIn,
        words?.message ?? `Sign-in with ${step} was rejected: ${detail}`,
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
