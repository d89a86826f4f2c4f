// `undo`: takes one act of the history back, through the same preview, question and check as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actLines, requireWritable } from './parts/act.ts';
import { rehearsedIf, rehearseFlag } from './parts/rehearsed.ts';

export const undo = defineCommand({
  name: 'undo',
  summary: 'take back the newest act, or the one named',
  args: z.object({
    entry: flag(z.optional(z.string()), 'an entry of `bastide history`', { value: 'ENTRY', of: 'entry' }),
    rehearse: rehearseFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'undo --dry-run', says: 'what it would write' },
    { line: 'undo --yes', says: 'take back the newest act' },
  ],
  async *run(context, { entry, rehearse }) {
    const session = await context.session();
    requireWritable(context, session);
    const plan = await session.planUndo(entry, context.signal);
    return yield* act(context, session, yield* rehearsedIf(rehearse, context, session, plan));
  },
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
