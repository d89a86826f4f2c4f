// The line between two panes that stand side by side.
import { Box } from 'ink';
import { line, word } from '../state/text.ts';
import { useGlyphs } from './context.tsx';
import { Line } from './Line.tsx';

export function Wall({ height }: { readonly height: number }) {
  const { wall } = useGlyphs();
  return (
    <Box flexDirection="column" width={1} height={height}>
      {Array.from({ length: height }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece of the wall is its place on the screen.
        <Line key={row} words={line(word(wall, 'border'))} width={1} />
      ))}
    </Box>
  );
}
