// `--what-if`, and what a simulated plan means: shared by every command that shows a plan.

import * as z from 'zod/mini';
import type { CommandContext } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { savedEnvelope } from '../../src/command/run.ts';
import { withWhatIf } from '../../src/command/send.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue } from '../../src/model/failure.ts';
import { stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import type { WhatIf } from '../../src/model/what-if.ts';
import { fewUnread, unreadSentence } from '../../src/render/unread.ts';
import { whatIfSentence } from '../../src/render/what-if-text.ts';
import { planDigest } from '../../src/session/digest.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';
import { writtenWith } from './plan-file.ts';

export const whatIfFlag = flag(
  z._default(z.boolean(), false),
  'first simulate the plan on a copy of what was read, and show the result',
  { aliases: ['rehearse'] },
);

/** The plan with its what-if result where that is wanted, else the plan as it is. */
export async function* simulatedIf(
  wanted: boolean,
  context: CommandContext,
  session: Session,
  plan: Plan,
  snapshot?: Snapshot,
): AsyncGenerator<SessionEvent, Plan> {
  return wanted ? yield* withWhatIf(context, session, plan, snapshot) : plan;
}

/** Throws Failure (exit 4) for a plan that Azure would refuse, where no user is asked whether to go on. */
export function refuseRefused(context: CommandContext, plan: Plan): void {
  const { rehearsal } = plan;
  if (!context.flags.yes || rehearsal?.outcome !== 'refused') return;
  const failure = whatIfFailure(rehearsal);
  throw new Failure(
    'would-be-refused',
    exitStatus.notSent,
    failure?.message ?? '',
    'Nothing was sent. Remove what blocks the change, or run without --what-if to try it anyway.',
    { plan },
  );
}

/** 0: every change would succeed; 3: one depends on unreadable data; 4: Azure would reject one. Nothing is sent. */
export const whatIfExit = ({ outcome }: WhatIf): ExitStatus =>
  ({ done: exitStatus.done, unknown: exitStatus.gaps, refused: exitStatus.notSent })[outcome];

/** The same of a plan, with or without a what-if. 3, too: no change is known to be needed, and what decides could not be read. */
export function planExit({ rehearsal, unjudged }: Pick<Plan, 'rehearsal' | 'unjudged'>): ExitStatus {
  const simulated = rehearsal === undefined ? exitStatus.done : whatIfExit(rehearsal);
  return simulated === exitStatus.done && unjudged !== undefined ? exitStatus.gaps : simulated;
}

/** What could not be read for a plan that it left without steps, for stderr. */
export const planUnread = ({ gaps = [], unjudged }: Pick<Plan, 'gaps' | 'unjudged'>): string[] =>
  unjudged === undefined
    ? []
    : fewUnread(gaps.map(({ id, reason }) => unreadSentence(nameOf(id.replace(/\?.*$/, '')), reason)));

export function whatIfFailure(whatIf: WhatIf): FailureValue | null {
  if (whatIf.outcome === 'done') return null;
  const stuck = whatIf.steps.find(({ state }) => state === 'refused' || state === 'unknown');
  const why = stuck?.refusal ? `${stuck.refusal.code}: ${stuck.refusal.message}` : (stuck?.message ?? '');
  return {
    code: whatIf.outcome === 'refused' ? 'would-be-refused' : 'cannot-be-rehearsed',
    message: `${whatIfSentence(whatIf)} ${why}`.trim(),
    next:
      whatIf.outcome === 'refused'
        ? 'Nothing was sent. Remove what blocks the change, then run the what-if again.'
        : 'Nothing was sent. Grant access to the missing data, or apply the plan to let Azure decide.',
  };
}

/** A plan as JSON, with the digest that an approval names. `bastide/v1` names the result of its what-if twice: `rehearsal` is the older name. */
export const planJson = (plan: Plan): object => ({
  ...plan,
  digest: planDigest(plan),
  apiVersions: writtenWith(plan),
  ...(plan.rehearsal === undefined ? {} : { whatIf: plan.rehearsal }),
});

/** A plan as the file that `apply` takes: what `bastide plan --format json` prints. */
export const planFileText = (plan: Plan): string => `${stringifyJson(savedEnvelope('plan', planJson(plan)), 2)}\n`;
