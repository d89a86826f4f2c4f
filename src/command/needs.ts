// A guided fix asks what it needs: the sentence that a plan gives as its reason becomes a question with choices.

import type { Plan } from '../model/plan.ts';
import { type PlanNeed, readNeed } from '../model/plan-need.ts';
import { shortFinding } from '../model/short-finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import type { PlanRequest, Session, SessionEvent } from '../session/session.ts';
import type { CommandContext } from './definition.ts';
import { quoteWord } from './parse-line.ts';

export interface PlanQuestion {
  /** The plan's own sentence. */
  readonly sentence: string;
  readonly need: PlanNeed;
  /** What it is about, where that is not clear: `acr.sku-premium on acrmlsim and 4 more`. */
  readonly about?: string;
}

/** What a plan that has no step at all waits for, for this finding; null where no answer helps. */
export const needOf = (plan: Plan, finding: string): PlanQuestion | null =>
  plan.steps.length > 0 ? null : questionOf(plan, finding);

/** What a plan leaves this finding out for. */
function questionOf(plan: Plan, finding: string): PlanQuestion | null {
  const sentence = plan.skipped.find((skip) => skip.finding === finding)?.reason;
  const need = sentence === undefined ? null : readNeed(sentence);
  return need === null || sentence === undefined ? null : { sentence, need };
}

/** Puts the question; the answer with its name. Throws Failure (exit 4) when it is cancelled. */
export async function askNeed(
  context: Pick<CommandContext, 'ask'>,
  { sentence, need, about }: PlanQuestion,
): Promise<readonly [string, string]> {
  const title = clean(about === undefined ? sentence : `${about}: ${sentence}`, 900);
  if (need.kind === 'text') {
    const value = await context.ask.text({
      name: need.name,
      title,
      ...(need.suggestion === null ? {} : { suggestion: need.suggestion }),
    });
    return [need.name, value];
  }
  const [only] = need.options;
  const names = new Set(need.options.map(({ name }) => name));
  // Where the choices carry different names, an answer given beforehand cannot be meant by one of them.
  const isOfOneName = names.size === 1;
  const chosen = await context.ask.choose({
    name: isOfOneName ? (only?.name ?? '') : [...names].join('|'),
    title,
    choices: need.options.map(({ name, value, says }, index) => ({
      value: isOfOneName ? value : String(index),
      label: says === '' ? `${name} = ${value}` : `${name} = ${value} (${says})`,
    })),
  });
  const option = isOfOneName ? need.options.find(({ value }) => value === chosen) : need.options[Number(chosen)];
  return [option?.name ?? '', option?.value ?? ''];
}

/** The question with its finding, where the plan has more than that. */
function aboutIn({ skipped, steps }: Plan, finding: string, question: PlanQuestion | null): PlanQuestion[] {
  if (question === null) return [];
  if (skipped.length + steps.length < 2) return [question];
  const alike = skipped.filter(({ reason }) => reason === question.sentence).length;
  return [{ ...question, about: `${shortFinding(finding)}${alike > 1 ? ` and ${alike - 1} more` : ''}` }];
}

export interface Planned {
  readonly plan: Plan;
  /** With the answers. */
  readonly request: PlanRequest;
  /** The command line that would make the same plan without asking. */
  readonly line: string;
}

/**
 * The plan of a fix, asking for missing input where a user is present: for each finding that is named by its id, and for those of a
 * rule where nothing can be planned otherwise. Every question comes before the plan. Throws Failure (exit 4) when cancelled.
 */
export async function planAsking(
  context: Pick<CommandContext, 'ask' | 'flags' | 'host' | 'line'>,
  request: PlanRequest,
  planOf: (request: PlanRequest) => Plan,
): Promise<Planned> {
  let asking = request;
  let line = context.line ?? 'fix';
  const questionIn = (plan: Plan, finding: string): PlanQuestion | null =>
    request.targets.includes(finding) ? questionOf(plan, finding) : needOf(plan, finding);
  // An answer that does not fit one finding may fit another: it is not asked for twice.
  const isOpen = ({ need }: PlanQuestion): boolean =>
    (need.kind === 'text' ? [need] : need.options).every(({ name }) => asking.answers[name] === undefined);
  for (;;) {
    const plan = planOf(asking);
    const all = plan.skipped.flatMap(({ finding }) => aboutIn(plan, finding, questionIn(plan, finding)));
    const asked = plan.steps.length === 0 ? all[0] : all.find(isOpen);
    if (!asked || request.targets === 'all' || !context.host.interactive || context.flags.dryRun)
      return { plan, request: asking, line };
    const [name, value] = await askNeed(context, asked);
    // The same answer again leads to the same plan.
    if (asking.answers[name] === value) return { plan, request: asking, line };
    asking = { ...asking, answers: { ...asking.answers, [name]: value } };
    line = `${line} --answer ${quoteWord(`${name}=${value}`)}`;
  }
}

/** The same, with the names read that the plan chooses; `snapshot`: the one that it is made of. */
export async function* planNamed(
  context: Pick<CommandContext, 'ask' | 'flags' | 'host' | 'line' | 'signal'>,
  session: Pick<Session, 'plan' | 'named'>,
  wanted: PlanRequest,
  scanned: Snapshot,
): AsyncGenerator<SessionEvent, Planned & { readonly snapshot: Snapshot }> {
  const asked = await planAsking(context, wanted, (one) => session.plan(scanned, one));
  const snapshot = yield* session.named(scanned, (of) => [session.plan(of, asked.request)], context.signal);
  return { ...asked, plan: session.plan(snapshot, asked.request), snapshot };
}
