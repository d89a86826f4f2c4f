// `assert`: judges access scopes, such as `nothing from Internet reaches stmlsim`, given here or in bastide.yaml; or the outcome of a
// rule for a resource.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { readScope, ScopeError, type ScopeResult, scopeForms } from '../src/model/access-scope.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { clean } from '../src/model/text.ts';
import { scopeLines } from '../src/render/scope-text.ts';
import { unreadIn } from '../src/render/unread.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { judgeScopes, scopesExit } from './parts/judge.ts';
import {
  assertOutcome,
  type OutcomeAssertion,
  outcomeExit,
  outcomeLines,
  readAssertion,
} from './parts/outcome-assertion.ts';

interface Asserted {
  readonly scopes: readonly ScopeResult[];
  /** Only of RULE RESOURCE OUTCOME. */
  readonly assertion?: OutcomeAssertion;
}

export const assertScopes = defineCommand({
  name: 'assert',
  summary: 'Check access scopes, with an example packet for each violation, or the outcome of a rule for a resource',
  args: z.object({
    scopes: flag(
      z._default(z.array(z.string()), []),
      'access scopes in quotes, default is those of bastide.yaml; or RULE RESOURCE OUTCOME',
      {
        value: 'SCOPE',
      },
    ),
  }),
  positional: ['scopes...'],
  effect: 'read',
  examples: [
    {
      line: "assert 'nothing from Internet reaches stmlsim except 203.0.113.0/24'",
      says: 'Exit status 1 and an example packet if other Internet addresses reach the account',
    },
    {
      line: "assert 'only snet-train reaches kv-mlsim' 'snet-train reaches stmlsim on tcp 443'",
      says: 'Several scopes: who may reach the key vault, and what must be reached',
    },
    {
      line: 'assert storage.default-action-deny stmldata pass',
      says: 'Exit status 1 if the finding has another outcome or does not exist; * is a wildcard',
    },
  ],
  async *run(context, { scopes }): AsyncGenerator<SessionEvent, Asserted> {
    const outcome = readAssertion(scopes);
    if (outcome !== undefined) return { scopes: [], assertion: yield* assertOutcome(context, outcome) };
    for (const text of scopes) checkScope(text, context);
    const { config } = await context.host.project(context.flags.config);
    const wanted = scopes.length > 0 ? scopes : (config()?.scopes ?? []);
    if (wanted.length === 0) {
      throw new Failure(
        'no-scopes',
        exitStatus.usage,
        'No access scope was given, and bastide.yaml has none.',
        `Pass one, such as: bastide assert 'nothing from Internet reaches stmlsim'. Forms: ${scopeForms.join('; ')}.`,
      );
    }
    const session = await context.session();
    const snapshot = context.snapshot ?? (yield* session.scan(context.signal));
    const { results, strange } = yield* judgeScopes(session, snapshot, wanted, context.signal);
    if (strange !== undefined && scopes.length > 0) {
      throw new Failure(
        'unknown-end',
        exitStatus.usage,
        clean(strange, 400),
        'Use a name that `bastide path` accepts.',
      );
    }
    return { scopes: results };
  },
  text: ({ scopes, assertion }) => (assertion === undefined ? scopeLines(scopes) : outcomeLines(assertion)),
  items: ({ scopes, assertion }) => assertion?.findings ?? scopes,
  unread: ({ scopes, assertion }) =>
    unreadIn([...scopes, ...(assertion?.findings ?? [])].filter(({ outcome }) => outcome === 'unknown')),
  exit: ({ scopes, assertion }) => (assertion === undefined ? scopesExit(scopes) : outcomeExit(assertion)),
});

/** Throws Failure (exit 2) for a mistake; its place is shown on stderr. */
function checkScope(text: string, { say }: CommandContext): void {
  try {
    readScope(text);
  } catch (error) {
    if (!(error instanceof ScopeError)) throw error;
    for (const shown of error.shown.split('\n')) say(`  ${clean(shown, 600)}`);
    const meant = error.suggestion === null ? '' : `Did you mean: ${clean(error.suggestion, 300)}? `;
    throw new Failure('bad-scope', exitStatus.usage, error.message, `${meant}Forms: ${scopeForms.join('; ')}.`, {
      at: error.at,
    });
  }
}
