// `guide`: one problem after another, worst first: what is wrong, what would be sent, yes or no. Made for a colleague watching
// over a slow line; a connection that drops loses nothing.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure, isFailure } from '../src/model/failure.ts';
import { guideExit, guideFailure, guideResultLines } from './parts/guide-result.ts';
import { runGuide } from './parts/guide-run.ts';
import { interruptedGuide, startGuide } from './parts/guide-session.ts';
import { runUnattended } from './parts/guide-unattended.ts';
import { selected, targetArgs } from './parts/targets.ts';

export const guide = defineCommand({
  name: 'guide',
  summary: 'Go through the problems one by one, and fix or skip each; continues where you stopped',
  args: z.object({
    restart: flag(z._default(z.boolean(), false), 'forget which findings were skipped or fixed in earlier runs'),
    answer: targetArgs.answer,
  }),
  effect: 'cloud',
  examples: [
    { line: 'guide --dry-run', says: 'Show the order of problems without changing anything' },
    { line: 'guide', says: 'Start, or continue where you stopped' },
    { line: 'guide --restart', says: 'Start over; applied fixes stay applied' },
  ],
  async *run(context, { restart, answer }) {
    const { flags, host } = context;
    if (!host.interactive && !flags.yes && !flags.dryRun) throw nobodyToAsk();
    const guideSession = yield* startGuide(context, restart);
    const { session, snapshot } = guideSession;
    selected(context, session, { targets: 'all', answers: answer, ips: [], profile: flags.profile }, snapshot);
    try {
      const unasked = !host.interactive || flags.yes;
      return yield* unasked ? runUnattended(guideSession, answer) : runGuide(guideSession);
    } catch (error) {
      const left = isFailure(error) ? error.exit === exitStatus.interrupted : context.signal.aborted;
      throw left ? interruptedGuide(guideSession) : error;
    }
  },
  text: guideResultLines,
  exit: guideExit,
  failure: guideFailure,
});

const nobodyToAsk = (): Failure =>
  new Failure(
    'needs-terminal',
    exitStatus.notSent,
    'The guide asks questions, and no terminal is attached. Nothing was sent.',
    'Run it in a terminal, use --dry-run to see the order, or pass --yes to apply what has automatic effects only.',
  );
