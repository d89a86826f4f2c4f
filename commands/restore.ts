// `restore`: puts back settings of another client that a write overwrote, with the same preview, confirmation and verification as a fix.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actJson, actLines, requireWritable } from './parts/act.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';

export const restore = defineCommand({
  name: 'restore',
  summary: 'Restore settings of another client that a change overwrote',
  args: z.object({
    entry: flag(z.optional(z.string()), 'entry ID from `bastide history`', { value: 'ENTRY', of: 'entry' }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [{ line: 'restore --dry-run', says: 'Show what the latest change overwrote, and the plan to restore it' }],
  async *run(context, { entry, whatIf }) {
    const session = await context.session();
    requireWritable(context, session);
    const plan = await session.planRestore(entry, context.signal);
    return yield* act(context, session, yield* rehearsedIf(whatIf, context, session, plan));
  },
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
