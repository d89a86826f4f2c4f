// A question of a command or of the screen: yes or no, one of several, or a text.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { Dialog } from '../components/Dialog.tsx';
import { Rows } from '../components/Rows.tsx';
import { TextDialog } from '../components/TextDialog.tsx';
import { barLine, indented } from '../draw/areas.ts';
import { clickable } from '../draw/clicks.ts';
import { dialogArea, dialogBorder, dialogRows } from '../draw/dialog.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { type Input, inputLine } from '../draw/input.ts';
import { line, plain, word, wrapLine, wrapText } from '../draw/text.ts';
import { clamp, windowWords } from '../draw/window.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { scrolled } from './parts/panel.ts';

export type DialogQuestion =
  | { readonly kind: 'confirm'; readonly title: string; readonly lines: readonly Line[]; readonly yes: string }
  | {
      readonly kind: 'choose';
      readonly title: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    }
  | {
      readonly kind: 'text';
      readonly title: string;
      /** What the answer is about. */
      readonly lines?: readonly Line[];
    };

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly ask: AskOverlay;
  }
}

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
  crumb: () => 'question',
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
  submit: (_overlay, { asking, guard }) => guard(asking.answer()),
  cancel: (_overlay, { asking }) => asking.refuse(),
  Body({ slice: overlay, state }) {
    const { question, choice, top } = overlay;
    if (question.kind !== 'confirm') return <Asked overlay={overlay} question={question} state={state} />;
    const labels = ['Cancel', clean(question.yes)];
    return (
      <TextDialog
        title={clean(question.title)}
        top={top}
        layout={state.view.layout}
        lines={state.panel.value}
        buttons={{ labels, selected: choice }}
      />
    );
  },
});

interface AskedInput {
  readonly overlay: AskOverlay;
  readonly question: Exclude<DialogQuestion, { kind: 'confirm' }>;
  readonly state: State;
}

/** One of several, or a text. */
function Asked({ overlay, question, state }: AskedInput) {
  const { layout } = state.view;
  const glyphs = glyphsFor(state.ascii);
  const area = dialogArea(layout);
  const width = area.width - dialogBorder;
  const [title = '', ...more] = wrapText(clean(question.title), width - 2).map(plain);
  const rest = more.map((text) => line(word(` ${text}`, 'heading')));
  const room = Math.max(1, dialogRows(layout) - rest.length);
  const top = question.kind === 'text' ? 0 : Math.max(0, overlay.choice - room + 1);
  const rows =
    question.kind === 'text'
      ? [...about(question.lines ?? []), [], inputLine(' > ', overlay.input, width, glyphs)]
      : [[], ...question.choices.slice(top, top + room).map((choice, index) => choiceRow(choice.label, top + index))];
  const at = question.kind === 'text' ? '' : windowWords(top, room, question.choices.length);
  return (
    <Dialog title={title} at={at} area={area} height={rest.length + rows.length}>
      <Rows lines={[...rest, ...rows]} width={width} />
    </Dialog>
  );

  /** What the answer is about, as much of it as there is room for. */
  function about(lines: readonly Line[]): Line[] {
    const all = lines.flatMap((words) => wrapLine(words, width - 2, 2));
    return all.length === 0 ? [] : [[], ...indented(all.slice(0, Math.max(0, room - 2)))];
  }

  function choiceRow(label: string, row: number): Line {
    const selected = row === overlay.choice;
    const words = clickable(
      line(word(selected ? ` ${glyphs.mark} ` : '   ', 'focus'), clean(label)),
      // As in any list, the first click selects; the second confirms.
      selected ? { do: 'press', button: row } : { do: 'pick', row },
    );
    return selected ? barLine(words, width, glyphs.more) : words;
  }
}
