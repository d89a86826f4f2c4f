// `resume`: sends what is left of an act that was interrupted or failed in the middle, with the same preview, confirmation and
// verification as a fix. It becomes a part of the same history entry.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nothingTo } from '../src/model/entry.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { type ActResult, act, actOutput, nothingDone, requireWritable } from './parts/act.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'Send the remaining changes of an interrupted or failed run',
  args: z.object({
    entry: flag(z.optional(z.string()), 'entry ID from `bastide history`', { value: 'ENTRY', of: 'entry' }),
    whatIf: whatIfFlag,
  }),
  positional: ['entry'],
  effect: 'cloud',
  examples: [
    { line: 'resume --dry-run', says: 'Show the changes that the latest run did not make' },
    { line: 'resume --yes', says: 'Send them, as a part of the same history entry' },
  ],
  async *run(context, { entry, whatIf }): AsyncGenerator<SessionEvent, ActResult> {
    const session = await context.session();
    requireWritable(context, session);
    if (!context.flags.dryRun) yield* session.recover(context.signal);
    const plan = await session.planResume(entry, context.signal);
    if (plan === null) {
      context.say(nothingTo('resume'));
      return { kind: 'outcome', outcome: nothingDone() };
    }
    return yield* act(context, session, yield* simulatedIf(whatIf, context, session, plan));
  },
  ...actOutput,
});
