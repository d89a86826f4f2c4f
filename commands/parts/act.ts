// From a plan to its result, shared by fix, apply, undo, redo and create. Sending itself is src/command/send.ts.

import { type ActOutcome, actOutcome, countsWords, isHidden, type StepCounts } from '../../src/command/act-outcome.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { stepWords } from '../../src/command/progress-words.ts';
import { applyConfirmed, confirmPlan } from '../../src/command/send.ts';
import { countedIn, rollUpWords } from '../../src/model/compare.ts';
import { byOthersWords } from '../../src/model/drift-words.ts';
import { otherWords } from '../../src/model/entry.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue } from '../../src/model/failure.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { type Overwrote, overwroteTexts } from '../../src/model/overwrote.ts';
import type { PathAnswer } from '../../src/model/path.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Problem } from '../../src/model/problem.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { noChanges } from '../../src/plan/describe.ts';
import { laterText, notUndoneText } from '../../src/plan/not-undone.ts';
import { spokenId } from '../../src/render/change-text.ts';
import { planLines } from '../../src/render/plan-text.ts';
import type { ActCounts, ApplyResult, PlanOffer, Session, SessionEvent } from '../../src/session/session.ts';
import { introducedFailure, introducedLines, reverseWords } from './introduced.ts';
import { withManagers, withManagersOffered } from './managed.ts';
import { offerRest } from './rest.ts';
import { planExit, planJson, planUnread, refuseRefused, whatIfFailure } from './what-if.ts';

/** Throws Failure (exit 4) when this session may not write. */
export function requireWritable(context: CommandContext, session: Session): void {
  // Such a host refuses to apply by itself, after the plan was shown.
  if (context.flags.dryRun || context.previews || !(context.flags.readOnly || session.readOnly)) return;
  const files = session.source.kind === 'files';
  throw new Failure(
    'read-only',
    exitStatus.notSent,
    files
      ? 'Files are read-only: changes cannot be applied to them.'
      : 'This session is read-only, so nothing was sent.',
    files ? 'Use --dry-run to see the plan.' : 'Remove --read-only, or use --dry-run to see the plan.',
  );
}

/** Settles what an earlier run left open, before anything else is planned or sent. A dry run reads, and waits for nothing. */
export async function* settleFirst(context: CommandContext): AsyncGenerator<SessionEvent, void> {
  const session = await context.session();
  if (context.flags.dryRun || context.flags.readOnly || session.readOnly) return;
  yield* session.recover(context.signal);
  await offerRest(context, session);
}

/** What became of a plan: shown only, or applied. */
export type ActResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'outcome'; readonly outcome: ApplyResult; readonly path?: PathAfter };

/** The path that an act was to open, judged from what was read after it. `unknown`: what it needs was not read. */
export type PathAfter = Pick<PathAnswer, 'verdict' | 'because'>;

export const actJson = (result: ActResult): object =>
  result.kind === 'plan'
    ? planJson(result.plan)
    : { ...result.outcome, ...(result.path === undefined ? {} : { path: result.path }) };

/** Shows the plan, asks, writes. With --dry-run the plan is the result. `offer`: what may be added to it when it is shown. */
export async function* act(
  context: CommandContext,
  session: Session,
  made: Plan,
  offered?: PlanOffer,
): AsyncGenerator<SessionEvent, ActResult> {
  const isShown = context.flags.dryRun || !context.flags.yes;
  const offer = offered && (yield* withManagersOffered(context, session, offered));
  const plan = offer?.plan ?? (isShown ? yield* withManagers(context, session, made) : made);
  if (context.flags.dryRun) return { kind: 'plan', plan };
  // An undo or resume that finds its work done is still recorded, so that the next one means the act before.
  if ((offer?.whole ?? plan).steps.length === 0 && plan.of === null && plan.alreadySet === undefined) {
    return { kind: 'outcome', outcome: nothingDone(plan) };
  }
  requireWritable(context, session);
  refuseRefused(context, plan);
  const confirmed = await confirmPlan(context, session, plan, offer);
  const outcome = yield* applyConfirmed(context, session, confirmed);
  return { kind: 'outcome', outcome };
}

