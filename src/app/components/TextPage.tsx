// A scrolling text with buttons below, instead of the screen.
import { Box } from 'ink';
import { nameWords } from '../draw/areas.ts';
import { pageRows } from '../draw/dialog.ts';
import { Buttons } from './Buttons.tsx';
import type { ScrolledText } from './TextDialog.tsx';
import { TextPane } from './TextPane.tsx';

export function TextPage({ title, layout, lines, top, buttons }: ScrolledText) {
  const { width, body } = layout;
  const area = { width, height: pageRows(layout) + 1 };
  return (
    <Box flexDirection="column" height={body} justifyContent="space-between">
      <TextPane name={nameWords(title, true)} focused area={area} lines={lines} top={top} />
      {buttons !== undefined && <Buttons {...buttons} width={width} />}
    </Box>
  );
}
