// The signs of the screen, each one cell wide, in two sets: one for terminals that show more than ASCII.
export interface Glyphs {
  readonly rule: string;
  readonly wall: string;
  readonly tee: string;
  readonly corner: string;
  readonly more: string;
  readonly mark: string;
  readonly open: string;
  readonly folded: string;
  readonly ok: string;
  readonly bad: string;
  readonly waiting: string;
  readonly sent: string;
  readonly skipped: string;
  readonly crumb: string;
  readonly dot: string;
  readonly marked: string;
  readonly up: string;
  readonly down: string;
  readonly spin: readonly string[];
}

const rich: Glyphs = {
  rule: '─',
  wall: '│',
  tee: '├',
  corner: '└',
  more: '…',
  mark: '>',
  open: '▾',
  folded: '▸',
  ok: '✓',
  bad: '✗',
  waiting: '·',
  sent: '→',
  skipped: '-',
  crumb: '›',
  dot: '·',
  marked: '*',
  up: '▲',
  down: '▼',
  spin: ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'],
};
const ascii: Glyphs = {
  rule: '-',
  wall: '|',
  tee: '|',
  corner: '`',
  more: '~',
  mark: '>',
  open: 'v',
  folded: '+',
  ok: '*',
  bad: 'x',
  waiting: '.',
  sent: '>',
  skipped: '-',
  crumb: '/',
  dot: '-',
  marked: '*',
  up: '^',
  down: 'v',
  spin: ['|', '/', '-', '\\'],
};

export const glyphsFor = (onlyAscii: boolean): Glyphs => (onlyAscii ? ascii : rich);

const standIns: Readonly<Record<string, string>> = {
  '…': '~',
  '→': '>',
  '←': '<',
  '›': '/',
  '·': '-',
  '•': '*',
  '–': '-',
  '—': '-',
  '✓': '*',
  '✗': 'x',
  '≥': '>',
  '≤': '<',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '─': '-',
  '│': '|',
  '\u00a0': ' ',
};

/** Text for a terminal that shows ASCII only: known symbols become the nearest ASCII, everything else a question mark. */
export const asciiText = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : [...text].map((one) => (one <= '~' ? one : (standIns[one] ?? '?'))).join('');
