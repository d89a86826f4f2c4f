// `what-if`: what would come of a plan, played on a copy of what was read. Nothing of it is ever sent.
import * as z from 'zod/mini';
import { type Context, defineCommand } from '../src/command/definition.ts';
import { withWhatIf } from '../src/command/send.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Plan } from '../src/model/plan.ts';
import { clean } from '../src/model/text.ts';
import { rehearsedPlanLines } from '../src/render/rehearsal-text.ts';
import { readPlan } from './parts/plan-file.ts';
import { rehearsalExit, rehearsalFailure } from './parts/rehearsed.ts';
import { fixRequest, named, targetArgs } from './parts/targets.ts';

export const whatIf = defineCommand({
  name: 'what-if',
  aliases: ['rehearse'],
  summary: 'play a plan on a copy of what was read: what it mends, breaks, and is refused',
  args: z.object(targetArgs),
  positional: ['targets...'],
  effect: 'read',
  artefact: true,
  examples: [
    { line: 'what-if --all', says: 'everything that can be fixed, without sending any of it' },
    { line: 'what-if nsg.outbound-*', says: 'the fixes of several rules' },
    { line: 'what-if plan.json', says: 'a plan that `bastide plan --output` made' },
    { line: 'what-if --all --output plan.json', says: 'keep it: `bastide apply plan.json` remembers the rehearsal' },
  ],
  async *run(context, args) {
    const [only] = args.targets;
    const file = args.targets.length === 1 && only !== undefined && isFile(only, context) ? only : undefined;
    if (file !== undefined) {
      const plan = readPlan(await context.host.readFile(file), file);
      const session = await context.session();
      const snapshot = yield* session.scan(context.signal);
      refuseOther(plan, snapshot.workspace);
      return yield* withWhatIf(context, session, plan, snapshot);
    }
    const request = await fixRequest(context, { ...args, all: args.all || args.targets.length === 0 });
    const session = await context.session();
    const snapshot = yield* session.scan(context.signal);
    return yield* withWhatIf(context, session, session.plan(snapshot, named(request, snapshot)), snapshot);
  },
  text: (plan) => rehearsedPlanLines(plan, plan.rehearsal),
  exit: ({ rehearsal }) => rehearsalExit(rehearsal),
  failure: ({ rehearsal }) => rehearsalFailure(rehearsal),
});

/** A word that is neither a rule's name nor a finding's is the path of a plan. */
const isFile = (word: string, { rules }: Context): boolean =>
  !/[@*]/.test(word) && !rules.some(({ id }) => id.toLowerCase() === word.toLowerCase());

/** Nothing is sent, so a plan may be played on a snapshot from anywhere; but only on one of its own workspace. */
function refuseOther(plan: Plan, workspace: string | null): void {
  if (plan.workspace === workspace || plan.workspace?.toLowerCase() === workspace?.toLowerCase()) return;
  throw new Failure(
    'other-workspace',
    exitStatus.notSent,
    `The plan was made for ${clean(plan.workspace ?? 'no workspace', 300)}, and this is ${clean(workspace ?? 'none', 300)}.`,
    'Name the workspace that the plan was made for, or make a new plan.',
  );
}
