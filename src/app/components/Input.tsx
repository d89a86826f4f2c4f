// One line being typed, with its cursor.
import { inputLine, type Input as Typed } from '../draw/input.ts';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

interface Props {
  readonly prompt: string;
  readonly input: Typed;
  readonly width: number;
  /** Shown while nothing is typed. */
  readonly hint?: string;
}

export function Input({ prompt, input, width, hint = '' }: Props) {
  return <Rows lines={[inputLine(prompt, input, width, useGlyphs(), hint)]} width={width} />;
}
