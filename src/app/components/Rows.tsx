// Rows of words, one below the other: what every other component prints with. A row with the same words as before is not drawn
// again.
import { Box, type DOMElement } from 'ink';
import { useLayoutEffect, useRef } from 'react';
import type { Line as Words } from '../../command/definition.ts';
import { noteRows } from './hit.ts';
import { Line } from './Line.tsx';
import { useInert, useSolid } from './look.tsx';

interface Props {
  readonly lines: readonly Words[];
  readonly width: number;
  /** As many rows as there are lines by default. */
  readonly height?: number;
}

const blank: Words = [];

export function Rows({ lines, width, height = lines.length }: Props) {
  const isInert = useInert();
  // Below the last line nothing need be drawn, unless something lies under it.
  const drawn = useSolid() ? height : Math.min(height, lines.length);
  const box = useRef<DOMElement>(null);
  useLayoutEffect(() => {
    if (box.current !== null) noteRows(box.current, { lines, width, height, isInert });
  }, [lines, width, height, isInert]);
  return (
    <Box ref={box} flexDirection="column" height={height} width={width} flexShrink={0}>
      {Array.from({ length: drawn }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the window is its place on the screen.
        <Line key={row} words={lines[row] ?? blank} width={width} />
      ))}
    </Box>
  );
}
