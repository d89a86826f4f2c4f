// `plan`: what a fix would do, as a file that `apply` takes.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { planLines } from '../src/render/plan-text.ts';
import { planJson, rehearsalExit, rehearsalFailure, rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';
import { fixRequest, named, targetArgs } from './parts/targets.ts';

export const plan = defineCommand({
  name: 'plan',
  summary: 'Plan fixes without applying them; --output saves the plan for `apply`',
  args: z.object({ ...targetArgs, whatIf: whatIfFlag }),
  positional: ['targets...'],
  effect: 'read',
  artefact: true,
  examples: [
    { line: 'plan --all', says: 'Show the changes, and the findings they resolve' },
    { line: 'plan --all --output plan.json', says: 'Save the plan; `bastide apply plan.json` applies exactly this' },
  ],
  async *run(context, args) {
    const request = await fixRequest(context, { ...args, all: args.all || args.targets.length === 0 });
    const session = await context.session();
    const snapshot = yield* session.scan(context.signal);
    const made = session.plan(snapshot, named(request, snapshot));
    return yield* rehearsedIf(args.whatIf, context, session, made, snapshot);
  },
  json: (plan) => planJson(plan),
  text: (made) => planLines(made),
  exit: ({ rehearsal }) => (rehearsal ? rehearsalExit(rehearsal) : 0),
  failure: ({ rehearsal }) => (rehearsal ? rehearsalFailure(rehearsal) : null),
});
