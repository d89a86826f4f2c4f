// The evidence of a result, quoted.
import type { Line } from '../../command/definition.ts';
import type { Evidence } from '../../model/finding.ts';
import { stringifyJson } from '../../model/json.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean, cleanLines } from '../../model/text.ts';
import { line, word, wrapLine, wrapText } from './text.ts';

const blank: Line = [];

/** One item: its pointer, its value, its meaning. */
export const evidenceLines = (items: readonly Evidence[], width: number): Line[] =>
  items.flatMap((item) => [
    ...wrapLine(
      line(word(clean(nameOf(item.resource)), 'heading'), word(` ${clean(item.pointer)}`, 'accent')),
      width,
      2,
    ),
    ...cleanLines(stringifyJson(item.value, 2), 4000)
      .split('\n')
      .flatMap((text) => wrapText(`  ${text}`, width, undefined, 4)),
    ...(item.note === '' ? [] : wrapText(`  ${clean(item.note)}`, width, 'dim', 2)),
    blank,
  ]);
