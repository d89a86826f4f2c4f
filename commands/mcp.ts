// `mcp`: serves an assistant over the Model Context Protocol, and has a person confirm what it may apply.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { confirmPlan } from '../src/command/send.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { clean, counted } from '../src/model/text.ts';
import type { SessionEvent } from '../src/session/session.ts';
import {
  readPlan,
  requireApproved,
  requireSameSource,
  requireSameWorkspace,
  requireShown,
  reviewed,
} from './parts/plan-file.ts';

type Served = { readonly confirmed: string | null; readonly steps: number };

export const mcp = defineCommand({
  name: 'mcp',
  summary: 'Serve an assistant over the Model Context Protocol; confirm a plan it made',
  args: z.object({
    action: flag(z._default(z.enum(['serve', 'confirm']), 'serve'), 'what to do', { value: 'serve|confirm' }),
    digest: flag(z.optional(z.string()), 'with confirm: digest of the plan, as the assistant names it', {
      value: 'DIGEST',
    }),
  }),
  positional: ['action', 'digest'],
  effect: 'cloud',
  streams: true,
  examples: [
    { line: 'mcp --workspace my-workspace', says: 'Serve on standard input and output; nothing is changed' },
    { line: 'mcp confirm DIGEST', says: 'Show the plan and allow the assistant to apply it once' },
  ],
  async *run(context, { action, digest }): AsyncGenerator<SessionEvent, Served> {
    if (action === 'confirm') return yield* confirmed(context, digest?.trim().toLowerCase() ?? '');
    if (digest !== undefined) {
      throw new Failure(
        'bad-arguments',
        exitStatus.usage,
        'serve takes no digest.',
        'Run `bastide mcp confirm DIGEST`.',
      );
    }
    await context.host.serveAssistant();
    return { confirmed: null, steps: 0 };
  },
  text: () => [],
});

async function* confirmed(context: CommandContext, digest: string): AsyncGenerator<SessionEvent, Served> {
  const store = await context.host.approvals();
  const proposed = await store.plan(digest);
  if (proposed === undefined) {
    throw new Failure(
      'unknown-plan',
      exitStatus.usage,
      `No assistant made a plan with the digest ${clean(digest === '' ? 'none' : digest, 80)}.`,
      'Have the assistant make the plan again.',
    );
  }
  const { showPrivately } = context.host;
  if (context.flags.yes || showPrivately === undefined) {
    throw new Failure(
      'needs-person',
      exitStatus.notSent,
      'A person must confirm this in a terminal; --yes is not enough.',
      'Run it in a terminal, outside the screen and without --yes.',
    );
  }
  const saved = readPlan(proposed, 'the plan');
  requireApproved(saved, digest);
  const session = await context.session();
  requireSameSource(saved.plan, session);
  const snapshot = yield* session.scan(context.signal);
  requireSameWorkspace(saved.plan, snapshot);
  const { plan: shown } = yield* reviewed(context, session, saved, snapshot);
  requireShown(shown, saved, digest);
  const { plan } = await confirmPlan(context, session, shown);
  requireShown(plan, saved, digest);
  const code = await store.confirm(digest, proposed, { at: context.now(), user: context.host.user });
  showPrivately(
    `Confirmed: with the code ${code} the assistant may apply ${counted(plan.steps.length, 'change')} once, within an hour. Type it to the assistant; it is not shown again.`,
  );
  return { confirmed: digest, steps: plan.steps.length };
}
