// The main menu of a workspace: its state and the available actions.
import { architectureWords } from '../model/architecture-words.ts';
import { interruptedAct, madeWords, otherWords, restOf } from '../model/entry.ts';
import { nameOf } from '../model/resource-id.ts';
import { failedReads } from '../model/snapshot.ts';
import { tagsSummary, tagsWords } from '../model/tags-seen.ts';
import { clean } from '../model/text.ts';
import { outsideSentences } from '../render/audit-result.ts';
import { summaryLine } from '../render/audit-text.ts';
import { problemCounts } from '../render/problem-text.ts';
import { areas } from './areas.ts';
import type { AccessibleController } from './controller.ts';
import { choose } from './menu.ts';
import { past } from './past.ts';
import { capital } from './plan-words.ts';
import { problems } from './problems.ts';
import { spokenLine } from './spoken.ts';

type MenuAction = (() => Promise<unknown>) | null;

/** Until the operator quits. */
export async function workspace(controller: AccessibleController): Promise<void> {
  const { talk, options } = controller;
  for (;;) {
    summary(controller);
    const left = await remaining(controller);
    const verbs = options.context.verbs;
    const guide = verbs.some((verb) => verb.name === 'guide');
    const action = await choose<MenuAction>(talk, {
      title: 'What now?',
      items: [
        ...left,
        { label: 'Problems: what there is to do, the worst first', value: () => problems(controller) },
        { label: 'Areas: every finding, by kind of resource', value: () => areas(controller) },
        ...(guide ? [{ label: 'Guide: one problem after another', value: () => controller.run(['guide']) }] : []),
        {
          label: 'Fix all: every auto-fix, after a preview',
          value: () => controller.run(['fix', '--all']),
        },
        { label: 'Undo: the latest change, after a preview', value: () => controller.run(['undo']) },
        { label: 'Redo: the latest undone change, after a preview', value: () => controller.run(['redo']) },
        { label: 'History: past changes', value: () => past(controller) },
        { label: 'Rescan', value: () => controller.run(['audit'], true) },
        { label: 'Command: type a command line', value: () => typed(controller), words: [':'] },
      ],
      zero: { label: 'Quit', value: null, words: ['q', 'quit', 'exit', 'leave'] },
      other: controller.other,
    });
    if (action === null) return;
    await action();
  }
}

/** What is left of the newest act comes first. */
async function remaining(controller: AccessibleController) {
  if (controller.options.session.source.kind === 'files') return [];
  const entry = interruptedAct(await controller.entries());
  if (entry === undefined) return [];
  const label = `Resume: ${madeWords(entry)}; sends ${otherWords(restOf(entry).length)}, after a preview`;
  return [{ label, value: () => controller.run(['resume', entry.id]) }];
}

function summary(controller: AccessibleController): void {
  const known = controller.known();
  const { session, context } = controller.options;
  if (known === null) {
    controller.talk.say('', 'The workspace has not been scanned yet.');
    return;
  }
  const { snapshot, report } = known;
  const tags = tagsWords(tagsSummary(snapshot));
  const gaps = failedReads(snapshot.gaps);
  const { workspace, skipped = [] } = snapshot;
  controller.talk.say(
    '',
    `Workspace ${snapshot.workspace === null ? 'none: these are files' : clean(nameOf(snapshot.workspace), 120)}, ${session.source.name}, scanned at ${snapshot.takenAt.slice(0, 16).replace('T', ' ')} UTC.`,
    `Architecture: ${architectureWords(report.architecture)}.${tags === '' ? '' : ` ${capital(tags)}.`}`,
    `${spokenLine(problemCounts(report.problems))}.`,
    `${spokenLine(summaryLine(report.summary))}.`,
    ...gaps.slice(0, 10).map((gap) => `Not accessible: ${clean(nameOf(gap.id), 120)}: ${clean(gap.reason, 300)}`),
    ...(gaps.length > 10 ? [`And ${gaps.length - 10} more are not accessible.`] : []),
    ...outsideSentences({ workspace, outside: report.outside ?? [] }),
    ...skipped.slice(0, 10).map(({ file, reason }) => `Skipped file: ${clean(file, 300)}: ${clean(reason, 300)}`),
    ...(skipped.length > 10 ? [`And ${skipped.length - 10} more files were skipped.`] : []),
    ...(session.readOnly || context.flags.readOnly ? ['Read-only session: changes cannot be applied.'] : []),
  );
}

async function typed(controller: AccessibleController): Promise<void> {
  const text = await controller.talk.hear('Command line, Enter for none:');
  if (text === null || text === '') return;
  if (!(await controller.other(text))) controller.talk.say(`${text.split(/\s/)[0]} is not a command; help lists them.`);
}
