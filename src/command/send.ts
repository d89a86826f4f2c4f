// The only function that sends a plan: shown, confirmed, applied. Every host and command uses it; only a confirmed plan can be
// applied, and what must be typed or accepted follows from the plan and its workspace (model/confirmation.ts).
import { confirmationOf, isTypedName, joinPlans } from '../model/confirmation.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { Plan } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { finish } from '../model/stepwise.ts';
import { counted } from '../model/text.ts';
import type { WhatIf } from '../model/what-if.ts';
import { line } from '../model/words.ts';
import type { ApplyResult, PlanOffer, Session, SessionEvent } from '../session/session.ts';
import { allowedEffects, requireAllowed } from './allowed-effects.ts';
import type { Ask, ChooseQuestion, CommandContext, ConfirmQuestion, StepChoice } from './definition.ts';

declare const confirmed: unique symbol;

/** A plan that the operator has confirmed, or `--yes` has. Made here only. */
export interface ConfirmedPlan {
  readonly plan: Plan;
  /** The warnings were shown and accepted with the plan. */
  readonly acceptWarnings: boolean;
  /** The line for the history, where only some steps were selected. */
  readonly line?: string;
  readonly [confirmed]: true;
}

type SendContext = Pick<CommandContext, 'ask' | 'flags' | 'signal' | 'line' | 'observer' | 'snapshot'>;

const asConfirmed = (plan: Plan, more: Pick<ConfirmedPlan, 'line'> = {}): ConfirmedPlan =>
  ({ plan, acceptWarnings: confirmationOf(plan).warnings.length > 0, ...more }) as ConfirmedPlan;

const needs = (session: Session, plan: Plan) => confirmationOf(plan, session.isProduction?.(plan.workspace) === true);

/** The operator did not confirm: no error, and nothing was sent. */
export const isDeclined = ({ code }: { readonly code: string }): boolean =>
  code === 'cancelled' || code === 'wrong-name';

const cancelled = (): Failure =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run the command again.');

/**
 * Shows the plan and has it confirmed; `--yes` confirms it unasked, with the effects that are allowed. Where the host lets steps be selected, `offer` holds what may
 * be added. Throws Failure (exit 4) when it is not confirmed.
 */
export async function confirmPlan(
  context: SendContext,
  session: Session,
  plan: Plan,
  offer?: PlanOffer,
): Promise<ConfirmedPlan> {
  if (context.flags.yes) {
    requireAllowed(plan, allowedEffects(context.flags.allowEffects));
    return asConfirmed(plan);
  }
  const simulated = (of: Plan, signal: AbortSignal = context.signal): Promise<Plan> =>
    drained(withWhatIf({ ...context, signal }, session, of));
  let shown = plan;
  const whatIf = async (signal?: AbortSignal): Promise<Plan> => {
    shown = await simulated(plan, signal);
    return shown;
  };
  const choice = choiceOf(context, session, plan, simulated, offer);
  const accept = typedOnce(context, session);
  const answer = await ask(context, session, plan, {
    accept,
    ...(plan.rehearsal === undefined && plan.steps.length > 0 ? { whatIf } : {}),
    ...(choice === null ? {} : { choice }),
  });
  const selected = answer === true ? shown : answer;
  if (selected.steps.length === 0 && (choice?.whole ?? plan).steps.length > 0) throw nothingSelected();
  await accept(selected);
  return asConfirmed(selected, choice === null ? {} : { line: choice.lineOf(selected) });
}

/** The steps to choose from; null where the host shows none, or where nothing can be computed again. */
function choiceOf(
  { ask: host, flags, snapshot, line }: SendContext,
  session: Session,
  plan: Plan,
  whatIf: StepChoice['whatIf'],
  offer?: PlanOffer,
): StepChoice | null {
  const seen = [snapshot, session.latest()].find((one) => one?.id === plan.snapshot);
  // What is created, or restored after another client, is checked by more than its changes tell.
  const isWhole = plan.verb === 'fix' && plan.steps.every(({ findings }) => findings.length === 0);
  if (host.selectsSteps !== true || seen === undefined || (isWhole && offer === undefined)) return null;
  const { whole, first, out, needs } = offer ?? finish(session.selectable(seen, plan, flags.profile));
  const made = new Map([[out.join(' '), first]]);
  const without: StepChoice['without'] = function* (gone) {
    const key = gone.join(' ');
    const found = made.get(key) ?? (yield* session.without(seen, whole, gone, flags.profile)).plan;
    made.set(key, found);
    return found;
  };
  return {
    ...{ whole, out, first, needs, without },
    lineOf: (of) =>
      `${line ?? plan.verb}${isSame(of, plan) ? '' : `  # ${of.steps.length} of ${counted(whole.steps.length, 'step')}`}`,
    async whatIf(of, signal) {
      const result = await whatIf(of, signal);
      for (const [key, one] of made) if (one === of) made.set(key, result);
      return result;
    },
  };
}

/** Do both make the same changes? */
const isSame = (one: Plan, other: Plan): boolean =>
  one.steps.length === other.steps.length &&
  one.steps.every(({ change }, index) => change === other.steps[index]?.change);

