// `--step` and `--without`: some steps of a plan file, by their numbers.
import type { CommandContext } from '../../src/command/definition.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import type { Session } from '../../src/session/session.ts';

const usage = (message: string, next: string) => new Failure('bad-step', exitStatus.usage, message, next);

/**
 * The plan with the chosen steps. Throws Failure (exit 2) for a number that it does not have, or for a step that was chosen without
 * one that it depends on.
 */
export function chosenSteps(
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
  const { plan: chosen, along } = session.without(snapshot, plan, out, context.flags.profile);
  const numbers = along.map((index) => index + 1).join(', ');
  if (along.length > 0 && step !== undefined) {
    throw usage(
      `${along.length === 1 ? `Step ${numbers} depends` : `Steps ${numbers} depend`} on steps that are not chosen.`,
      'Choose those as well; --dry-run shows the plan.',
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
