// The history of changes, and undoing any of them.
import { stepWords } from '../command/progress-words.ts';
import {
  type Entry,
  noEntries,
  otherWords,
  resolvedThenWords,
  restOf,
  stepUndoTexts,
  undoneMark,
} from '../model/entry.ts';
import { nameInParent } from '../model/resource-id.ts';
import { capital, clean } from '../model/text.ts';
import { unreadableText } from '../model/unreadable-words.ts';
import { linesOf } from '../plan/describe.ts';
import type { AccessibleController } from './controller.ts';
import { choose } from './menu.ts';
import { changeSentence } from './plan-words.ts';

const page = 15;

/** The entries, the newest first. */
export async function past(controller: AccessibleController): Promise<void> {
  for (let from = 0; ; ) {
    const all = [...(await controller.entries())].reverse();
    if (all.length === 0) return controller.talk.say(`${noEntries}.`);
    const shown = all.slice(from, from + page);
    const rest = all.length - from - shown.length;
    const choice = await choose<Entry | 'more' | null>(controller.talk, {
      title: 'Which change?',
      items: [
        ...shown.map((entry) => ({ label: briefly(entry, all), value: entry })),
        ...(rest > 0 ? [{ label: `More: ${rest} older`, value: 'more' as const }] : []),
      ],
      zero: { label: 'Back', value: null, words: ['b', 'q'] },
      other: controller.other,
    });
    if (choice === null) return;
    if (choice === 'more') from += page;
    else await one(controller, choice, all);
  }
}

const states = {
  open: 'open',
  done: 'done',
  partial: 'partly done',
  failed: 'failed',
  unreadable: 'unreadable',
} as const;

function briefly(entry: Entry, all: readonly Entry[]): string {
  if (entry.state === 'unreadable')
    return clean(`Unreadable entry ${entry.id}: ${unreadableText(entry).join(' ')}`, 300);
  const count = entry.steps.length;
  const back = entry.undoneBy === null ? '' : `, ${undoneMark(entry, all)}`;
  return clean(
    `${entry.verb} at ${entry.at.slice(0, 16).replace('T', ' ')} by ${entry.by}, ${count} ${count === 1 ? 'change' : 'changes'}, ${states[entry.state]}${back}: ${entry.line}`,
    300,
  );
}

async function one(controller: AccessibleController, entry: Entry, all: readonly Entry[]): Promise<void> {
  const undos = stepUndoTexts(entry, all);
  const result = resolvedThenWords(entry);
  controller.talk.say(
    '',
    `Entry ${entry.id}: ${briefly(entry, all)}`,
    ...(result === '' ? [] : [`${capital(result)}.`]),
    ...entry.steps.flatMap((step, at) => [
      `Change ${at + 1}, ${clean(nameInParent(step.resource), 120)}, ${stepWords[step.state]}${step.verified ? ' and verified' : ''}${undos[at]}.`,
      ...(step.message === null ? [] : [clean(step.message, 500)]),
      ...linesOf(step.change).map(changeSentence),
    ]),
  );
  const again = entry.undoneBy !== null;
  const may = entry.verb !== 'undo' && entry.state !== 'unreadable';
  const rest = restOf(entry).length;
  const act = await choose<'resume' | 'undo' | 'redo' | null>(controller.talk, {
    title: 'Which action for this change?',
    items: [
      ...(rest > 0 ? [{ label: `Resume: send ${otherWords(rest)}, after a preview`, value: 'resume' as const }] : []),
      ...(may
        ? [
            again
              ? { label: 'Redo, after a preview', value: 'redo' as const }
              : { label: 'Undo, after a preview', value: 'undo' as const },
          ]
        : []),
    ],
    zero: { label: 'Back', value: null, words: ['b', 'q'] },
    other: controller.other,
  });
  if (act !== null) await controller.run([act, entry.id]);
}
