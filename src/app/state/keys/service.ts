// Keys that ask what others know: the service for its own diagnosis of the workspace, and Bastide what is behind an error text.
import { clean } from '../../../model/text.ts';
import type { Kit } from '../kit.ts';

/** Asks about what has been read; the finding `workspace.diagnose` then says what came of it. */
export function askService({ desk, options, session, store }: Kit): Promise<void> {
  const { snapshot } = store.get();
  if (snapshot === null) return Promise.resolve();
  return desk.work({ title: 'Asking the service', writing: false }, async (signal) => {
    const asked = await desk.drain(session.diagnose(snapshot, signal));
    await desk.refresh();
    const { findings } = session.report(asked, options.profile);
    const own = findings.find(({ rule }) => rule === 'workspace.diagnose');
    if (own === undefined) return desk.say('The service was asked; rules of 2020 alone do not speak of its answer.');
    desk.say(clean(own.because, 400), own.outcome === 'pass' ? 'ok' : 'warn');
  });
}

/** Puts the question, so that no text needs quotes, and answers as the command line does. */
export async function explainError({ asking, palette }: Kit): Promise<void> {
  const title = 'The error message that somebody met, whole or in part';
  const text = await asking.ask.text({ name: 'error', title }).catch(() => '');
  if (text !== '') await palette.run(['explain', '--error', text]);
}
