// A row of buttons; the selected one is a bar with a mark, so that it is seen without colours too.
import { Box } from 'ink';
import { line, widthOf, word } from '../state/text.ts';
import { useGlyphs } from './context.tsx';
import { Line } from './Line.tsx';

interface Props {
  readonly labels: readonly string[];
  readonly selected: number;
  readonly width: number;
  /** Why only the first can be pressed; empty when all can. */
  readonly off?: string;
}

export function Buttons({ labels, selected, width, off = '' }: Props) {
  const { mark } = useGlyphs();
  const texts = labels.map((label, index) => `${index === selected ? mark : ' '} ${label} `);
  const used = texts.reduce((sum, text) => sum + widthOf(text) + 2, 1);
  return (
    <Box width={width} height={1} flexShrink={0}>
      <Line words={line(' ')} width={1} />
      {texts.map((text, index) => (
        <Box key={labels[index]}>
          <Line
            words={line(word(text, off !== '' && index > 0 ? 'border' : 'heading'))}
            width={widthOf(text)}
            bar={index === selected ? 'selected' : undefined}
          />
          <Line words={line('  ')} width={2} />
        </Box>
      ))}
      <Line words={line(word(off, 'dim'))} width={Math.max(0, width - used)} />
    </Box>
  );
}
