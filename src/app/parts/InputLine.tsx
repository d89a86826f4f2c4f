// One line being typed, with a cursor drawn as an inverse cell so that it is seen in every theme.
import { Box } from 'ink';
import type { Input } from '../state/state.ts';
import { fitTail, line, widthOf, word } from '../state/text.ts';
import { useGlyphs } from './context.tsx';
import { Line } from './Line.tsx';

interface Props {
  readonly prompt: string;
  readonly input: Input;
  readonly width: number;
  /** Shown while nothing is typed. */
  readonly hint?: string;
}

export function InputLine({ prompt, input, width, hint = '' }: Props) {
  const { more } = useGlyphs();
  const under = [...input.text.slice(input.at)][0] ?? ' ';
  const after = input.text.slice(input.at + (input.at < input.text.length ? under.length : 0));
  const room = Math.max(4, width - widthOf(prompt) - 2);
  const kept = Math.min(widthOf(input.text.slice(0, input.at)), room);
  const before = fitTail(input.text.slice(0, input.at), kept, more);
  const rest = Math.max(0, width - widthOf(prompt) - kept - widthOf(under));
  return (
    <Box width={width} height={1}>
      <Line words={line(word(prompt, 'key'), before)} width={widthOf(prompt) + kept} />
      <Line words={line(under)} width={widthOf(under)} bar="selected" />
      <Line words={input.text === '' ? line(word(` ${hint}`, 'dim')) : line(after)} width={rest} />
    </Box>
  );
}
