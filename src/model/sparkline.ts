// A series of numbers as one row of bars, the newest at the right; each bar tells with its role whether the number got better.
import type { Line, Word } from './words.ts';

const bars = { rich: '▁▂▃▄▅▆▇█', ascii: '_.:-=+*#' } as const;

export interface SparklineLook {
  /** Bars at most; older values are left out. */
  readonly cells: number;
  readonly ascii: boolean;
  /** Which numbers are good: failing findings `lower`, passing ones `higher`. */
  readonly better: 'lower' | 'higher';
}

/**
 * One bar per value, from 0 to the highest of those shown. Only 0 has the lowest bar. Words of a role are joined; values that
 * are no number of at least 0 count as 0. Empty for an empty series.
 */
export function sparkline(values: readonly number[], { cells, ascii, better }: SparklineLook): Line {
  const from = Math.max(0, values.length - Math.max(0, Math.floor(cells)));
  const known = values.map((value) => (Number.isFinite(value) ? Math.max(0, value) : 0));
  const shown = known.slice(from);
  const top = Math.max(0, ...shown);
  const set = ascii ? bars.ascii : bars.rich;
  const words: Word[] = [];
  for (const [index, value] of shown.entries()) {
    const step = value === 0 ? 0 : Math.max(1, Math.round((value / top) * (set.length - 1)));
    const role = roleOf(value, known[from + index - 1] ?? value, better);
    const last = words.at(-1);
    const bar = set[step] ?? '';
    if (last?.role === role) words[words.length - 1] = { text: last.text + bar, role };
    else words.push({ text: bar, role });
  }
  return words;
}

function roleOf(value: number, before: number, better: SparklineLook['better']): string {
  if (value === before) return 'dim';
  return value < before === (better === 'lower') ? 'ok' : 'bad';
}
