// Two components side by side with a separator between them.
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { word } from '../draw/text.ts';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

interface Props {
  readonly left: ReactNode;
  readonly right: ReactNode;
  readonly height: number;
}

export function Split({ left, right, height }: Props) {
  const { wall } = useGlyphs();
  return (
    <Box flexDirection="row" height={height} flexShrink={0}>
      {left}
      <Rows lines={Array.from({ length: height }, () => [word(wall, 'border')])} width={1} />
      <Box flexDirection="column" flexShrink={0}>
        {right}
      </Box>
    </Box>
  );
}
