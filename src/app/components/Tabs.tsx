// A scrolled text with several pages, whose names are in its title.
import type { Line } from '../../command/definition.ts';
import { type Area, nameWords, tabsLine } from '../draw/areas.ts';
import { lineWidth } from '../draw/text.ts';
import { TextPane } from './TextPane.tsx';

interface Props {
  readonly names: readonly string[];
  /** Index of the page shown. */
  readonly shown: number;
  readonly focused: boolean;
  readonly area: Area;
  readonly lines: readonly Line[];
  readonly top: number;
}

/** Cells of a title besides its name: the mark, some of the rule, the position. */
const besides = 22;

export function Tabs({ names, shown, ...pane }: Props) {
  const loose = tabsLine(names, shown, pane.focused);
  const fits = lineWidth(loose) + besides <= pane.area.width;
  const name =
    names.length === 1
      ? nameWords(names[0] ?? '', pane.focused)
      : fits
        ? loose
        : tabsLine(names, shown, pane.focused, true);
  return <TextPane {...pane} name={name} />;
}
