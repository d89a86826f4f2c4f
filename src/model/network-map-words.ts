// What the parts of a map are called: the same words on the screen and in text.
import type { MapRoom } from './network-map.ts';
import type { PathVerdict } from './path.ts';

export const reachMarks: Readonly<Record<PathVerdict, string>> = {
  allowed: '✓',
  denied: '✗',
  partly: '~',
  unknown: '?',
};

/** `246 of 251 free`, `about 246 free`. */
export function roomText(room: MapRoom | null): string {
  if (room === null) return '';
  const free = room.usable === null ? `${room.free} free` : `${room.free} of ${room.usable} free`;
  return room.approximate ? `about ${free}` : free;
}

/** `Storage` for `Microsoft.Storage`. */
export const shortService = (service: string): string => service.replace(/^Microsoft\./i, '');
