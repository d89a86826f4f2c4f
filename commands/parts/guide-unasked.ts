// The walk where nobody is asked: with `--yes` every finding is answered with yes, in the guide's order; with `--dry-run`
// nothing is sent and the order itself is the answer.

import { confirmPlan } from '../../src/command/send.ts';
import { shownAt, withAnswer } from '../../src/model/guide-progress.ts';
import { line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { carryOut } from './guide-act.ts';
import { queueOf } from './guide-queue.ts';
import type { Walk } from './guide-result.ts';
import { answersFor, leftBehind, resultOf, type Sitting, standing } from './guide-sitting.ts';

export async function* walkUnasked(
  sitting: Sitting,
  answers: Readonly<Record<string, string>>,
): AsyncGenerator<SessionEvent, Walk> {
  const { context, session, store } = sitting;
  if (sitting.looksOnly) return inOrder(sitting);
  /** Nothing is tried twice. */
  const tried = new Set<string>();
  for (;;) {
    if (context.signal.aborted) throw leftBehind(sitting);
    const here = await standing(sitting, tried);
    const item = here.queue.next;
    if (item === null) return await resultOf(here, sitting, false);
    const [first] = item.findings;
    const progress = await store.update((now) => shownAt(now, first.id));
    const known = answersFor(progress, item.findings, item.before);
    if (item.asked !== null) {
      const { need } = item.asked;
      const names = need.kind === 'text' ? [need.name] : need.options.map(({ name }) => name);
      const name = names.find((one) => answers[one] !== undefined && known[one] === undefined);
      if (name === undefined) tried.add(first.id);
      else await store.update((now) => withAnswer(now, first.id, name, answers[name] ?? ''));
      continue;
    }
    tried.add(first.id);
    const acted = yield* carryOut(sitting, item, await confirmPlan(context, session, item.plan), known);
    for (const words of [line(spokenId(first.id)), ...acted.news]) context.say(words.map(({ text }) => text).join(''));
    sitting.snapshot = acted.isWhole ? (session.latest() ?? sitting.snapshot) : yield* session.scan(context.signal);
  }
}

/** Each finding in its turn costs a plan, and whoever looks wants to see how it begins. */
const mostTurns = 20;

/** Nothing is sent: the next findings in their turns, as if each had been passed over. */
async function inOrder(sitting: Sitting): Promise<Walk> {
  const here = await standing(sitting);
  const order: string[] = [];
  let { open } = here;
  let { queue } = here;
  while (queue.next !== null && order.length < mostTurns) {
    const [{ id: turn }] = queue.next.findings;
    order.push(turn);
    open = open.filter(({ id }) => id !== turn);
    queue = queueOf(open, here.planOf);
  }
  return { ...(await resultOf({ ...here, queue }, sitting, order.length > 0)), order };
}
