// The running work with a spinner. Mounted only while work runs, so that an idle screen writes nothing.
import { useAnimation } from 'ink';
import { clean } from '../../model/text.ts';
import { line, word } from '../draw/text.ts';
import { useGlyphs, useSelect } from './context.tsx';
import { Line } from './Line.tsx';

/** Slow on purpose: every step is a frame. */
const interval = 250;
/** Seconds after which the time is shown. */
const patience = 3;

export function Working({ width }: { readonly width: number }) {
  const work = useSelect((state) => state.work);
  const { spin } = useGlyphs();
  const { frame } = useAnimation({ interval });
  if (work === null) return null;
  const count = work.total > 0 ? ` ${work.done}/${work.total}` : '';
  const seconds = Math.floor((frame * interval) / 1000);
  const time = seconds < patience ? '' : ` ${seconds} s`;
  const detail = work.detail === '' ? '' : `  ${clean(work.detail)}`;
  const sign = spin[frame % spin.length] ?? '';
  return (
    <Line words={line(word(`${sign} ${work.title}${count}${time}`, 'accent'), word(detail, 'dim'))} width={width} />
  );
}
