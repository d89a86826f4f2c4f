// `redo`: does again what an undo took back, through the same preview, question and check as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actJson, actLines, requireWritable } from './parts/act.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';

export const redo = defineCommand({
  name: 'redo',
  summary: 'do again what was undone last, or the one named',
  args: z.object({
    entry: flag(z.optional(z.string()), 'an entry of `bastide history`', { value: 'ENTRY', of: 'entry' }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'redo --dry-run', says: 'what it would write' },
    { line: 'redo --yes', says: 'do again what was undone last' },
  ],
  async *run(context, { entry, whatIf }) {
    const session = await context.session();
    requireWritable(context, session);
    const plan = await session.planRedo(entry, context.signal);
    return yield* act(context, session, yield* rehearsedIf(whatIf, context, session, plan));
  },
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
