// `apply`: does what a plan file says, when every setting still stands as the plan found it.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actJson, actLines, requireWritable } from './parts/act.ts';
import { readPlan, requireSameSource } from './parts/plan-file.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';

export const apply = defineCommand({
  name: 'apply',
  summary: 'do what a plan file says, unless a setting has moved since',
  args: z.object({
    file: flag(z.string(), 'a plan that `plan --output` made', { value: 'FILE', of: 'file' }),
    whatIf: whatIfFlag,
  }),
  positional: ['file'],
  effect: 'cloud',
  examples: [{ line: 'apply plan.json --yes', says: 'exactly the steps of the plan, or nothing' }],
  async *run(context, { file, whatIf }) {
    const plan = readPlan(await context.host.readFile(file), file);
    const session = await context.session();
    requireSameSource(plan, session);
    requireWritable(context, session);
    return yield* act(context, session, yield* rehearsedIf(whatIf, context, session, plan));
  },
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
