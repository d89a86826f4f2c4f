// The walk with the operator: the next problem, its question, what comes of the answer. Nothing is sent that no question showed.
import type { Choice, RuleEntry } from '../../src/command/definition.ts';
import { askNeed } from '../../src/command/needs.ts';
import { type ConfirmedPlan, chooseOrConfirm, withWhatIf } from '../../src/command/send.ts';
import { interruptedAct, madeWords, otherWords } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import { shownAt, withAnswer, withoutAnswers, withSeen, withSkipped } from '../../src/model/guide-progress.ts';
import { headlineParts } from '../../src/model/problem.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { whatIfTextLines } from '../../src/render/what-if-text.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { carryOut, outlived, sendRest, undoEntry } from './guide-act.ts';
import { explainLines, itemLines, planLines, subjectOf } from './guide-lines.ts';
import { type QueueItem, worstAlone } from './guide-queue.ts';
import { endLine, type GuideResult } from './guide-result.ts';
import { answersFor, type GuidePosition, type GuideSession, guidePosition, resultOf } from './guide-session.ts';
import { withManagers } from './managed.ts';

type Answer = 'yes' | 'all' | 'one' | 'no' | 'rehearse' | 'explain' | 'problem' | 'back' | 'stop';

export async function* runGuide(guideSession: GuideSession): AsyncGenerator<SessionEvent, GuideResult> {
  for (;;) {
    yield* restOffered(guideSession);
    const here = await guidePosition(guideSession);
    if (here.queue.next === null && guideSession.last === null) return await resultOf(here, guideSession, false);
    const { answer, item, confirmed } = yield* asked(guideSession, here);
    if (answer === 'stop') return await resultOf(here, guideSession, item !== null);
    if (answer === 'back') yield* back(guideSession);
    else if (item === null) return await resultOf(here, guideSession, false);
    else if (answer === 'no') await putAside(guideSession, item);
    else if (item.asked !== null) await answered(guideSession, item);
    else if (confirmed !== null) yield* sent(guideSession, item, confirmed, here);
  }
}

interface Turn {
  readonly answer: Answer;
  /** What the answer is about; null at the end. */
  readonly item: QueueItem | null;
  /** The item's plan, where the answer applies it. */
  readonly confirmed: ConfirmedPlan | null;
}

/** Puts the question, and explains as often as wished. What was simulated is sent with what came of that. */
async function* asked(guideSession: GuideSession, here: GuidePosition): AsyncGenerator<SessionEvent, Turn> {
  const { context, store } = guideSession;
  const { planOf, at } = here;
  let { queue } = here;
  let item = queue.next;
  if (item !== null && item.asked === null) {
    item = { ...item, plan: yield* withManagers(context, guideSession.session, item.plan) };
    queue = { ...queue, next: item };
  }
  if (item !== null) {
    const [first] = item.findings;
    await store.update((now) => shownAt(now, first.id));
  }
  let lines = shown(item, guideSession, here);
  /** The explanation or the what-if is shown: Esc goes back to the problem. */
  let isAside = false;
  for (;;) {
    const whole = queue.next;
    const alone = item === null || item !== whole ? null : worstAlone(item, planOf);
    const question = {
      name: 'guide',
      title: titleOf(item),
      lines,
      news: guideSession.news,
      choices: choicesOf(item, whole, alone, isAside, guideSession),
      calm: isAside ? 'problem' : 'stop',
      ...(item === null ? {} : { progress: at }),
    };
    const { value, confirmed } =
      item === null || item.asked !== null
        ? { value: await context.ask.choose(question), confirmed: null }
        : await chooseOrConfirm(context, guideSession.session, question, { value: 'yes', plan: item.plan });
    const answer = value as Answer;
    guideSession.news = [];
    if (item === null) return { answer, item, confirmed };
    if (answer === 'explain') {
      lines = explainLines(item, rulesOf(item, guideSession));
      isAside = true;
      continue;
    }
    if (answer === 'rehearse') {
      const { plan }: QueueItem = yield* simulated(item, guideSession);
      // The item of the queue is the whole problem, with or without a what-if.
      const isWhole = item === whole;
      item = { ...item, plan };
      if (isWhole) queue = { ...queue, next: item };
      isAside = plan.rehearsal !== undefined;
      lines = plan.rehearsal === undefined ? lines : whatIfTextLines(plan.rehearsal);
      continue;
    }
    if (answer !== 'all' && answer !== 'one' && answer !== 'problem') return { answer, item, confirmed };
    if (answer !== 'problem') item = (answer === 'one' ? alone : whole) ?? item;
    lines = shown(item, guideSession, here);
    isAside = false;
  }
}

