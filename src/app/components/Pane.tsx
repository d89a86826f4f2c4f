// A pane: a name on a rule, the position in its content at the right, and the content below. The focused one has a symbol as
// well as a style.
import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Line } from '../../command/definition.ts';
import { type Area, titleLine } from '../draw/areas.ts';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

export interface PaneProps {
  readonly name: Line;
  readonly focused: boolean;
  readonly area: Area;
  /** At the right end of the title. */
  readonly at?: string;
  readonly children?: ReactNode;
}

export function Pane({ name, focused, area, at = '', children }: PaneProps) {
  const glyphs = useGlyphs();
  return (
    <Box flexDirection="column" width={area.width} height={area.height} flexShrink={0}>
      <Rows lines={[titleLine(name, focused, area.width, at, glyphs)]} width={area.width} />
      {children}
    </Box>
  );
}
