// Draws the command line: the line, the words of its command, the matches.
import type { Line, Word } from '../../../command/definition.ts';
import type { Hint } from '../../../command/hint.ts';
import { clean } from '../../../model/text.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { Input } from '../../components/Input.tsx';
import { Rows } from '../../components/Rows.tsx';
import { barLine, indented } from '../../draw/areas.ts';
import { clickable } from '../../draw/clicks.ts';
import { dialogArea, dialogBorder, dialogRows } from '../../draw/dialog.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { fitText, line, widthOf, word } from '../../draw/text.ts';
import { windowWords } from '../../draw/window.ts';
import type { ViewProps } from '../../state/view.ts';
import type { PaletteOverlay } from '../palette.ts';

/** The screen is seen around it; the matches scroll. */
const mostRows = 16;

/** Always as high as it may be, so that nothing moves while a line is typed. */
export function PaletteBody({ slice: overlay, state }: ViewProps<PaletteOverlay>) {
  const { layout } = state.view;
  const glyphs = glyphsFor(state.ascii);
  const { suggestions, choice } = overlay;
  const area = dialogArea(layout);
  const inner = area.width - dialogBorder;
  // A column is free at the left.
  const width = inner - 1;
  const hint = hintRows(overlay.hint, width);
  const rows = Math.min(mostRows, dialogRows(layout) + 2);
  const height = Math.max(1, rows - 1 - hint.length);
  const top = Math.max(0, choice - height + 1);
  const labels = suggestions.map((one) => one.label.length);
  // One column as wide as the labels, up to a third. A longer label takes the room of its own description: findings differ at
  // the end of their names.
  const column = Math.min(Math.floor(width / 3), Math.max(12, ...labels) + 2);
  const columnOf = (label: string) => Math.max(column, Math.min(widthOf(label) + 1, width - 20));
  const lines = [
    ...hint,
    ...suggestions.slice(top, top + height).map((one, index) => {
      const selected = top + index === choice;
      const words = clickable(
        line(
          word(selected ? `${glyphs.mark} ` : '  ', 'focus'),
          ...lettered(fitText(one.label, columnOf(one.label), glyphs.more), one.at),
          word(` ${one.hint}`, 'dim'),
        ),
        // As in any list, the first click selects; the second confirms.
        selected ? { do: 'press', button: top + index } : { do: 'pick', row: top + index },
      );
      return selected ? barLine(words, width, glyphs.more) : words;
    }),
  ];
  return (
    <Dialog title="Command" at={windowWords(top, height, suggestions.length)} area={area} height={rows}>
      <Input
        prompt=" : "
        input={overlay.input}
        width={inner}
        hint="a command, a screen or a name; Enter selects the match"
      />
      <Rows lines={indented(lines)} width={inner} height={rows - 1} />
    </Dialog>
  );
}

/**
 * The words of the command with the one being typed, and its meaning. Always two rows, so that the list below does not move.
 */
function hintRows(hint: Hint | null, width: number): Line[] {
  if (hint === null) return [];
  const words = hint.usage.flatMap(({ text, now }) => [word(text, now ? 'key' : 'dim'), word(' ')]);
  // The word being typed is visible, even after many words.
  const now = hint.usage.findIndex((one) => one.now);
  const before = hint.usage.slice(0, now + 1).reduce((sum, { text }) => sum + widthOf(text) + 1, 2);
  const shown = before > width ? words.slice(now * 2) : words;
  return [line('  ', ...shown), line(word(`  ${clean(hint.says, 400)}`, 'dim'))];
}

/** A label with the typed letters marked. */
function lettered(label: string, at: readonly number[]): Word[] {
  if (at.length === 0) return [word(label)];
  const marked = new Set(at);
  const words: Word[] = [];
  for (let from = 0; from < label.length; ) {
    const is = marked.has(from);
    let to = from + 1;
    while (to < label.length && marked.has(to) === is) to += 1;
    words.push(word(label.slice(from, to), is ? 'key' : undefined));
    from = to;
  }
  return words;
}
