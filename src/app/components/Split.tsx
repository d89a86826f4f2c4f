// Two components side by side with a separator between them.
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { styledText } from '../draw/sgr.ts';
import { word } from '../draw/text.ts';
import { styleIn, useGlyphs, useLook } from './look.tsx';

interface Props {
  readonly left: ReactNode;
  readonly right: ReactNode;
  readonly height: number;
}

export function Split({ left, right, height }: Props) {
  const { theme } = useLook();
  const { wall } = useGlyphs();
  const cell = styledText([word(wall, 'border')], (role) => styleIn(theme, role), null);
  return (
    <Box flexDirection="row" height={height} flexShrink={0}>
      {left}
      <Box width={1} height={height} flexShrink={0}>
        <Text>{Array.from({ length: height }, () => cell).join('\n')}</Text>
      </Box>
      <Box flexDirection="column" flexShrink={0}>
        {right}
      </Box>
    </Box>
  );
}