const nothingSelected = (): Failure =>
  new Failure(
    'nothing-selected',
    exitStatus.notSent,
    'No step is selected: nothing was sent.',
    'Select at least one step.',
  );

/** The same for several plans that are applied one after another: one question about all of them. */
export async function confirmPlans(
  context: SendContext,
  session: Session,
  plans: readonly [Plan, ...Plan[]],
): Promise<readonly ConfirmedPlan[]> {
  const all = joinPlans(plans);
  if (context.flags.yes) requireAllowed(all, allowedEffects(context.flags.allowEffects));
  else {
    const accept = typedOnce(context, session);
    await ask(context, session, all, { accept });
    await accept(all);
  }
  return plans.map((plan) => asConfirmed(plan));
}

/** The plan of the selected steps, or true for the plan as it is. Throws Failure (exit 4) when it is declined. */
async function ask(
  context: SendContext,
  session: Session,
  plan: Plan,
  more: Pick<ConfirmQuestion, 'accept' | 'whatIf' | 'choice'>,
): Promise<Plan | true> {
  const confirmation = needs(session, plan);
  const answer = await context.ask
    .confirm({ plan, confirmation, line: context.line ?? plan.verb, ...more })
    .catch((error: unknown) => {
      if (!isFailure(error)) throw error;
      throw new Failure(error.code, error.exit, error.message, error.next, { plan });
    });
  if (answer === false) throw cancelled();
  return answer;
}

/** So often the name may be mistyped. */
const mostTries = 3;

/** Has the name typed for a plan, and not again where the host has had it typed while it showed the plan. */
function typedOnce(context: SendContext, session: Session) {
  const typed = new WeakSet<Plan>();
  return async (plan: Plan, text = context.ask.text): Promise<void> => {
    if (typed.has(plan)) return;
    await typeName(text, session, plan);
    typed.add(plan);
  };
}

/** Has the workspace's name typed where the plan needs it; another name asks again. Throws Failure (exit 4) in the end. */
async function typeName(text: Ask['text'], session: Session, plan: Plan): Promise<void> {
  const { typed } = needs(session, plan);
  if (typed === null) return;
  const wrong = `The name does not match ${typed.name}`;
  for (let tries = 0; tries < mostTries; tries += 1) {
    const title = tries === 0 ? typed.prompt : `${wrong}. ${typed.prompt}`;
    if (isTypedName(await text({ name: 'workspace', title }), typed.name)) return;
  }
  throw new Failure(
    'wrong-name',
    exitStatus.notSent,
    `${wrong}: nothing was sent.`,
    'Run the command again, and type the name of the workspace.',
  );
}

export interface Answered {
  /** The choice that was taken. */
  readonly value: string;
  /** The plan, where the choice was the one that applies it; else null. */
  readonly confirmed: ConfirmedPlan | null;
}

/** A question with several choices, one of which applies the plan it shows. A name that does not match puts it again. */
export async function chooseOrConfirm(
  context: SendContext,
  session: Session,
  question: ChooseQuestion,
  applies: { readonly value: string; readonly plan: Plan },
): Promise<Answered> {
  const typed = typedOnce(context, session);
  const accept = async (value: string, text: Ask['text']) => {
    if (value === applies.value) await typed(applies.plan, text);
  };
  for (let news = question.news; ; ) {
    const value = await context.ask.choose({ ...question, accept, ...(news === undefined ? {} : { news }) });
    if (value !== applies.value) return { value, confirmed: null };
    try {
      await typed(applies.plan);
      return { value, confirmed: asConfirmed(applies.plan) };
    } catch (error) {
      if (!isFailure(error) || !isDeclined(error)) throw error;
      news = [line(['! ', 'warn'], error.message)];
    }
  }
}

/** Applies what was confirmed, and verifies it. The only place that sends changes. */
export async function* applyConfirmed(
  context: SendContext,
  session: Session,
  { plan, acceptWarnings, line = context.line }: ConfirmedPlan,
): AsyncGenerator<SessionEvent, ApplyResult> {
  const { observer, signal } = context;
  const as = line ?? plan.verb;
  observer?.started(plan, as);
  try {
    const outcome = yield* session.apply(plan, { line: as, signal, acceptWarnings });
    observer?.ended(outcome);
    return outcome;
  } catch (error) {
    if (isFailure(error)) observer?.failed(error.toJSON());
    throw error;
  }
}

/** The plan with its what-if result. Without a snapshot, the newest one, or a new one. */
export async function* withWhatIf(
  context: Pick<CommandContext, 'flags' | 'signal' | 'snapshot'>,
  session: Session,
  plan: Plan,
  snapshot?: Snapshot,
): AsyncGenerator<SessionEvent, Plan & { readonly rehearsal: WhatIf }> {
  const seen = snapshot ?? context.snapshot ?? session.latest() ?? (yield* session.scan(context.signal));
  const rehearsal = yield* session.whatIf(seen, plan, { profile: context.flags.profile, signal: context.signal });
  return { ...plan, rehearsal };
}

/** Runs work to its end while a question is open: its events are not shown. */
export async function drained<Result>(running: AsyncGenerator<SessionEvent, Result>): Promise<Result> {
  for (;;) {
    const next = await running.next();
    if (next.done) return next.value;
  }
}