/** The item with its plan simulated. A refusal of the what-if itself is news, and the question is put again. */
async function* simulated(item: QueueItem, guideSession: GuideSession): AsyncGenerator<SessionEvent, QueueItem> {
  const { context, session, snapshot } = guideSession;
  try {
    return { ...item, plan: yield* withWhatIf(context, session, item.plan, snapshot) };
  } catch (error) {
    guideSession.news = outlived(error);
    return item;
  }
}

const rulesOf = ({ findings }: QueueItem, { context }: GuideSession): readonly RuleEntry[] => {
  const wanted = new Set(findings.map(({ rule }) => rule));
  return context.rules.filter(({ id }) => wanted.has(id));
};
const shown = (
  item: QueueItem | null,
  guideSession: GuideSession,
  { progress, report }: Pick<GuidePosition, 'progress' | 'report'>,
): readonly Line[] =>
  item === null ? [endLine(report)] : itemLines(item, rulesOf(item, guideSession), progress.skipped);

function titleOf(item: QueueItem | null): string {
  if (item === null) return 'Done';
  const { findings, problem } = item;
  const [first] = findings;
  const what =
    findings.length === 1 ? subjectOf(first) : `${clean(headlineParts(problem)[0], 160)}   ${findings.length} findings`;
  return `${first.severity}   ${what}`;
}

function choicesOf(
  item: QueueItem | null,
  whole: QueueItem | null,
  alone: QueueItem | null,
  isAside: boolean,
  { looksOnly, last }: GuideSession,
): Choice[] {
  const undo: Choice[] = last === null ? [] : [{ value: 'back', key: 'b', label: 'undo' }];
  if (item === null) return [{ value: 'stop', key: 's', label: 'finish' }, ...undo];
  const yes: Choice =
    item.asked === null ? { value: 'yes', key: 'y', label: 'apply' } : { value: 'yes', key: 'y', label: 'answer' };
  const count = whole?.findings.length ?? 0;
  const isPart = item.findings.length < count;
  const group: Choice[] = isPart
    ? [{ value: 'all', key: 'a', label: `all ${count}` }]
    : alone === null
      ? []
      : [{ value: 'one', key: 'o', label: 'one by one' }];
  return [
    ...(looksOnly ? [] : [yes]),
    { value: 'no', key: 'n', label: looksOnly ? 'next' : 'skip' },
    ...group,
    ...(maySimulate(item) ? [{ value: 'rehearse', key: 'r', label: 'what-if' }] : []),
    ...(isAside
      ? [{ value: 'problem', key: 'p', label: 'problem' }]
      : [{ value: 'explain', key: 'e', label: 'explain' }]),
    ...undo,
    { value: 'stop', key: 's', label: 'stop' },
  ];
}

/** Once, and only what has been decided: what still asks for an answer has no plan yet. */
const maySimulate = ({ asked: open, plan: { steps, rehearsal } }: QueueItem): boolean =>
  open === null && steps.length > 0 && rehearsal === undefined;

async function putAside({ store, looksOnly }: GuideSession, { findings }: QueueItem): Promise<void> {
  const put = looksOnly ? withSeen : withSkipped;
  await store.update((now) => findings.reduce((progress, { id }) => put(progress, id), now));
}

