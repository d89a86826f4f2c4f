// The visible part of a long text: only the rows of the window exist.
import { Box } from 'ink';
import type { Line as Words } from '../../command/definition.ts';
import { Line } from './Line.tsx';

interface Props {
  readonly lines: readonly Words[];
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

const blank: Words = [];

export function Rows({ lines, top, height, width }: Props) {
  return (
    <Box flexDirection="column" height={height} width={width} flexShrink={0}>
      {Array.from({ length: height }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the window is its place on the screen.
        <Line key={row} words={lines[top + row] ?? blank} width={width} />
      ))}
    </Box>
  );
}
