// A dialog over a screen, which stays visible around it: a border, a title, a content, buttons.
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { type DialogArea, dialogBorder } from '../draw/dialog.ts';
import { line, word } from '../draw/text.ts';
import { SolidProvider, styleIn, useLook } from './look.tsx';
import { Rows } from './Rows.tsx';

interface Props {
  readonly title: string;
  /** The position in its content, at the right of the title. */
  readonly at?: string;
  readonly area: DialogArea;
  /** Rows of its content, below the title. */
  readonly height: number;
  readonly children: ReactNode;
}

export function Dialog({ title, at = '', area, height, children }: Props) {
  const { theme, ascii } = useLook();
  const { color } = styleIn(theme, 'focus');
  const inner = area.width - dialogBorder;
  const room = Math.max(0, inner - (at === '' ? 1 : at.length + 2));
  return (
    <SolidProvider value>
      <Box
        position="absolute"
        left={area.left}
        top={Math.max(0, Math.floor((area.body - height - 1 - dialogBorder) / 2))}
        width={area.width}
        height={height + 1 + dialogBorder}
        flexDirection="column"
        borderStyle={ascii ? 'classic' : 'single'}
        {...(color === undefined ? {} : { borderColor: color })}
      >
        <Box width={inner} height={1} flexShrink={0}>
          <Rows lines={[line(' ', word(title, 'focus'))]} width={room} />
          <Rows lines={[line(word(at, 'dim'))]} width={inner - room} />
        </Box>
        {children}
      </Box>
    </SolidProvider>
  );
}
