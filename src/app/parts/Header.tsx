// The header component; running work is shown at the right of its first row.
import { Box } from 'ink';
import { useSelect } from './context.tsx';
import { headerRows } from './header-rows.ts';
import { Line } from './Line.tsx';
import { Working } from './Working.tsx';

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
