// `undo`: takes one act of the history back, through the same preview, question and check as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { type ActResult, act, actExit, actFailure, actJson, actLines, requireWritable } from './parts/act.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';
import { type TakenBack, takenBackExit, takenBackFailure, takenBackLines, undoTo } from './parts/undo-to.ts';

type Undone = ActResult | { readonly kind: 'undo-to'; readonly value: TakenBack };

export const undo = defineCommand({
  name: 'undo',
  summary: 'take back the newest act, or the one named',
  args: z.object({
    entry: flag(z.optional(z.string()), 'an entry of `bastide history`', { value: 'ENTRY', of: 'entry' }),
    to: flag(z.optional(z.string()), 'every act down to this one, the newest first', { value: 'ENTRY', of: 'entry' }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'undo --dry-run', says: 'what it would write' },
    { line: 'undo --yes', says: 'take back the newest act' },
  ],
  async *run(context, { entry, to, whatIf }): AsyncGenerator<SessionEvent, Undone> {
    const session = await context.session();
    requireWritable(context, session);
    if (to !== undefined) {
      if (entry === undefined && !whatIf) {
        return { kind: 'undo-to', value: yield* undoTo(context, session, to) };
      }
      throw new Failure(
        'usage',
        exitStatus.usage,
        '--to stands for itself: it goes with no entry and no rehearsal.',
        'Name the last entry to be taken back: bastide undo --to ENTRY.',
      );
    }
    const plan = await session.planUndo(entry, context.signal);
    return yield* act(context, session, yield* rehearsedIf(whatIf, context, session, plan));
  },
  json: (result) => (result.kind === 'undo-to' ? result.value : actJson(result)),
  text: (result) => (result.kind === 'undo-to' ? takenBackLines(result.value) : actLines(result)),
  exit: (result) => (result.kind === 'undo-to' ? takenBackExit(result.value) : actExit(result)),
  failure: (result) => (result.kind === 'undo-to' ? takenBackFailure(result.value) : actFailure(result)),
});
