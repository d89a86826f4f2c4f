// The questions of commands, put in lines. Whatever sends something is cancelled by an empty answer and by the end of the input.
import type { Ask } from '../command/definition.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { choose } from './menu.ts';
import { azSentences, planSentences } from './plan-words.ts';
import type { Talk } from './talk.ts';

const cancelled = () =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to be asked again.');

export function askInLines(talk: Talk): Ask {
  return {
    async confirm({ title, lines, yes, plan }) {
      if (plan === undefined) talk.read(lines);
      else talk.say('', ...planSentences(plan));
      for (;;) {
        const answer = await choose<'yes' | 'az' | 'no'>(talk, {
          title: clean(title),
          items: [
            { label: clean(yes), value: 'yes', words: ['yes', 'y'] },
            ...(plan === undefined ? [] : [{ label: 'Hear it as az commands', value: 'az' as const, words: ['az'] }]),
          ],
          zero: { label: 'Cancel: nothing is sent', value: 'no', words: ['no', 'n'] },
          empty: 'no',
          fresh: true,
        });
        if (answer !== 'az') return answer === 'yes';
        if (plan !== undefined) talk.say('', ...azSentences(plan));
      }
    },
    async choose({ title, choices, lines = [], news = [], progress, calm }) {
      for (const said of [news, lines]) if (said.length > 0) talk.read([[], ...said]);
      // The choice that does nothing is answer 0, as leaving a question always is.
      const rest = choices.find(({ value }) => value === calm);
      const chosen = await choose<string | null>(talk, {
        title: clean(progress === undefined ? title : `${progress.at} of ${progress.total}: ${title}`),
        items: choices
          .filter((one) => one !== rest)
          .map(({ value, label, key }) => ({
            value,
            label: clean(label),
            ...(key === undefined ? {} : { words: [key] }),
          })),
        zero: rest === undefined ? { label: 'Cancel', value: null } : { label: clean(rest.label), value: rest.value },
        empty: rest?.value ?? null,
        fresh: true,
      });
      if (chosen === null) throw cancelled();
      return chosen;
    },
    async text({ title, suggestion }) {
      talk.say('', clean(title));
      const hint = suggestion === undefined ? '' : ` (yes for ${clean(suggestion, 100)})`;
      const answer = await talk.hear(`Answer${hint}, Enter to cancel:`, true);
      if (answer === null || answer === '') throw cancelled();
      return suggestion !== undefined && /^y(es)?$/i.test(answer) ? suggestion : answer;
    },
  };
}
