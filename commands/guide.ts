// `guide`: one finding after another, worst first: what is wrong, what would be sent, yes or no. Made for a colleague watching
// over a slow line; a connection that drops loses nothing.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure, isFailure } from '../src/model/failure.ts';
import { walkExit, walkFailure, walkLines } from './parts/guide-result.ts';
import { leftBehind, sitDown } from './parts/guide-sitting.ts';
import { walkUnasked } from './parts/guide-unasked.ts';
import { walk } from './parts/guide-walk.ts';
import { targetArgs } from './parts/targets.ts';

export const guide = defineCommand({
  name: 'guide',
  summary: 'go through the findings one by one: why, what is sent, yes or no; goes on where you were',
  args: z.object({
    restart: flag(z._default(z.boolean(), false), 'forget what was skipped and done in earlier sittings'),
    answer: targetArgs.answer,
  }),
  effect: 'cloud',
  examples: [
    { line: 'guide --dry-run', says: 'walk through without sending anything' },
    { line: 'guide', says: 'begin, or go on where you were' },
    { line: 'guide --restart', says: 'begin anew; what was done stays done' },
  ],
  async *run(context, { restart, answer }) {
    const { flags, host } = context;
    if (!host.interactive && !flags.yes && !flags.dryRun) throw nobodyToAsk();
    const sitting = yield* sitDown(context, restart);
    try {
      const unasked = !host.interactive || flags.yes;
      return yield* unasked ? walkUnasked(sitting, answer) : walk(sitting);
    } catch (error) {
      const left = isFailure(error) ? error.exit === exitStatus.interrupted : context.signal.aborted;
      throw left ? leftBehind(sitting) : error;
    }
  },
  text: walkLines,
  exit: walkExit,
  failure: walkFailure,
});

const nobodyToAsk = (): Failure =>
  new Failure(
    'needs-terminal',
    exitStatus.notSent,
    'The guide asks questions, and there is no terminal to ask on. Nothing was sent.',
    'Run it on a terminal; or use --dry-run to see the order, --yes to answer every question with yes.',
  );
