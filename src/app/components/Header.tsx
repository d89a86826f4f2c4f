// The header; running work is shown at the right of its first row.
import { Box, useAnimation } from 'ink';
import type { Line } from '../../command/definition.ts';
import { line, word } from '../draw/text.ts';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

export interface HeaderRows {
  /** The workspace, at a fixed width. */
  readonly where: Line;
  /** Free cells at its right. */
  readonly room: number;
  /** Its content; null while running work is shown there. */
  readonly age: Line | null;
  readonly rest: readonly Line[];
}
export interface RunningWork {
  readonly title: string;
  readonly done: number;
  /** 0 while unknown. */
  readonly total: number;
  readonly detail: string;
}

/** Slow on purpose: every step is a frame. */
const interval = 250;
/** Seconds after which the time is shown. */
const patience = 3;

/** The running work with a spinner. Mounted only while work runs, so that an idle screen writes nothing. */
function Working({ work, width }: { readonly work: RunningWork; readonly width: number }) {
  const { spin } = useGlyphs();
  const { frame } = useAnimation({ interval });
  const count = work.total > 0 ? ` ${work.done}/${work.total}` : '';
  const seconds = Math.floor((frame * interval) / 1000);
  const time = seconds < patience ? '' : ` ${seconds} s`;
  const detail = work.detail === '' ? '' : `  ${work.detail}`;
  const sign = spin[frame % spin.length] ?? '';
  const words = line(word(`${sign} ${work.title}${count}${time}`, 'accent'), word(detail, 'dim'));
  return <Rows lines={[words]} width={width} />;
}

interface Props {
  readonly rows: HeaderRows;
  readonly work: RunningWork | null;
  readonly width: number;
}

export function Header({ rows: { where, room, age, rest }, work, width }: Props) {
  return (
    <Box flexDirection="column" width={width} height={rest.length + 1} flexShrink={0}>
      <Box width={width} height={1}>
        <Rows lines={[where]} width={Math.max(0, width - room)} />
        {age !== null && <Rows lines={[age]} width={room} />}
        {age === null && work !== null && <Working work={work} width={room} />}
      </Box>
      <Rows lines={rest} width={width} />
    </Box>
  );
}