/** An answer that a guided fix needs is kept until its plan is sent, so that it need not be given twice. */
async function answered(guideSession: GuideSession, item: QueueItem): Promise<void> {
  const [first] = item.findings;
  if (item.asked === null) return;
  try {
    const [name, value] = await askNeed(guideSession.context, item.asked);
    await guideSession.store.update((now) => withAnswer(now, first.id, name, value));
  } catch (error) {
    if (!isFailure(error) || error.code !== 'cancelled') throw error;
    await guideSession.store.update((now) => withoutAnswers(now, [first.id]));
    guideSession.news = [line(['Cancelled; nothing was sent.', 'dim'])];
  }
}

async function* sent(
  guideSession: GuideSession,
  item: QueueItem,
  confirmed: ConfirmedPlan,
  { progress }: GuidePosition,
): AsyncGenerator<SessionEvent, void> {
  const { context, session } = guideSession;
  const acted = yield* carryOut(guideSession, item, confirmed, answersFor(progress, item.findings, item.before));
  guideSession.news = acted.news;
  guideSession.last = acted.entry ?? guideSession.last;
  guideSession.snapshot = acted.isWhole
    ? (session.latest() ?? guideSession.snapshot)
    : yield* session.scan(context.signal);
}

/** What is left of the newest act is offered before the next problem, once. */
async function* restOffered(guideSession: GuideSession): AsyncGenerator<SessionEvent, void> {
  const { context, session, looksOnly } = guideSession;
  if (looksOnly) return;
  const entry = interruptedAct(await session.history());
  if (entry === undefined || guideSession.leftAlone.has(entry.id)) return;
  const plan = await session.planResume(entry.id, context.signal).catch((error: unknown) => {
    guideSession.news = outlived(error);
    return null;
  });
  const confirmed =
    plan === null
      ? null
      : (
          await chooseOrConfirm(
            context,
            session,
            {
              name: 'guide',
              title: `Interrupted run: ${madeWords(entry)}`,
              lines: [line([clean(entry.line, 300), 'dim']), [], ...planLines(plan)],
              news: guideSession.news,
              choices: [
                {
                  ...{ value: 'yes', key: 'y' },
                  label: plan.steps.length === 0 ? 'save to history' : `send ${otherWords(plan.steps.length)}`,
                },
                { value: 'no', key: 'n', label: 'skip' },
              ],
              calm: 'no',
            },
            { value: 'yes', plan },
          )
        ).confirmed;
  if (plan !== null) guideSession.news = [];
  if (confirmed === null) {
    guideSession.leftAlone.add(entry.id);
    return;
  }
  const acted = yield* sendRest(guideSession, entry, confirmed);
  guideSession.news = acted.news;
  guideSession.last = acted.entry ?? guideSession.last;
  if (!acted.isWhole) guideSession.leftAlone.add(entry.id);
  guideSession.snapshot = acted.isWhole
    ? (session.latest() ?? guideSession.snapshot)
    : yield* session.scan(context.signal);
}

/** Undo has its own preview and its own question. */
async function* back(guideSession: GuideSession): AsyncGenerator<SessionEvent, void> {
  const { context, session, last } = guideSession;
  if (last === null) return;
  const plan = await session.planUndo(last, context.signal).catch((error: unknown) => {
    guideSession.news = outlived(error);
    return null;
  });
  if (plan === null) return;
  const question = {
    name: 'guide',
    title: `Undo entry ${last}?`,
    lines: planLines(plan),
    choices: [
      { value: 'yes', key: 'y', label: 'undo' },
      { value: 'no', key: 'n', label: 'cancel' },
    ],
    calm: 'no',
  };
  const { confirmed } = await chooseOrConfirm(context, session, question, { value: 'yes', plan });
  if (confirmed === null) return;
  const acted = yield* undoEntry(guideSession, confirmed);
  guideSession.news = acted.news;
  guideSession.last = acted.isWhole ? null : last;
  guideSession.snapshot = yield* session.scan(context.signal);
}
