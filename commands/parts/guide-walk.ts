// The walk with the operator: the next finding, its question, what comes of the answer. Nothing is sent that no question showed.
import type { Choice } from '../../src/command/definition.ts';
import { askNeed } from '../../src/command/needs.ts';
import { type ConfirmedPlan, chooseOrConfirm, withWhatIf } from '../../src/command/send.ts';
import { isFailure } from '../../src/model/failure.ts';
import {
  type GuideProgress,
  shownAt,
  withAnswer,
  withoutAnswers,
  withSeen,
  withSkipped,
} from '../../src/model/guide-progress.ts';
import { type Line, line } from '../../src/model/words.ts';
import { rehearsalLines } from '../../src/render/what-if-text.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { carryOut, outlived, undoEntry } from './guide-act.ts';
import { explainLines, itemLines, planLines, subjectOf } from './guide-lines.ts';
import { type QueueItem, together } from './guide-queue.ts';
import type { Walk } from './guide-result.ts';
import { answersFor, type GuidePosition, resultOf, type Sitting, standing } from './guide-sitting.ts';

type Answer = 'yes' | 'all' | 'one' | 'no' | 'rehearse' | 'explain' | 'back' | 'stop';

export async function* walk(sitting: Sitting): AsyncGenerator<SessionEvent, Walk> {
  for (;;) {
    const here = await standing(sitting);
    if (here.queue.next === null && sitting.last === null) return await resultOf(here, sitting, false);
    const { answer, item, confirmed } = yield* asked(sitting, here);
    if (answer === 'stop') return await resultOf(here, sitting, item !== null);
    if (answer === 'back') yield* back(sitting);
    else if (item === null) return await resultOf(here, sitting, false);
    else if (answer === 'no') await putAside(sitting, item);
    else if (item.asked !== null) await answered(sitting, item);
    else if (confirmed !== null) yield* sent(sitting, item, confirmed, here);
  }
}

interface Turn {
  readonly answer: Answer;
  /** What the answer is about; null at the end. */
  readonly item: QueueItem | null;
  /** The item's plan, where the answer applies it. */
  readonly confirmed: ConfirmedPlan | null;
}

/** Puts the question, and explains as often as wished. What was rehearsed is sent with what came of that. */
async function* asked(sitting: Sitting, here: GuidePosition): AsyncGenerator<SessionEvent, Turn> {
  const { context, store } = sitting;
  const { queue, open, planOf, at } = here;
  let item = queue.next;
  if (item !== null) {
    const [first] = item.findings;
    await store.update((now) => shownAt(now, first.id));
  }
  let lines = shown(item, sitting, here.progress);
  for (;;) {
    const all = item === null || item.findings.length > 1 ? null : together(item, open, planOf);
    const question = {
      name: 'guide',
      title: titleOf(item),
      lines,
      news: sitting.news,
      choices: choicesOf(item, all?.findings.length ?? 0, sitting),
      calm: 'stop',
      ...(item === null ? {} : { progress: at }),
    };
    const { value, confirmed } =
      item === null || item.asked !== null
        ? { value: await context.ask.choose(question), confirmed: null }
        : await chooseOrConfirm(context, question, { value: 'yes', plan: item.plan });
    const answer = value as Answer;
    sitting.news = [];
    if (item === null) return { answer, item, confirmed };
    if (answer === 'explain') {
      lines = explainLines(item, ruleOf(item, sitting));
      continue;
    }
    if (answer === 'rehearse') {
      const { plan }: QueueItem = yield* played(item, sitting);
      item = { ...item, plan };
      lines = plan.rehearsal === undefined ? lines : rehearsalLines(plan.rehearsal);
      continue;
    }
    if (answer !== 'all' && answer !== 'one') return { answer, item, confirmed };
    item = (answer === 'all' ? all : queue.next) ?? item;
    lines = shown(item, sitting, here.progress);
  }
}

/** The item with its plan rehearsed. A refusal of the rehearsal itself is news, and the question is put again. */
async function* played(item: QueueItem, sitting: Sitting): AsyncGenerator<SessionEvent, QueueItem> {
  const { context, session, snapshot } = sitting;
  try {
    return { ...item, plan: yield* withWhatIf(context, session, item.plan, snapshot) };
  } catch (error) {
    sitting.news = outlived(error);
    return item;
  }
}

