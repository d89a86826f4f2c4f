// The whole job in numbered questions and lines that are only ever added to: for screen readers, for terminals that can do no
// more, and for answers written beforehand. The same commands and questions as in every other host.
import { type ExitStatus, exitStatus, isFailure } from '../model/failure.ts';
import { createDesk } from './controller.ts';
import type { AccessibleOptions } from './options.ts';
import { createTalk } from './talk.ts';
import { workspace } from './workspace.ts';

export type { AccessibleOptions } from './options.ts';

/**
 * Talks until the operator leaves. Resolves with 0, with the status of what was interrupted, or, where answers written beforehand
 * came to their end, with that of the audit, as if nobody had been there.
 */
export async function startInLines(options: AccessibleOptions): Promise<ExitStatus> {
  const talk = createTalk(options);
  const desk = createDesk(options, talk);
  try {
    talk.say(
      'Bastide, line by line. Answer with a number, a word, or a command such as: help. A question mark repeats.',
    );
    talk.say(...options.notices);
    const judged = await desk.begin();
    await workspace(desk);
    return options.terminal || !talk.ended() ? exitStatus.done : judged;
  } catch (error) {
    if (!isFailure(error)) throw error;
    talk.say(error.message);
    return error.exit;
  } finally {
    desk.close();
    talk.close();
  }
}
