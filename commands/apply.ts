// `apply`: applies a plan file, if every setting still has the value that the plan found.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actJson, actLines, requireWritable, settleFirst } from './parts/act.ts';
import { chosenSteps } from './parts/chosen-steps.ts';
import { readPlan, requireApproved, requireSameSource, requireSameWorkspace, reviewed } from './parts/plan-file.ts';
import { rehearsedIf, whatIfFlag } from './parts/rehearsed.ts';

export const apply = defineCommand({
  name: 'apply',
  summary: 'Apply a saved plan; refuses if settings changed since',
  args: z.object({
    file: flag(z.string(), 'plan file made by `bastide plan --output`', { value: 'FILE', of: 'file' }),
    step: flag(z.optional(z.string()), 'apply only these steps, as numbered by --dry-run', { value: 'N[,N]' }),
    without: flag(z.optional(z.string()), 'apply all steps but these, and but those that depend on them', {
      value: 'N[,N]',
    }),
    digest: flag(z.optional(z.string()), 'digest of the approved plan; any other plan is refused', { value: 'SHA256' }),
    whatIf: whatIfFlag,
  }),
  positional: ['file'],
  effect: 'cloud',
  examples: [
    { line: 'apply plan.json --yes', says: 'Apply exactly the steps of the plan, or nothing' },
    { line: 'apply plan.json --dry-run', says: 'Show the plan as it is computed now, with its digest' },
  ],
  async *run(context, { file, step, without, digest, whatIf }) {
    const saved = readPlan(await context.host.readFile(file), file);
    // A dry run is a view: it opens what must not be applied.
    if (!context.flags.dryRun || digest !== undefined) requireApproved(saved, digest);
    const session = await context.session();
    requireSameSource(saved.plan, session);
    requireWritable(context, session);
    yield* settleFirst(context);
    const snapshot = yield* session.scan(context.signal);
    requireSameWorkspace(saved.plan, snapshot);
    const whole = await reviewed(context, session, saved, snapshot);
    const plan = chosenSteps(context, session, snapshot, whole, { step, without });
    // A plan that was made with a what-if has it run again: the result in the file is text like the rest.
    const wanted = whatIf || saved.plan.rehearsal !== undefined;
    return yield* act(context, session, yield* rehearsedIf(wanted, context, session, plan, snapshot));
  },
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
});
