// The walk where nobody is asked: with `--yes` every problem is answered with yes, in the guide's order, where its
// plan has no effects but allowed ones; with `--dry-run`
// nothing is sent and the order itself is the answer.

import { notAllowed } from '../../src/command/allowed-effects.ts';
import { confirmPlan } from '../../src/command/send.ts';
import { isFailure } from '../../src/model/failure.ts';
import { shownAt, withAnswer } from '../../src/model/guide-progress.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { RuleEntry } from '../../src/model/rule-entry.ts';
import { clean } from '../../src/model/text.ts';
import { line } from '../../src/model/words.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { carryOut } from './guide-act.ts';
import { type OpenProblem, queueOf } from './guide-queue.ts';
import type { GuideResult, HeldBack } from './guide-result.ts';
import { answersFor, type GuideSession, guidePosition, interruptedGuide, resultOf } from './guide-session.ts';

export async function* runUnattended(
  guideSession: GuideSession,
  answers: Readonly<Record<string, string>>,
): AsyncGenerator<SessionEvent, GuideResult> {
  const { context, session, store } = guideSession;
  if (guideSession.looksOnly) return inOrder(guideSession);
  /** Nothing is tried twice. */
  const tried = new Set<string>();
  const held: HeldBack[] = [];
  for (;;) {
    if (context.signal.aborted) throw interruptedGuide(guideSession);
    const here = await guidePosition(guideSession, tried);
    const item = here.queue.next;
    if (item === null) return withHeld(await resultOf(here, guideSession, false), held);
    const [first] = item.findings;
    const progress = await store.update((now) => shownAt(now, first.id));
    const known = answersFor(progress, item.findings, item.before);
    if (item.asked !== null) {
      const { need } = item.asked;
      const names = need.kind === 'text' ? [need.name] : need.options.map(({ name }) => name);
      const name = names.find((one) => answers[one] !== undefined && known[one] === undefined);
      if (name === undefined) {
        for (const { id } of item.findings) tried.add(id);
        held.push(...leftOut(item, { because: 'answer', data: names }));
      } else await store.update((now) => withAnswer(now, first.id, name, answers[name] ?? ''));
      continue;
    }
    for (const { id } of item.findings) tried.add(id);
    const news = introducedBy(item.plan, context.rules);
    if (news !== undefined) {
      held.push(...leftOut(item, { because: 'introduces', data: [news] }));
      context.say(
        `${clean(item.problem.headline)}: not applied, because it introduces ${news}. To apply it: \`bastide fix ${first.rule}\`.`,
      );
      continue;
    }
    const confirmed = await confirmPlan(context, session, item.plan).catch((error: unknown) => {
      if (isFailure(error) && error.code === notAllowed) return error;
      throw error;
    });
    if (isFailure(confirmed)) {
      const { effects } = confirmed.details as { readonly effects: readonly string[] };
      held.push(...leftOut(item, { because: 'effects', data: effects }));
      context.say(`${clean(item.problem.headline)}: ${confirmed.message} ${confirmed.next}`);
      continue;
    }
    const acted = yield* carryOut(guideSession, item, confirmed, known);
    for (const words of [line(clean(item.problem.headline)), ...acted.news])
      context.say(words.map(({ text }) => text).join(''));
    guideSession.snapshot = acted.isWhole
      ? (session.latest() ?? guideSession.snapshot)
      : yield* session.scan(context.signal);
  }
}

const leftOut = (item: OpenProblem, why: Pick<HeldBack, 'because' | 'data'>): HeldBack[] =>
  item.findings.map(({ id }) => ({ finding: id, ...why }));

/** What was shown and not applied is told with the reason, and is not among what was not shown. */
function withHeld(result: GuideResult, all: readonly HeldBack[]): GuideResult {
  const open = new Set(result.left.map(({ finding }) => finding));
  const held = all.filter(({ finding }) => open.has(finding));
  if (held.length === 0) return result;
  const own = new Set(held.map(({ finding }) => finding));
  return { ...result, held, left: result.left.filter(({ finding }) => !own.has(finding)) };
}

/** What a plan introduces of medium severity or above: what was not asked for by name does not. */
function introducedBy({ preview }: Plan, rules: readonly RuleEntry[]): string | undefined {
  const grave = (id: string) =>
    rules.some((one) => one.id === id && ['critical', 'high', 'medium'].includes(one.severity));
  return preview.introduces.map((finding) => finding.split('@')[0] ?? '').find(grave);
}

/** Each problem in its turn costs a plan, and whoever looks wants to see how it begins. */
const mostTurns = 20;

/** Nothing is sent: the next problems in their turns, as if each had been passed over. */
async function inOrder(guideSession: GuideSession): Promise<GuideResult> {
  const here = await guidePosition(guideSession);
  const turns: OpenProblem[] = [];
  let { open } = here;
  let { queue } = here;
  while (queue.next !== null && turns.length < mostTurns) {
    const { problem } = queue.next;
    turns.push(queue.next);
    open = open.filter((one) => one.problem.id !== problem.id);
    queue = queueOf(open, here.planOf);
  }
  return {
    ...(await resultOf({ ...here, queue }, guideSession, turns.length > 0)),
    order: turns.map(({ findings }) => findings[0].id),
    turns: turns.map(({ problem }) => ({ problem: problem.id, headline: problem.headline })),
    further: open.length,
  };
}