export const nothingDone = (
  { skipped, gaps, unjudged }: Pick<Plan, 'skipped' | 'gaps' | 'unjudged'> = { skipped: [] },
): ApplyResult => ({
  entry: null,
  state: 'done',
  steps: [],
  verified: { introduced: [], resolved: [], persisting: [], unknown: [], notApplicable: [] },
  skipped,
  gaps: gaps ?? [],
  ...(unjudged === undefined ? {} : { unjudged }),
  ended: null,
  vanished: [],
});

const overwroteLooks: Readonly<Record<Overwrote['reason'], readonly [label: string, look: string]>> = {
  known: ['overwritten    ', 'warn'],
  'created-again': ['created again  ', 'warn'],
  'not-known': ['not known      ', 'unknown'],
  'nothing-by-records': ['change records ', 'dim'],
};

/** The lines of an outcome, or of the plan that a dry run returned. */
export const actLines = (result: ActResult): Line[] =>
  result.kind === 'plan'
    ? planLines(result.plan)
    : [...outcomeLines(result.outcome), ...(result.path === undefined ? [] : [pathAfterLine(result.path)])];

const pathAfterLine = (path: PathAfter): Line => {
  if (path.verdict === 'allowed') return line(['✓ ', 'ok'], 'The path is allowed.');
  const look = path.verdict === 'unknown' ? (['? ', 'unknown'] as const) : (['✗ ', 'bad'] as const);
  return line(look, pathAfterWords(path));
};
const pathAfterWords = ({ because, verdict }: PathAfter): string => {
  const is = { allowed: 'is allowed', denied: 'is denied', partly: 'is allowed in part', unknown: 'is not known' }[
    verdict
  ];
  return `After the changes, the path ${is}: ${clean(because, 600)}`;
};

export function outcomeLines(outcome: ApplyResult): Line[] {
  const { resolved, persisting, unknown, broughtBack = [], notApplicable, rollUps } = outcome.verified;
  const { resolvedByOthers = [] } = outcome.verified;
  const count = (ids: readonly string[]) => countedIn(ids, rollUps);
  const list = (ids: readonly string[], label: string, role: string): Line[] =>
    ids.map((id) => line([label.padEnd(15), role], spokenId(id), [rollUpWords(id, rollUps), 'dim']));
  const looks = { done: ['✓', 'ok'], failed: ['✗', 'bad'], skipped: ['·', 'dim'], unknown: ['?', 'unknown'] } as const;
  return [
    ...introducedLines(outcome.verified),
    ...(outcome.steps.length === 0 ? [line(noChanges(outcome))] : []),
    ...outcome.steps.map((step, index) =>
      line(
        [`${looks[step.state][0]} `, looks[step.state][1]],
        `${index + 1}. ${nameInParent(step.resource)}  ${stepWords[step.state]}`,
        ...(step.message === null ? [] : [[`  ${step.message}`, 'dim'] as const]),
      ),
    ),
    ...(isSplit(outcome.counts) ? [line(countsWords(outcome.counts))] : []),
    ...list(resolved, 'resolved', 'ok'),
    ...resolvedByOthers.map((id) =>
      line(['passes now     ', 'ok'], spokenId(id), [`${rollUpWords(id, rollUps)}  ${byOthersWords}`, 'dim']),
    ),
    ...list(persisting, 'still failing', 'bad'),
    ...list(unknown, 'unknown', 'unknown'),
    ...list(broughtBack, 'fails again', 'warn'),
    ...(broughtBack.length === 0 ? [] : [line(broughtBackWords(count(broughtBack)))]),
    ...notApplicable.map(({ finding, reason }) =>
      line(['not applicable ', 'warn'], `${spokenId(finding)}: `, [clean(reason, 600), 'dim']),
    ),
    ...(outcome.irreversible ?? []).map((text) => line(['undo limit     ', 'warn'], clean(text, 600))),
    ...outcome.skipped.map((skip) =>
      line(['not included   ', 'dim'], `${spokenId(skip.finding)}${rollUpWords(skip.finding, rollUps)}: `, [
        skip.reason,
        'dim',
      ]),
    ),
    ...(outcome.gaps ?? []).map((gap) => line(['not accessible ', 'unknown'], `${gap.id}: `, [gap.reason, 'dim'])),
    ...(resolved.length + persisting.length + unknown.length === 0
      ? []
      : [line(`${count(resolved)} resolved, ${count(persisting)} still failing, ${count(unknown)} unknown`)]),
    ...outcome.vanished.map(({ resource, pointer, value }) =>
      line(['overwritten    ', 'warn'], `${nameInParent(resource)} ${pointer}: ${clean(stringifyJson(value), 200)}`, [
        value === null ? '  Another client had removed this.' : '  Another client had set this.',
        'dim',
      ]),
    ),
    ...overwroteTexts(outcome.steps, outcome.entry).map(({ reason, text }) => line(overwroteLooks[reason], text)),
    ...(outcome.vanished.length === 0
      ? []
      : [line(['To preview restoring it: ', 'dim'], [`bastide restore ${outcome.entry}`, 'key'])]),
    ...(outcome.entry === null
      ? []
      : [line([`Saved to history as ${outcome.entry}: see `, 'dim'], ['bastide history', 'key'])]),
  ];
}

