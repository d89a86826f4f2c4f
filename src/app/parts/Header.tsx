// The header component; running work is shown at the right of its first row.
import { Box, useAnimation } from 'ink';
import { clean } from '../../model/text.ts';
import { line, word } from '../draw/text.ts';
import { useGlyphs, useSelect } from './context.tsx';
import { headerRows } from './header-rows.ts';
import { Line } from './Line.tsx';

// The running work with a spinner. Mounted only while work runs, so that an idle screen writes nothing.

/** Slow on purpose: every step is a frame. */
const interval = 250;
/** Seconds after which the time is shown. */
const patience = 3;

function Working({ width }: { readonly width: number }) {
  const work = useSelect((state) => state.work);
  const { spin } = useGlyphs();
  const { frame } = useAnimation({ interval });
  if (work === null) return null;
  const count = work.total > 0 ? ` ${work.done}/${work.total}` : '';
  const seconds = Math.floor((frame * interval) / 1000);
  const time = seconds < patience ? '' : ` ${seconds} s`;
  const detail = work.detail === '' ? '' : `  ${clean(work.detail)}`;
  const sign = spin[frame % spin.length] ?? '';
  return (
    <Line words={line(word(`${sign} ${work.title}${count}${time}`, 'accent'), word(detail, 'dim'))} width={width} />
  );
}

export function Header({ width, height }: { readonly width: number; readonly height: number }) {
  const { where, room, age, rest } = headerRows(useSelect((state) => state));
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      <Box width={width} height={1}>
        <Line words={where} width={Math.max(0, width - room)} />
        {age === null ? <Working width={room} /> : <Line words={age} width={room} />}
      </Box>
      {rest.map((words, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the header is its place on the screen.
        <Line key={row} words={words} width={width} />
      ))}
    </Box>
  );
}
