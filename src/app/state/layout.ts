// Layout of header, body and footer. Independent of their content.
export interface Layout {
  readonly tooSmall: boolean;
  readonly width: number;
  readonly header: number;
  /** Rows between header and footer. */
  readonly body: number;
}

/** The minimum size of the terminal. */
export const smallest = { columns: 60, rows: 15 } as const;
const footer = 2;
/** From this height on, the screens have a row of tabs. */
const roomy = 24;

export function layoutFor({ columns, rows }: { readonly columns: number; readonly rows: number }): Layout {
  const header = rows >= roomy ? 3 : 2;
  return {
    tooSmall: columns < smallest.columns || rows < smallest.rows,
    width: columns,
    header,
    body: Math.max(0, rows - header - footer),
  };
}
