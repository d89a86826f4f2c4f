// A row of buttons; the selected one is a bar with a mark. Where one row is too narrow they take two.
import { type ButtonRow, buttonRows } from '../draw/buttons.ts';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

export function Buttons({ width, ...buttons }: ButtonRow & { readonly width: number }) {
  return <Rows lines={buttonRows(buttons, width, useGlyphs())} width={width} />;
}
