// Rows of words; a row with the same words as before is not drawn again.
import { Box } from 'ink';
import type { Line as Words } from '../../command/definition.ts';
import { Line } from './Line.tsx';

interface Props {
  readonly lines: readonly Words[];
  readonly height: number;
  readonly width: number;
}

const blank: Words = [];

export function Rows({ lines, height, width }: Props) {
  return (
    <Box flexDirection="column" height={height} width={width} flexShrink={0}>
      {Array.from({ length: height }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the window is its place on the screen.
        <Line key={row} words={lines[row] ?? blank} width={width} />
      ))}
    </Box>
  );
}
