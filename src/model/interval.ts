// Times between two scans: written as `30s`, `5m`, `2h`, and how long to wait after scans that failed. Pure.

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** No more often than Azure can be asked, no more seldom than a timer can wait. */
const shortestInterval = 10_000;
const longestInterval = 24 * units.h;

/** Milliseconds of `30s`, `5m`, `2h`; null for any other text, and beyond the limits (10s to 24h). */
export function readInterval(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,6})\s*([smh])$/i.exec(text.trim()) ?? [];
  if (digits === '') return null;
  const ms = Number(digits) * units[unit.toLowerCase() as keyof typeof units];
  return ms >= shortestInterval && ms <= longestInterval ? ms : null;
}

/** `30s`, `5m`, `1h30m`. */
export function intervalWords(ms: number): string {
  const [h, m, s] = [Math.floor(ms / units.h), Math.floor(ms / units.m) % 60, Math.round(ms / units.s) % 60];
  const words = `${h > 0 ? `${h}h` : ''}${m > 0 ? `${m}m` : ''}${s > 0 ? `${s}s` : ''}`;
  return words === '' ? '0s' : words;
}

/**
 * How long to wait until the next scan: `every`, counted from the start of the last one; after `failed` scans in a row that did not
 * succeed a shorter time that doubles, but never longer than `every`.
 */
export function nextDelay(every: number, took: number, failed: number): number {
  if (failed > 0) return Math.min(every, shortestInterval * 2 ** Math.min(failed - 1, 12));
  return Math.max(shortestInterval / 2, every - took);
}
