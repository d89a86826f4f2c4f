// `apply`: applies a plan file, if every setting still has the value that the plan found.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actJson, actLines, requireWritable, settleFirst } from './parts/act.ts';
import { readPlan, requireSameSource } from './parts/plan-file.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';

export const apply = defineCommand({
  name: 'apply',
  summary: 'Apply a saved plan; refuses if settings changed since',
  args: z.object({
    file: flag(z.string(), 'plan file made by `bastide plan --output`', { value: 'FILE', of: 'file' }),
    whatIf: whatIfFlag,
  }),
  positional: ['file'],
  effect: 'cloud',
  examples: [{ line: 'apply plan.json --yes', says: 'Apply exactly the steps of the plan, or nothing' }],
  async *run(context, { file, whatIf }) {
    const plan = readPlan(await context.host.readFile(file), file);
    const session = await context.session();
    requireSameSource(plan, session);
    requireWritable(context, session);
    yield* settleFirst(context);
    return yield* act(context, session, yield* rehearsedIf(whatIf, context, session, plan));
  },
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