const ruleOf = ({ findings: [first] }: QueueItem, { context }: Sitting) =>
  context.rules.find(({ id }) => id === first.rule);
const shown = (item: QueueItem | null, sitting: Sitting, { skipped }: GuideProgress): readonly Line[] =>
  item === null ? [line('No findings left')] : itemLines(item, ruleOf(item, sitting), skipped);

function titleOf(item: QueueItem | null): string {
  if (item === null) return 'Done';
  const { findings } = item;
  const [first] = findings;
  const what = findings.length === 1 ? subjectOf(first) : `${findings.length} findings of one rule`;
  return `${first.severity}   ${what}`;
}

function choicesOf(item: QueueItem | null, alike: number, { looksOnly, last }: Sitting): Choice[] {
  const undo: Choice[] = last === null ? [] : [{ value: 'back', key: 'b', label: 'undo' }];
  if (item === null) return [{ value: 'stop', key: 's', label: 'finish' }, ...undo];
  const yes: Choice =
    item.asked === null ? { value: 'yes', key: 'y', label: 'apply' } : { value: 'yes', key: 'y', label: 'choose' };
  const group: Choice[] =
    item.findings.length > 1
      ? [{ value: 'one', key: 'o', label: 'one by one' }]
      : alike > 1
        ? [{ value: 'all', key: 'a', label: `all ${alike} of this rule` }]
        : [];
  return [
    ...(looksOnly ? [] : [yes]),
    { value: 'no', key: 'n', label: looksOnly ? 'next' : 'skip' },
    ...group,
    ...(mayRehearse(item) ? [{ value: 'rehearse', key: 'r', label: 'what-if' }] : []),
    { value: 'explain', key: 'e', label: 'explain' },
    ...undo,
    { value: 'stop', key: 's', label: 'stop' },
  ];
}

/** Once, and only what has been decided: what still asks for an answer has no plan yet. */
const mayRehearse = ({ asked: open, plan: { steps, rehearsal } }: QueueItem): boolean =>
  open === null && steps.length > 0 && rehearsal === undefined;

async function putAside({ store, looksOnly }: Sitting, { findings }: QueueItem): Promise<void> {
  const put = looksOnly ? withSeen : withSkipped;
  await store.update((now) => findings.reduce((progress, { id }) => put(progress, id), now));
}

/** An answer that a guided fix needs is kept until its plan is sent, so that it need not be given twice. */
async function answered(sitting: Sitting, item: QueueItem): Promise<void> {
  const [first] = item.findings;
  if (item.asked === null) return;
  try {
    const [name, value] = await askNeed(sitting.context, item.asked);
    await sitting.store.update((now) => withAnswer(now, first.id, name, value));
  } catch (error) {
    if (!isFailure(error) || error.code !== 'cancelled') throw error;
    await sitting.store.update((now) => withoutAnswers(now, [first.id]));
    sitting.news = [line(['Cancelled; nothing was sent.', 'dim'])];
  }
}

async function* sent(
  sitting: Sitting,
  item: QueueItem,
  confirmed: ConfirmedPlan,
  { progress }: GuidePosition,
): AsyncGenerator<SessionEvent, void> {
  const { context, session } = sitting;
  const acted = yield* carryOut(sitting, item, confirmed, answersFor(progress, item.findings, item.before));
  sitting.news = acted.news;
  sitting.last = acted.entry ?? sitting.last;
  sitting.snapshot = acted.isWhole ? (session.latest() ?? sitting.snapshot) : yield* session.scan(context.signal);
}

/** Undo has its own preview and its own question. */
async function* back(sitting: Sitting): AsyncGenerator<SessionEvent, void> {
  const { context, session, last } = sitting;
  if (last === null) return;
  const plan = await session.planUndo(last, context.signal).catch((error: unknown) => {
    sitting.news = outlived(error);
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
  const { confirmed } = await chooseOrConfirm(context, question, { value: 'yes', plan });
  if (confirmed === null) return;
  const acted = yield* undoEntry(sitting, confirmed);
  sitting.news = acted.news;
  sitting.last = acted.isWhole ? null : last;
  sitting.snapshot = yield* session.scan(context.signal);
}
