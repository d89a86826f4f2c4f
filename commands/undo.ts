// `undo`: takes one act of the history back, through the same preview, question and check as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { act, actExit, actFailure, actLines, requireWritable } from './parts/act.ts';
import { rehearsedIf, rehearseFlag } from './parts/rehearsed.ts';
import { isTakenBack, takenBackExit, takenBackFailure, takenBackLines, undoTo } from './parts/undo-to.ts';

export const undo = defineCommand({
  name: 'undo',
  summary: 'take back the newest act, or the one named',
  args: z.object({
    entry: flag(z.optional(z.string()), 'an entry of `bastide history`', { value: 'ENTRY', of: 'entry' }),
    to: flag(z.optional(z.string()), 'every act down to this one, the newest first', { value: 'ENTRY', of: 'entry' }),
    rehearse: rehearseFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'undo --dry-run', says: 'what it would write' },
    { line: 'undo --yes', says: 'take back the newest act' },
  ],
  async *run(context, { entry, to, rehearse }) {
    const session = await context.session();
    requireWritable(context, session);
    if (to !== undefined) {
      if (entry === undefined && !rehearse) return yield* undoTo(context, session, to);
      throw new Failure(
        'usage',
        exitStatus.usage,
        '--to stands for itself: it goes with no entry and no rehearsal.',
        'Name the last entry to be taken back: bastide undo --to ENTRY.',
      );
    }
    const plan = await session.planUndo(entry, context.signal);
    return yield* act(context, session, yield* rehearsedIf(rehearse, context, session, plan));
  },
  text: (result) => (isTakenBack(result) ? takenBackLines(result) : actLines(result)),
  exit: (result) => (isTakenBack(result) ? takenBackExit(result) : actExit(result)),
  failure: (result) => (isTakenBack(result) ? takenBackFailure(result) : actFailure(result)),
});
