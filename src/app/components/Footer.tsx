// The two rows at the bottom: what was said last, and the keys.
import type { Line } from '../../command/definition.ts';
import { Rows } from './Rows.tsx';

interface Props {
  readonly said: Line;
  readonly keys: Line;
  readonly width: number;
}

export const Footer = ({ said, keys, width }: Props) => <Rows lines={[said, keys]} width={width} />;
