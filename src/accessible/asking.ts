// The questions of commands as lines. An empty answer or the end of the input cancels any change.
import type { Ask } from '../command/definition.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import { choose } from './menu.ts';
import { azSentences, planSentences } from './plan-words.ts';
import { spokenLine } from './spoken.ts';
import type { Talk } from './talk.ts';
import { whatIfSentences } from './what-if-words.ts';

const cancelled = () =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run the command again.');

export function askInLines(talk: Talk): Ask {
  return {
    async confirm({ plan, confirmation: { question, button }, whatIf }) {
      talk.say('', ...planSentences(plan));
      for (let simulate = whatIf; ; ) {
        const answer = await choose<'yes' | 'az' | 'what-if' | 'no'>(talk, {
          title: clean(question),
          items: [
            { label: button, value: 'yes', words: ['yes', 'y'] },
            { label: 'Show the Azure CLI commands', value: 'az', words: ['az'] },
            ...(simulate === undefined
              ? []
              : [
                  {
                    label: 'What-if: simulate it first, nothing is sent',
                    value: 'what-if' as const,
                    words: ['what-if', 'w', 'rehearse', 'r'],
                  },
                ]),
          ],
          zero: { label: 'Cancel: nothing is sent', value: 'no', words: ['no', 'n'] },
          empty: 'no',
          fresh: true,
        });
        if (answer === 'what-if' && simulate !== undefined) {
          const { rehearsal } = await simulate();
          simulate = undefined;
          talk.say('', ...(rehearsal === undefined ? [] : whatIfSentences(rehearsal)));
          continue;
        }
        if (answer !== 'az') return answer === 'yes';
        talk.say('', ...azSentences(plan));
      }
    },
    async choose({ title, choices, lines = [], news = [], progress, calm }) {
      const rest = choices.find((choice) => choice.value === calm);
      const place = progress === undefined ? '' : `Problem ${progress.at} of ${progress.total}. `;
      const what = `${place}${spokenLine([{ text: title }])}`;
      // The text is not repeated when the question is repeated.
      if (news.length > 0) talk.read([[], ...news]);
      if (lines.length > 0) talk.read([[], [{ text: what }], ...lines]);
      const chosen = await choose<string | null>(talk, {
        title: lines.length > 0 ? 'Your answer?' : what,
        items: choices
          .filter((choice) => choice !== rest)
          .map(({ value, label, key }) => ({
            value,
            label: clean(label),
            words: [value, ...(key === undefined ? [] : [key])],
          })),
        zero: {
          ...(rest === undefined ? { label: 'Cancel', value: null } : { label: clean(rest.label), value: rest.value }),
          words: rest?.key === undefined ? [] : [rest.key],
        },
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
