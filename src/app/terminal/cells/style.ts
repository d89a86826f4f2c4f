// The style (SGR) and link (OSC 8) of a cell, and the shortest change from one style to the next. Styles and cells are
// interned, so that equality is identity.

export interface CellStyle {
  /** One word for each slot below; empty where off. */
  readonly slots: readonly string[];
  /** The parameters and address of a link, `id=x;https://...`; empty for none. */
  readonly link: string;
  readonly cells: Map<string, Cell>;
  /** The style after an SGR sequence, by its parameters. */
  readonly after: Map<string, CellStyle>;
  /** The bytes that change a terminal from this style to another. */
  readonly transitions: Map<CellStyle, string>;
}

export interface Cell {
  /** One grapheme; empty in the cells that a wide one covers besides its first. */
  readonly text: string;
  readonly style: CellStyle;
  /** Its width differs between terminals. */
  readonly odd: boolean;
}

/** How each slot is switched off; the first two, bold and dim, share theirs. */
const off = ['22', '22', '23', '24', '25', '27', '28', '29', '55', '39', '49', '59'] as const;
const [fgSlot, bgSlot, lineSlot] = [9, 10, 11];
/** The slot of each single code. */
const slotOf: Readonly<Record<string, number>> = {
  ...{ 1: 0, 2: 1, 3: 2, 4: 3, 21: 3, 5: 4, 6: 4, 7: 5, 8: 6, 9: 7, 53: 8 },
};
const colourSlots: Readonly<Record<string, number>> = { 38: fgSlot, 48: bgSlot, 58: lineSlot };

export interface Styles {
  readonly plain: CellStyle;
  /** A space in the plain style: the content of an erased cell. */
  readonly blank: Cell;
  /** The style after `CSI parameters m`. */
  after(style: CellStyle, parameters: string): CellStyle;
  linked(style: CellStyle, link: string): CellStyle;
}

export function createStyles(): Styles {
  const known = new Map<string, CellStyle>();
  const intern = (slots: readonly string[], link: string): CellStyle => {
    const key = `${slots.join('\n')}\n${link}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const style: CellStyle = { slots, link, cells: new Map(), after: new Map(), transitions: new Map() };
    known.set(key, style);
    return style;
  };
  const plain = intern(
    off.map(() => ''),
    '',
  );
  return {
    plain,
    blank: cellOf(plain, ' '),
    after(style, parameters) {
      const found = style.after.get(parameters);
      if (found !== undefined) return found;
      const next = intern(applied(style.slots, parameters), style.link);
      style.after.set(parameters, next);
      return next;
    },
    linked: (style, link) => intern(style.slots, link),
  };
}

export function cellOf(style: CellStyle, text: string, odd = false): Cell {
  const found = style.cells.get(text);
  if (found !== undefined) return found;
  const cell = { text, style, odd };
  style.cells.set(text, cell);
  return cell;
}

function applied(before: readonly string[], parameters: string): readonly string[] {
  let slots = [...before];
  const codes = parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? '';
    const number = Number.parseInt(code, 10) || 0;
    const colour = colourSlots[number];
    if (number === 0) slots = slots.map(() => '');
    else if (colour !== undefined) {
      // `38;5;n` and `38;2;r;g;b`, or one word with colons.
      const length = code.includes(':') ? 1 : codes[at + 1] === '5' ? 3 : 5;
      slots[colour] = codes.slice(at, at + length).join(';');
      at += length - 1;
    } else if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) slots[fgSlot] = code;
    else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) slots[bgSlot] = code;
    else if (code === '4:0') slots[3] = '';
    else if (slotOf[number] !== undefined) slots[slotOf[number]] = code;
    else slots = slots.map((value, slot) => (off[slot] === code ? '' : value));
  }
  return slots;
}

/** The shortest bytes that change a terminal from one style to the other. */
export function transition(from: CellStyle, to: CellStyle): string {
  if (from === to) return '';
  const found = from.transitions.get(to);
  if (found !== undefined) return found;
  const link = from.link === to.link ? '' : `\x1b]8;${to.link === '' ? ';' : to.link}\x1b\\`;
  const bytes = `${link}${sgrBetween(from.slots, to.slots)}`;
  from.transitions.set(to, bytes);
  return bytes;
}

function sgrBetween(from: readonly string[], to: readonly string[]): string {
  const changed = to.flatMap((code, slot) => (code === from[slot] ? [] : [slot]));
  if (changed.length === 0) return '';
  const lost = changed.filter((slot) => to[slot] === '');
  const offs = [...new Set(lost.map((slot) => off[slot] ?? ''))];
  // The code that ends bold also ends dim, so the one that stays is set again.
  const again = offs.includes('22') ? [0, 1].filter((slot) => to[slot] !== '' && !changed.includes(slot)) : [];
  const on = [...changed, ...again].flatMap((slot) => (to[slot] === '' ? [] : [to[slot] ?? '']));
  const step = [...offs, ...on].join(';');
  const all = to.filter((code) => code !== '');
  const anew = all.length === 0 ? '' : `0;${all.join(';')}`;
  return `\x1b[${step.length <= anew.length ? step : anew}m`;
}
