// The resource tree: one row a resource, with the worst that fails there as a letter and how many fail.
import { Box } from 'ink';
import { memo } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { Line } from '../parts/Line.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import type { Glyphs } from '../state/glyphs.ts';
import { type Area, contentRows } from '../state/layout.ts';
import type { TreeRow } from '../state/state.ts';
import { fitText, line, widthOf, word } from '../state/text.ts';

export function Tree({ area }: { readonly area: Area }) {
  const rows = useSelect((state) => state.view.rows);
  const { index, top } = useSelect((state) => state.tree);
  const focused = useSelect((state) => state.pane === 'tree');
  const height = contentRows(area);
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Title
        name={line(word('Resources', focused ? 'focus' : 'heading'))}
        focused={focused}
        width={area.width}
        at={windowWords(top, height, rows.length)}
      />
      {rows.slice(top, top + height).map((row, at) => (
        <Row key={row.key} row={row} selected={top + at === index} focused={focused} width={area.width} />
      ))}
    </Box>
  );
}

interface RowProps {
  readonly row: TreeRow;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly width: number;
}

const Row = memo(function Row({ row, selected, focused, width }: RowProps) {
  const glyphs = useGlyphs();
  return (
    <Line
      words={rowWords(row, selected, width, glyphs)}
      width={width}
      bar={selected && focused ? 'selected' : undefined}
    />
  );
});

function rowWords(row: TreeRow, selected: boolean, width: number, glyphs: Glyphs): Words {
  const fold = row.folded === null ? ' ' : row.folded ? glyphs.shut : glyphs.open;
  const mark = markOf(row, glyphs);
  const count = row.failing > 0 ? String(row.failing).padStart(3) : '   ';
  const room = Math.max(1, width - 8);
  const label = fitted(`${' '.repeat(row.depth)}${fold} ${row.label}`, room, glyphs.more);
  const left = room - widthOf(label);
  const note = fitText(widthOf(row.note) < left ? ` ${row.note}` : '', left, '');
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(label, selected ? 'focus' : row.resource === null ? 'heading' : 'text'),
    word(note, 'dim'),
    ' ',
    word(mark.text, mark.role),
    word(count, mark.role),
    ' ',
  );
}

const fitted = (text: string, room: number, more: string) => (widthOf(text) <= room ? text : fitText(text, room, more));

/** The worst severity as its letter, so that nothing hangs on colour. */
function markOf(row: TreeRow, glyphs: Glyphs): { text: string; role: string } {
  if (row.worst === null) return { text: row.passed ? glyphs.ok : ' ', role: 'ok' };
  if (row.worst === 'unknown' || row.worst === 'gap') return { text: '?', role: 'unknown' };
  return { text: row.worst.slice(0, 1).toUpperCase(), role: row.worst };
}
