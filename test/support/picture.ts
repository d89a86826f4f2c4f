// A picture of a terminal: every cell with its looks as SVG, in the colours of a theme. Nothing of it is drawn by hand.
import type { Terminal } from './cells.ts';

export interface SvgPalette {
  readonly ground: string;
  readonly text: string;
}

const cellWidth = 8.4;
const rowHeight = 18;
const margin = 12;
const fontSize = 14;

interface Look {
  readonly color: string;
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}
interface Run extends Look {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
}

/** The sixteen colours that a terminal is expected to have; the rest of the 256 is computed. */
const sixteen =
  '#45475a #f38ba8 #a6e3a1 #f9e2af #89b4fa #f5c2e7 #94e2d5 #bac2de #585b70 #f38ba8 #a6e3a1 #f9e2af #89b4fa #f5c2e7 #94e2d5 #a6adc8'.split(
    ' ',
  );
const hex = (value: number): string => value.toString(16).padStart(2, '0');

function colourOf(mode: 'default' | 'palette' | 'rgb', value: number): string | null {
  if (mode === 'default') return null;
  if (mode === 'rgb') return `#${value.toString(16).padStart(6, '0')}`;
  if (value < 16) return sixteen[value] ?? null;
  if (value >= 232) return `#${hex(8 + (value - 232) * 10).repeat(3)}`;
  const part = (step: number): string => hex(step === 0 ? 0 : 55 + step * 40);
  const cube = value - 16;
  return `#${part(Math.floor(cube / 36))}${part(Math.floor(cube / 6) % 6)}${part(cube % 6)}`;
}

/** The cell whose look a character has: behind a text that was replaced by one of another length, the row is shifted. */
function lookAt(x: number, plain: string, shown: string): number {
  const [was, is] = [plain.trimEnd(), shown.trimEnd()];
  const longer = is.length - was.length;
  let alike = 0;
  while (alike < was.length && was.at(-1 - alike) === is.at(-1 - alike)) alike += 1;
  return longer === 0 || x < is.length - alike ? x : x - longer;
}

/** Runs of cells with one look. */
function runsOf(terminal: Terminal, palette: SvgPalette, settled: (row: string) => string): Run[] {
  const { active } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, y) => {
    const line = active.getLine(active.baseY + y);
    const cells = Array.from({ length: terminal.cols }, (__, x) => line?.getCell(x));
    const plain = cells.map((cell) => (cell?.getChars().length === 1 ? cell.getChars() : ' ')).join('');
    const shown = settled(plain);
    const runs: Run[] = [];
    for (const x of cells.keys()) {
      const cell = cells[lookAt(x, plain, shown)] ?? cells.at(-1);
      const width = cell?.getWidth() ?? 1;
      if (cell === undefined || width === 0) continue;
      const front = cell.isFgDefault() ? null : colourOf(cell.isFgRGB() ? 'rgb' : 'palette', cell.getFgColor());
      const back = cell.isBgDefault() ? null : colourOf(cell.isBgRGB() ? 'rgb' : 'palette', cell.getBgColor());
      const isInverse = cell.isInverse() > 0;
      const look: Look = {
        color: isInverse ? (back ?? palette.ground) : (front ?? palette.text),
        background: isInverse ? (front ?? palette.text) : back,
        bold: cell.isBold() > 0,
        dim: cell.isDim() > 0,
        italic: cell.isItalic() > 0,
        underline: cell.isUnderline() > 0,
      };
      const own = cell.getChars();
      const text = own.length > 1 ? own : (shown[x] ?? ' ');
      const last = runs.at(-1);
      if (last !== undefined && sameLook(last, look)) {
        runs[runs.length - 1] = { ...last, text: last.text + text, width: last.width + width };
      } else runs.push({ ...look, x, y, width, text });
    }
    return runs.map(withoutBlanks);
  }).flat();
}

/** Blanks at the end of a run show nothing, and their number differs with what was settled. */
function withoutBlanks(run: Run): Run {
  const text = run.background === null && !run.underline ? run.text.trimEnd() : run.text;
  return { ...run, text, width: run.width - (run.text.length - text.length) };
}

const sameLook = (a: Look, b: Look): boolean =>
  a.color === b.color &&
  a.background === b.background &&
  a.bold === b.bold &&
  a.dim === b.dim &&
  a.italic === b.italic &&
  a.underline === b.underline;

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** Browsers draw several spaces as one, whatever `xml:space` says, and none at the start. */
const spaced = (text: string): string => escaped(text).replaceAll(' ', '\u00a0');
const round = (value: number): number => Math.round(value * 100) / 100;

/** `title` is read out in place of the picture. */
export function pictureOf(
  terminal: Terminal,
  { title, palette, settled = (row) => row }: { title: string; palette: SvgPalette; settled?: (row: string) => string },
): string {
  const [width, height] = [terminal.cols * cellWidth + 2 * margin, terminal.rows * rowHeight + 2 * margin].map(round);
  const shapes = runsOf(terminal, palette, settled).flatMap((run) => {
    const [x, y, long] = [margin + run.x * cellWidth, margin + run.y * rowHeight, run.width * cellWidth].map(round);
    const blank = run.text.trim() === '' && !run.underline;
    const looks = [
      `fill="${run.color}"`,
      run.bold ? 'font-weight="bold"' : '',
      run.dim ? 'opacity="0.6"' : '',
      run.italic ? 'font-style="italic"' : '',
      run.underline ? 'text-decoration="underline"' : '',
    ].filter((look) => look !== '');
    return [
      ...(run.background === null
        ? []
        : [`<rect x="${x}" y="${y}" width="${long}" height="${rowHeight}" fill="${run.background}"/>`]),
      ...(blank
        ? []
        : [
            `<text x="${x}" y="${round((y ?? 0) + 13.5)}" textLength="${long}" lengthAdjust="spacingAndGlyphs" ${looks.join(' ')}>${spaced(run.text)}</text>`,
          ]),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${palette.ground}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}">`,
    ...shapes,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** What differs from run to run, replaced by something of the same length: ports, identifiers, times, durations. */
export function settledText(text: string): string {
  const same = (found: string, filler: string) => filler.repeat(found.length).slice(0, found.length);
  return (
    text
      .replace(
        /\b(?!(\d)\1{7}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
        '00000000-0000-0000-0000-000000000000',
      )
      .replace(/\b\d{8}T\d{6}-[0-9a-f]{6}\b/g, '20260101T120000-abcdef')
      .replace(
        /(\b(?:localhost|127\.0\.0\.1|\[::1\]):)(\d{2,5})/g,
        (_, host: string, port: string) => host + same(port, '44300'),
      )
      .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, '2026-01-01T12:00:00')
      .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?/g, (found) => '2026-01-01 12:00:00'.slice(0, found.length))
      .replace(/\b\d\d:\d\d:\d\d\b/g, '12:00:00')
      .replace(
        /(\b(?:GET|PUT|POST|PATCH|DELETE) +\d{3})( +\d+)/g,
        (_, sent: string, ms: string) => sent + '12'.padStart(ms.length),
      )
      .replace(/\bafter \d+(?:\.\d+)? m?s\b/g, (found) => 'at once'.padEnd(found.length))
      .replace(/at once +$/gm, 'at once')
      // Between two gaps nothing stands at a column.
      .replace(/(?<= {2})\d+(?:\.\d+)? m?s(?= {2})/g, '111 ms')
      .replace(/(?<![\d.])(\d+(?:\.\d+)?)(?= m?s\b)/g, (found) => found.replace(/\d/g, '1'))
  );
}
