// The command line with its completions, over the panes.
import { Box } from 'ink';
import { useGlyphs, useSelect } from '../parts/context.tsx';
import { InputLine } from '../parts/InputLine.tsx';
import { Line } from '../parts/Line.tsx';
import { Title, windowWords } from '../parts/Title.tsx';
import type { Overlay } from '../state/state.ts';
import { fitText, line, word } from '../state/text.ts';

export function Palette({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'palette' }> }) {
  const { width, body } = useSelect((state) => state.view.layout);
  const { mark, more } = useGlyphs();
  const { suggestions, choice } = overlay;
  const height = Math.max(1, body - 2);
  const top = Math.max(0, choice - height + 1);
  const labels = suggestions.map((one) => one.label.length);
  const column = Math.min(Math.floor(width / 2), Math.max(12, ...labels) + 2);
  return (
    <Box flexDirection="column" width={width} height={body}>
      <Title
        name={line(word('Command', 'focus'))}
        focused
        width={width}
        at={windowWords(top, height, suggestions.length)}
      />
      <InputLine prompt=": " input={overlay.input} width={width} hint="a command, as in the shell; Tab completes" />
      {suggestions.slice(top, top + height).map((one, index) => {
        const selected = top + index === choice;
        return (
          <Line
            key={one.line}
            words={line(
              word(selected ? `${mark} ` : '  ', 'focus'),
              fitText(one.label, column, more),
              word(` ${one.hint}`, 'dim'),
            )}
            width={width}
            bar={selected ? 'selected' : undefined}
          />
        );
      })}
    </Box>
  );
}
