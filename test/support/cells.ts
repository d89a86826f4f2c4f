// Every cell of a terminal with all its looks, to be compared.
import xterm from '@xterm/headless';

export type Terminal = InstanceType<typeof xterm.Terminal>;

export const terminalOf = ({ columns, rows }: { readonly columns: number; readonly rows: number }): Terminal =>
  new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: true });

export const sent = (terminal: Terminal, data: string) => new Promise<void>((resolve) => terminal.write(data, resolve));

/** Row by row. What was erased and what is a space are one. */
export function cellsOf(terminal: Terminal): string[] {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, y) => {
    const line = active.getLine(active.baseY + y);
    return Array.from({ length: terminal.cols }, (__, x) => {
      const cell = line?.getCell(x);
      if (cell === undefined) return '?';
      const text = cell.getWidth() === 0 ? '' : cell.getChars() || ' ';
      const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
      const looks = [...flags, cell.isStrikethrough(), cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode()];
      return `${text}${[...looks, cell.getBgColor()].map(Number).join()}`;
    }).join('|');
  });
}

/** The words of each row. */
export const rowsOf = ({ buffer: { active }, rows }: Terminal): string[] =>
  Array.from({ length: rows }, (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '');
