// A question of a command or of the screen: yes or no, one of several, or a text.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { barLine } from '../draw/boxes.ts';
import { clickable } from '../draw/clicks.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { type Input, inputLine } from '../draw/input.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { clamp } from '../draw/window.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { panelBox, scrolled } from './parts/panel.ts';

export type DialogQuestion =
  | { readonly kind: 'confirm'; readonly title: string; readonly lines: readonly Line[]; readonly yes: string }
  | {
      readonly kind: 'choose';
      readonly title: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    }
  | {
      readonly kind: 'text';
      readonly title: string /** What the answer is about. */;
      readonly lines?: readonly Line[];
    };

export interface AskOverlay {
  readonly kind: 'ask';
  readonly question: DialogQuestion;
  readonly input: Input;
  readonly choice: number;
  readonly top: number;
}

const placesOf = { confirm: ['buttons', 'pages'], choose: ['choices'], text: ['input'] } as const;

export const ask = defineOverlay<AskOverlay>({
  kind: 'ask',
  places: ({ question }) => placesOf[question.kind],
  text: ({ question }, _state, width) =>
    question.kind === 'confirm' ? question.lines.flatMap((words) => wrapLine(words, width, 2)) : [],
  input: ({ question, input }) => (question.kind === 'text' ? input : null),
  choices: ({ question }) => (question.kind === 'choose' ? question.choices.length : 2),
  move: scrolled,
  turned(overlay, rows, state) {
    if (overlay.question.kind !== 'choose') return scrolled(overlay, rows > 0 ? 'down' : 'up', Math.abs(rows), state);
    return { ...overlay, choice: clamp(overlay.choice + Math.sign(rows), overlay.question.choices.length - 1) };
  },
  picked: (overlay, choice) => ({ ...overlay, choice }),
  submit: (_overlay, { asking }) => asking.answer(),
  cancel: (_overlay, { asking }) => asking.refuse(),
  draw(overlay, state) {
    const { question, choice, top } = overlay;
    if (question.kind !== 'confirm') return asked(overlay, question, state);
    const labels = ['Cancel', clean(question.yes)];
    return panelBox(clean(question.title), top, state, { labels, selected: choice });
  },
});

function asked(overlay: AskOverlay, question: Exclude<DialogQuestion, { kind: 'confirm' }>, state: State): Line[] {
  const { width, body } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const title = wrapText(clean(question.title), width - 2, 'heading');
  if (question.kind === 'text') {
    const about = (question.lines ?? [])
      .flatMap((words) => wrapLine(words, width - 2, 2))
      .slice(0, Math.max(0, body - title.length - 5));
    return [
      [],
      ...title,
      ...(about.length === 0 ? [] : [[], ...about]),
      [],
      inputLine('> ', overlay.input, width, glyphs),
    ];
  }
  const room = Math.max(1, body - title.length - 2);
  const top = Math.max(0, overlay.choice - room + 1);
  const rows = question.choices.slice(top, top + room).map((choice, index) => {
    const selected = top + index === overlay.choice;
    const row = top + index;
    const words = clickable(
      line(word(selected ? `${glyphs.mark} ` : '  ', 'focus'), clean(choice.label)),
      // As in any list, the first click selects; the second confirms.
      selected ? { do: 'press', button: row } : { do: 'pick', row },
    );
    return selected ? barLine(words, width, glyphs.more) : words;
  });
  return [[], ...title, [], ...rows];
}
