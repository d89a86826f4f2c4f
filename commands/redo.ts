// `redo`: applies an undone change again, with the same preview, confirmation and verification as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actOutput, requireWritable } from './parts/act.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

export const redo = defineCommand({
  name: 'redo',
  summary: 'Redo the latest undone change, or a given one',
  args: z.object({
    entry: flag(z.optional(z.string()), 'entry ID from `bastide history`', { value: 'ENTRY', of: 'entry' }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'redo --dry-run', says: 'Show the changes without applying them' },
    { line: 'redo --yes', says: 'Redo the latest undone change' },
  ],
  async *run(context, { entry, whatIf }) {
    const session = await context.session();
    requireWritable(context, session);
    const plan = await session.planRedo(entry, context.signal);
    return yield* act(context, session, yield* simulatedIf(whatIf, context, session, plan));
  },
  ...actOutput,
});
