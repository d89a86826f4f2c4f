// The way of packets: above, from where to where and how it ends; left the hops, right the selected one with its evidence.
import { Box } from 'ink';
import { memo } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import type { Hop } from '../../model/path.ts';
import { hopTitles, verdictWords } from '../../model/path-words.ts';
import { clean } from '../../model/text.ts';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { Line } from '../parts/Line.tsx';
import { Rows } from '../parts/Rows.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import { Wall } from '../parts/Wall.tsx';
import type { Glyphs } from '../state/glyphs.ts';
import { type Area, contentRows } from '../state/layout.ts';
import { pathAreas, verdictLines } from '../state/path.ts';
import type { PathOverlay } from '../state/state.ts';
import { line, word } from '../state/text.ts';

export function Path({ overlay }: { readonly overlay: PathOverlay }) {
  const state = useSelect((all) => all);
  const { width, body } = state.view.layout;
  const areas = pathAreas(state, overlay);
  const { source, destination, protocol, ports } = overlay.answer;
  const name = line(
    word(clean(source.is), 'heading'),
    word(' to ', 'dim'),
    word(clean(destination.is), 'heading'),
    word(`  ${protocol} ${ports.join(',')}`, 'dim'),
  );
  return (
    <Box flexDirection="column" width={width} height={body}>
      <Title name={name} focused={false} width={width} />
      {verdictLines(overlay, width - 1).map((words, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen.
        <Line key={row} words={words} width={width} />
      ))}
      <Box flexDirection={areas.stacked ? 'column' : 'row'}>
        <Hops overlay={overlay} area={areas.hops} />
        {!areas.stacked && <Wall height={areas.hops.height} />}
        <HopDetail overlay={overlay} area={areas.detail} lines={state.view.panel} />
      </Box>
    </Box>
  );
}

interface SideProps {
  readonly overlay: PathOverlay;
  readonly area: Area;
}

function Hops({ overlay, area }: SideProps) {
  const { hop, answer, side } = overlay;
  const focused = side === 'hops';
  const height = contentRows(area);
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Title
        name={line(word('Hops', focused ? 'focus' : 'heading'))}
        focused={focused}
        width={area.width}
        at={windowWords(hop.top, height, answer.hops.length)}
      />
      {answer.hops.slice(hop.top, hop.top + height).map((one, row) => (
        <Row
          key={one.hop}
          hop={one}
          stops={one.hop === answer.stoppedBy}
          selected={hop.top + row === hop.index}
          focused={focused}
          width={area.width}
        />
      ))}
    </Box>
  );
}

interface RowProps {
  readonly hop: Hop;
  /** The verdict hangs on it. */
  readonly stops: boolean;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly width: number;
}

const Row = memo(function Row({ hop, stops, selected, focused, width }: RowProps) {
  const glyphs = useGlyphs();
  return (
    <Line
      words={hopWords(hop, stops, selected, glyphs)}
      width={width}
      bar={selected && focused ? 'selected' : undefined}
    />
  );
});

function hopWords(hop: Hop, stops: boolean, selected: boolean, glyphs: Glyphs): Words {
  const [text, role] = verdictWords[hop.verdict];
  const signs = { allowed: glyphs.ok, denied: glyphs.bad, partly: glyphs.bad, unknown: '?', notAsked: glyphs.dot };
  return line(
    word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text'),
    word(`${signs[hop.verdict]} `, role),
    word(hopTitles[hop.hop].padEnd(16), hop.verdict === 'notAsked' ? 'dim' : 'text'),
    word(text, role),
    word(stops ? ' !' : '', role),
  );
}

function HopDetail({ overlay, area, lines }: SideProps & { readonly lines: readonly Words[] }) {
  const focused = overlay.side === 'detail';
  const height = contentRows(area);
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Title
        name={line(word('Detail', focused ? 'focus' : 'heading'))}
        focused={focused}
        width={area.width}
        at={windowWords(overlay.top, height, lines.length)}
      />
      <Box>
        <Box width={1} />
        <Rows lines={lines} top={overlay.top} height={height} width={area.width - 1} />
      </Box>
    </Box>
  );
}