/** What an undo brings back is what was asked for. */
const broughtBackWords = (count: number): string =>
  `Brought back: ${counted(count, 'finding')} that failed before the undone changes, and ${count === 1 ? 'does' : 'do'} not count for the exit status.`;

/** Is an act made by several runs, or not wholly? */
const isSplit = (counts: ApplyResult['counts']): counts is ActCounts =>
  counts !== undefined && counts.before + counts.left + counts.unknown > 0;

/**
 * 0 when every write is done, 1 when that introduced something critical or high or a path is not open after it, 3 when a read after it failed that leaves open what it
 * did; 5 when some write is not done, or when the act was ended after something was sent (docs/exit-codes.md). What Azure rejected whole is a
 * Failure.
 */
export function actExit(result: ActResult): ExitStatus {
  if (result.kind === 'outcome') {
    const status = outcomeExit(result.outcome);
    const { verdict = 'allowed' } = result.path ?? {};
    if (verdict === 'allowed' || status === exitStatus.findings || status === exitStatus.partial) return status;
    return verdict === 'unknown' ? exitStatus.gaps : exitStatus.findings;
  }
  return movedIn(result.plan).length > 0 ? exitStatus.notSent : planExit(result.plan);
}

/** Steps that were changed by others since the plan was made: `apply` sends nothing of it. */
const movedIn = ({ steps }: Plan) => steps.filter(({ standing }) => standing === 'moved');

export function outcomeExit(outcome: ApplyResult): ExitStatus {
  const { reason } = actOutcome(outcome);
  if (reason === 'introduced') return exitStatus.findings;
  if (reason !== 'done') return exitStatus.partial;
  return isHidden(outcome) || outcome.unjudged !== undefined ? exitStatus.gaps : exitStatus.done;
}

export function actFailure(result: ActResult): FailureValue | null {
  if (result.kind === 'outcome') {
    const { outcome, path } = result;
    const failure = outcomeFailure(outcome);
    if (failure !== null || path === undefined || path.verdict === 'allowed' || path.verdict === 'unknown')
      return failure;
    return {
      code: 'path-not-open',
      message: pathAfterWords(path),
      next: `Run the command again with --dry-run to see what stops it now.${outcome.entry === null ? '' : reverseText(outcome)}`,
      ...detailsOf(outcome.entry),
    };
  }
  const { rehearsal } = result.plan;
  const moved = movedIn(result.plan);
  if (moved.length > 0)
    return {
      code: 'drift',
      message: `Changed after the plan was made: ${moved.map(({ change }) => nameInParent(change.resource)).join(', ')}. Nothing of the plan is sent.`,
      next: 'Review the current settings, and make a new plan.',
    };
  return rehearsal ? whatIfFailure(rehearsal) : null;
}

