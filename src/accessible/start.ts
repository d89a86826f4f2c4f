// Accessible mode: the whole application as numbered questions and appended lines, for screen readers, for simple terminals,
// and for scripted answers. The same commands and questions as in every other host.
import { type ExitStatus, exitStatus, isFailure } from '../model/failure.ts';
import { createAccessibleController } from './controller.ts';
import type { AccessibleOptions } from './options.ts';
import { createTalk } from './talk.ts';
import { workspace } from './workspace.ts';

export type { AccessibleOptions } from './options.ts';

/**
 * Runs until the operator quits. Resolves with 0, with the status of an interrupted command or, at the end of scripted
 * answers, with that of the audit, as without a terminal.
 */
export async function startInLines(options: AccessibleOptions): Promise<ExitStatus> {
  const talk = createTalk(options);
  const controller = createAccessibleController(options, talk);
  try {
    talk.say(
      'Bastide, line by line. Answer with a number, a word, or a command such as: help. A question mark repeats the choices.',
    );
    talk.say(...options.notices);
    const audited = await controller.begin();
    await workspace(controller);
    return options.terminal || !talk.ended() ? exitStatus.done : audited;
  } catch (error) {
    if (!isFailure(error)) throw error;
    talk.say(error.message);
    return error.exit;
  } finally {
    controller.close();
    talk.close();
  }
}
