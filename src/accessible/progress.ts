// The progress of a command, in whole lines at a limited rate.

import { stageWords, stepSentence } from '../command/progress-words.ts';
import { codeLines } from '../command/sign-in-words.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { SessionEvent } from '../session/session.ts';

/** Milliseconds between two lines about the same task. */
const pause = 3000;

/** Prints events through `say`; `now` in milliseconds. */
export function progressInLines(say: (sentence: string) => void, now: () => number): (event: SessionEvent) => void {
  let stage = '';
  let last = 0;
  let said = '';
  const once = (sentence: string) => {
    if (sentence !== said) say(sentence);
    said = sentence;
  };
  return (event) => {
    switch (event.kind) {
      case 'progress': {
        const { done, total, detail } = event;
        const begins = event.stage !== stage || done === 0;
        if (!begins && now() - last < pause) return;
        last = now();
        const counted = total > 0 && !begins ? ` ${done} of ${total}, ${clean(detail, 120)}` : '';
        if (!begins || event.stage !== stage) once(`${stageWords[event.stage]}${counted === '' ? '.' : `:${counted}`}`);
        stage = event.stage;
        return;
      }
      case 'step': {
        const text = stepSentence(event, ', ');
        if (text === null) return;
        once(`Step ${event.index + 1} of ${event.total}, ${text}`);
        stage = '';
        return;
      }
      case 'wait':
        return once(clean(event.reason, 300));
      case 'asking':
        return once(clean(event.detail, 500));
      case 'settled':
        return once(
          `Recovered an interrupted run: ${clean(nameInParent(event.resource), 120)}: ${clean(event.detail, 300)}`,
        );
      case 'request':
        return;
      case 'sign-in':
        if (event.code !== undefined) for (const line of codeLines(event.code)) say(line);
        else if (event.state !== 'trying')
          once(`Sign-in by ${clean(event.step, 60)}: ${event.state}, ${clean(event.detail, 200)}`);
        return;
    }
  };
}
