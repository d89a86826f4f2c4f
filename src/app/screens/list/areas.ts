// Layout of list and detail, in cells: side by side where there is room, else stacked, else one at a time.
import type { Area } from '../../draw/boxes.ts';

export interface ListAreas {
  readonly beside: boolean;
  readonly list: Area | null;
  readonly detail: Area | null;
}

const wide = 132;
const high = 15;

export function areasOf(width: number, body: number, side: 'list' | 'detail', zoom: boolean): ListAreas {
  const whole = { width, height: body };
  if (zoom || (width < wide && body < high)) {
    return { beside: false, list: side === 'list' ? whole : null, detail: side === 'detail' ? whole : null };
  }
  if (width >= wide) {
    const left = Math.floor(width * 0.55);
    // One column for the separator between them.
    return { beside: true, list: { width: left, height: body }, detail: { width: width - left - 1, height: body } };
  }
  const upper = Math.floor(body * 0.5);
  return { beside: false, list: { width, height: upper }, detail: { width, height: body - upper } };
}
