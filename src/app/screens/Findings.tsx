// The findings of the selected row, worst first: severity as a word, the rule's title, and whether it can be fixed.
import { Box } from 'ink';
import { memo } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import type { Finding } from '../../model/finding.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { Line } from '../parts/Line.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import type { Glyphs } from '../state/glyphs.ts';
import { type Area, contentRows } from '../state/layout.ts';
import { fitText, line, widthOf, word } from '../state/text.ts';

export function Findings({ area }: { readonly area: Area }) {
  const shown = useSelect((state) => state.view.shown);
  const { index, top } = useSelect((state) => state.findings);
  const focused = useSelect((state) => state.pane === 'findings');
  const filter = useSelect((state) => state.filter);
  const label = useSelect((state) => state.view.rows[state.tree.index]?.label ?? '');
  const height = contentRows(area);
  const name = line(
    word('Findings', focused ? 'focus' : 'heading'),
    word(` ${label}`, 'dim'),
    ...(filter === '' ? [] : [word(`  /${filter}`, 'warn')]),
  );
  const at = windowWords(top, height, shown.length) || String(shown.length);
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Title name={name} focused={focused} width={area.width} at={at} />
      {shown.length === 0 && <Line words={noneWords(filter)} width={area.width} />}
      {shown.slice(top, top + height).map((finding, row) => (
        <Row key={finding.id} finding={finding} selected={top + row === index} focused={focused} width={area.width} />
      ))}
    </Box>
  );
}

const noneWords = (filter: string): Words =>
  filter === ''
    ? line(word('  Nothing fails here.', 'ok'))
    : line(word('  No finding matches the filter; Esc clears it.', 'dim'));

interface RowProps {
  readonly finding: Finding;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly width: number;
}

const Row = memo(function Row({ finding, selected, focused, width }: RowProps) {
  const glyphs = useGlyphs();
  return (
    <Line
      words={findingWords(finding, selected, width, glyphs)}
      width={width}
      bar={selected && focused ? 'selected' : undefined}
    />
  );
});

function findingWords(finding: Finding, selected: boolean, width: number, glyphs: Glyphs): Words {
  // `f` where the key of that name does something; what it would do is in the detail.
  const right = finding.outcome === 'fail' && finding.fix.kind !== 'none' ? 'f' : ' ';
  const nameRoom = Math.min(24, Math.floor(width * 0.25));
  const name = subjectName(finding, nameRoom - 1);
  const titleRoom = Math.max(8, width - 2 - 9 - nameRoom - 3);
  const { text, role } = outcomeWord(finding);
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(text.padEnd(9), role),
    word(fitText(clean(finding.title), titleRoom, glyphs.more), selected ? 'focus' : 'text'),
    word(` ${fitText(name, nameRoom - 1, glyphs.more)}`, 'dim'),
    word(` ${right} `, 'key'),
  );
}

/** The resource's name; for a pair both where there is room, else the second, which tells them apart. */
function subjectName(finding: Finding, room: number): string {
  const name = clean(nameOf(finding.resource));
  if (finding.where === null) return name;
  const both = `${name}/${clean(nameOf(finding.where))}`;
  return widthOf(both) <= room ? both : clean(nameOf(finding.where));
}

function outcomeWord(finding: Finding): { text: string; role: string } {
  if (finding.outcome === 'fail') return { text: finding.severity, role: finding.severity };
  if (finding.outcome === 'unknown') return { text: 'unknown', role: 'unknown' };
  return finding.outcome === 'pass' ? { text: 'pass', role: 'ok' } : { text: 'n/a', role: 'dim' };
}
