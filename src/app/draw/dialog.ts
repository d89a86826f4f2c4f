// Where a dialog lies over the body: as wide as its text needs, and never so wide or high that nothing of the screen is seen.

/** The body of the screen. */
export interface BodySize {
  readonly width: number;
  readonly body: number;
}

export interface DialogArea {
  readonly left: number;
  readonly width: number;
  /** Rows of the body that it lies on. */
  readonly body: number;
}

/** Cells of a border on both sides, or rows above and below. */
export const dialogBorder = 2;
/** A longer line is hard to read. */
const widest = 104;
const besides = 4;

export function dialogArea({ width, body }: BodySize): DialogArea {
  const own = Math.min(widest, width - 2 * besides);
  return { left: Math.floor((width - own) / 2), width: own, body };
}

/** Cells of a text in a dialog: a column is free on each side. */
export const dialogText = (layout: BodySize): number => dialogArea(layout).width - dialogBorder - 2;

/** From this height of the body on, a row of the screen is seen above and below. */
const roomy = 16;

/** Rows of a text in a dialog at most: without border and title, a blank row and the buttons. */
export const dialogRows = ({ body }: BodySize): number => Math.max(1, body - dialogBorder - 3 - (body < roomy ? 0 : 2));

/** Rows of a text that fills the body: without title, a blank row and the buttons. */
export const pageRows = ({ body }: BodySize): number => Math.max(1, body - 3);
