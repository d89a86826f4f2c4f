// Quitting: with a question while changes are being sent, and with the exit status of their outcome.

import { type ExitStatus, exitStatus } from '../../model/failure.ts';
import { line } from '../draw/text.ts';
import type { Asking, ScreenController } from './effect-context.ts';

const title = 'Quit while a plan is being applied?';

export interface Leaving {
  /** Quits, after a question while changes are being sent. A second request while the question is open quits at once. */
  ask(status: ExitStatus): Promise<void>;
  /** Quits. While changes are being sent, once the request in flight has its answer; a second time at once. */
  now(status: ExitStatus): void;
}

export function createLeaving(
  controller: ScreenController,
  asking: Asking,
  end: (status: ExitStatus) => void,
): Leaving {
  const { store } = controller;
  let isLeaving = false;
  return {
    async ask(status) {
      const { work, overlay } = store.get();
      const asked = overlay?.kind === 'ask' && overlay.question.title === title;
      // A command waits for an answer: nothing is being sent, and it ends without one.
      if (asking.isOpen() && !asked && work?.writing !== true) {
        while (asking.isOpen()) asking.refuse();
        controller.abort();
        await controller.idle();
        end(controller.sentSomething() ? exitStatus.partial : status);
        return;
      }
      if (work?.writing === true && !asked) {
        const lines = [
          line('A change is in progress. If you quit, Azure finishes the current step,'),
          line('later steps are not sent, and the history records what was done.'),
        ];
        if (!(await asking.sure({ title, lines, yes: 'Stop and quit' }))) return;
        controller.abort();
        await controller.idle();
      }
      controller.abort();
      end(work?.writing === true && controller.sentSomething() ? exitStatus.partial : status);
    },
    now(status) {
      const isWriting = store.get().work?.writing === true;
      const leave = () => end(isWriting && controller.sentSomething() ? exitStatus.partial : status);
      controller.abort();
      if (!isWriting || isLeaving) return leave();
      isLeaving = true;
      void controller.idle().then(leave);
    },
  };
}