export function outcomeFailure(outcome: ApplyResult): FailureValue | null {
  const { entry } = outcome;
  const came = actOutcome(outcome);
  switch (came.reason) {
    case 'done':
      return null;
    case 'introduced':
      return introducedFailure(came.data.severe, entry, reverseWords(outcome.reversedBy));
    case 'partly-undone':
      return {
        code: 'partly-undone',
        message: came.data.left.map(notUndoneText).join(' '),
        next: laterText(came.data.left, 'bastide undo'),
        ...detailsOf(entry),
      };
    case 'partly-restored':
      return {
        code: 'partly-restored',
        message: `Restored in part. ${came.data.left.map(({ why }) => why).join(' ')}`,
        next: 'See `bastide drift` with the same flags.',
        ...detailsOf(entry),
      };
    default:
      return unfinishedFailure(outcome, came);
  }
}

const detailsOf = (entry: string | null) => (entry === null ? {} : { details: { entry } });

/** Some step was not made, or is not known, or the act ended early. */
function unfinishedFailure(
  outcome: ApplyResult,
  came: Extract<ActOutcome, { readonly data: StepCounts }>,
): FailureValue {
  const { counts, entry, remaining = 0, steps } = outcome;
  const { made, of } = came.data;
  const before = counts === undefined || counts.before === 0 ? '' : ` (${counts.before} of them before this run)`;
  const applied = `${made} of ${counted(of, 'change')} ${of === 1 ? 'was' : 'were'} applied${before}`;
  const rest = remaining > 0 ? ` To send ${otherWords(remaining)}, run \`bastide resume\`.` : '';
  const reverse = made > 0 ? `${rest}${reverseText(outcome)}` : '';
  if (came.reason === 'open') {
    const unknown = steps.find((step) => step.state === 'unknown');
    const name = unknown === undefined ? '' : nameInParent(unknown.resource);
    const left = counts?.left ?? 0;
    const others = left === 0 ? '' : `, ${left} ${left === 1 ? 'was' : 'were'} not made`;
    const later = left === 0 ? '' : ` After that, \`bastide resume\` sends ${otherWords(left)}.`;
    return {
      code: 'outcome-unknown',
      message: `${applied}${others}, and the outcome for ${name} is not known: ${unknown?.message ?? 'it was sent, and no result was read.'}`,
      next: `Run \`bastide audit\`: it reads the outcome and records it in the history.${later}${arrivalWords(unknown)}`,
      ...detailsOf(entry),
    };
  }
  if (came.reason === 'ended') {
    const { code, message, next } = came.data.why;
    return {
      code,
      message: `${applied}. ${message}`,
      next: `${next}${reverse}`,
      ...detailsOf(entry),
    };
  }
  const failed = steps.find((step) => step.state === 'failed') ?? steps.find(({ flaw }) => flaw !== undefined);
  const refusal = failed?.message;
  const advice = failed?.next === undefined ? '' : `${failed.next} `;
  return {
    code: came.reason === 'partial' ? 'partly-done' : 'not-applied',
    message: `${applied}${refusal ? `: ${refusal}` : '.'}`,
    next: `${advice}See \`bastide history\`.${reverse}`,
    ...detailsOf(entry),
  };
}

/** How to reverse what an act made in part. An undo is redone only once all of it is made; another undo would finish it. */
function reverseText({ remaining = 0, reversedBy = 'undo', state }: ApplyResult): string {
  if (reversedBy === 'undo') return ' To undo the applied changes, run `bastide undo`.';
  if (reversedBy === null) return '';
  if (state === 'done') return reverseWords('redo');
  return remaining > 0 ? ' After that, `bastide redo` applies the undone changes again.' : '';
}

const arrivalWords = (step: ApplyResult['steps'][number] | undefined): string =>
  step?.until === undefined ? '' : ` The request may still arrive until ${step.until.slice(11, 19)} UTC.`;

/** How the commands show it that have no other result. `gather`: the problems for a document, computed when one is made. */
export const actOutput = {
  documents: ['markdown'] as const,
  document: async (result: ActResult & { gather?(): readonly Problem[] }): Promise<string> =>
    (await import('./act-markdown.ts')).actMarkdown(result, result.gather?.()),
  json: actJson,
  text: actLines,
  exit: actExit,
  failure: actFailure,
  unread: (result: ActResult): readonly string[] => planUnread(result.kind === 'plan' ? result.plan : result.outcome),
};
