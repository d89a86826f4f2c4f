// What one sign-in method is, and what all of them share: how a token is requested, and by which agent.
import type { Agent } from 'node:https';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { clean } from '../model/text.ts';
import { sizeLimit } from './answer-limits.ts';
import type { SignInCode } from './arm-client.ts';
import type { Cloud } from './clouds.ts';
import type { EntraError } from './sign-in-words.ts';
import { trusting } from './transport.ts';

/** `sim`: the simulator of this process; the others as `--auth` takes them. */
export type AuthChoice = 'sim' | 'env' | 'cli' | 'device';

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
  /** The variables AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST; others are not read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
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
}

export interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** A sign-in method that may be tried. */
export interface SignInCandidate {
  readonly step: string;
  readonly how: string;
  /** A sentence saying why it is not tried, or how to make it. */
  prepare(show: (code: SignInCode) => void): Promise<string | ((claims?: string) => Promise<Token>)>;
  /** Was asked for or set up on purpose: its refusal ends the chain. */
  readonly decisive: boolean;
  readonly who: { readonly tenant?: string | undefined; readonly client?: string | undefined };
  trouble(message: string): string;
  readonly spied: () => EntraError | undefined;
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

/** In the words of a failure. */
export const noAnswerWithin = (ms: number): string => `no response within ${ms / 1000} s`;

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
        Object.assign(request, trusting(ca));
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
