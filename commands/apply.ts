// `apply`: applies a plan file, if every setting still has the value that the plan found.
import * as z from 'zod/mini';
import { allowedEffects, allowing, approvedKinds } from '../src/command/allowed-effects.ts';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { finish } from '../src/model/stepwise.ts';
import { clean } from '../src/model/text.ts';
import type { Session } from '../src/session/session.ts';
import { act, actOutput, requireWritable, settleFirst } from './parts/act.ts';
import { readPlan, requireApproved, requireSameSource, requireSameWorkspace, reviewed } from './parts/plan-file.ts';
import { simulatedIf, whatIfFlag } from './parts/what-if.ts';

// `--step` and `--without`: some steps of a plan file, by their numbers.

const usage = (message: string, next: string) => new Failure('bad-step', exitStatus.usage, message, next);

/**
 * The plan with the chosen steps. Throws Failure (exit 2) for a number that it does not have, or for a step that was chosen without
 * one that it depends on.
 */
function chosenSteps(
  context: Pick<CommandContext, 'flags' | 'say'>,
  session: Session,
  snapshot: Snapshot,
  plan: Plan,
  { step, without }: { readonly step?: string | undefined; readonly without?: string | undefined },
): Plan {
  if (step === undefined && without === undefined) return plan;
  if (step !== undefined && without !== undefined) {
    throw usage('--step and --without cannot be combined.', 'Use one of them.');
  }
  const named = numbersIn(step ?? without ?? '', plan.steps.length);
  const all = plan.steps.map((_step, index) => index);
  const out = step === undefined ? named : all.filter((index) => !named.includes(index));
  const { plan: chosen, along } = finish(session.without(snapshot, plan, out, context.flags.profile));
  const numbers = along.map((index) => index + 1).join(', ');
  if (along.length > 0 && step !== undefined) {
    throw usage(
      `${along.length === 1 ? `Step ${numbers} depends` : `Steps ${numbers} depend`} on steps that are not selected.`,
      'Select those as well; --dry-run shows the plan.',
    );
  }
  if (along.length > 0) {
    context.say(
      `${along.length === 1 ? `Step ${numbers} is` : `Steps ${numbers} are`} not applied either: ${along.length === 1 ? 'it depends' : 'they depend'} on a step that is not selected.`,
    );
  }
  return chosen;
}

/** `2,4` as indexes from 0. */
function numbersIn(text: string, count: number): number[] {
  return text.split(',').map((word) => {
    const number = /^\s*\d{1,5}\s*$/.test(word) ? Number(word) : 0;
    if (number >= 1 && number <= count) return number - 1;
    throw usage(
      `${clean(word, 60)} is not the number of a step.`,
      count === 0 ? 'The plan has no steps.' : `Steps are numbered from 1 to ${count}.`,
    );
  });
}

export const apply = defineCommand({
  name: 'apply',
  summary: 'Apply a saved plan; refuses if settings changed since',
  args: z.object({
    file: flag(z.string(), 'plan file made by `bastide plan --output`', { value: 'FILE', of: 'file' }),
    step: flag(z.optional(z.string()), 'apply only these steps, as numbered by --dry-run', { value: 'N[,N]' }),
    without: flag(z.optional(z.string()), 'apply all steps except these and those that depend on them', {
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
    const scanned = yield* session.scan(context.signal);
    requireSameWorkspace(saved.plan, scanned);
    const { plan: whole, snapshot } = yield* reviewed(context, session, saved, scanned);
    const plan = chosenSteps(context, session, snapshot, whole, { step, without });
    // A plan that was made with a what-if has it run again: the result in the file is text like the rest.
    const wanted = whatIf || saved.plan.rehearsal !== undefined;
    const simulated = yield* simulatedIf(wanted, context, session, plan, snapshot);
    // Whoever passes the digest has read what the whole plan does, and of some of its steps nothing.
    const allowed = allowedEffects(context.flags.allowEffects);
    const seen = digest === undefined || plan !== whole ? [] : approvedKinds(plan, saved.plan, allowed);
    const flags = { ...context.flags, ...allowing([...allowed, ...seen]) };
    return yield* act({ ...context, flags }, session, simulated);
  },
  ...actOutput,
});
