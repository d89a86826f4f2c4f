// Ink renders every frame from scratch: each line is split into styled characters again, which was half the cost of a key.
// This caches its rows; a row of the same texts at the same columns is the same row. It depends only on the interface of
// Ink's output class; the build wraps that class.

interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Transformers applied to the whole text, line by line. */
  readonly transformers: readonly ((line: string, index: number) => string)[];
}
/** Null: no clipping. */
type Step = Text | { readonly clip: unknown };

export interface Output {
  write(x: number, y: number, text: string, options: Pick<Text, 'transformers'>): void;
  clip(clip: unknown): void;
  unclip(): void;
  get(): { readonly output: string; readonly height: number };
}
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}
export type OutputClass = new (size: TerminalSize) => Output;

/** Rows of some screens; beyond this the cache is cleared, which costs one frame. */
const most = 600;

/** The same class with a row cache. */
export function keepRows(Drawing: OutputClass): OutputClass {
  let known = new Map<string, string>();
  let knownWidth = 0;

  /** The row as Ink renders it. */
  const drawn = (texts: readonly { x: number; text: string }[], width: number): string => {
    const row = new Drawing({ width, height: 1 });
    for (const { x, text } of texts) row.write(x, 0, text, { transformers: [] });
    return row.get().output;
  };

  const rowOf = (texts: readonly { x: number; text: string }[], width: number): string => {
    // None of the texts has a line break, so nothing else has this key.
    const key = texts.map(({ x, text }) => `${x}\n${text}`).join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= most) known = new Map();
    const row = drawn(texts, width);
    known.set(key, row);
    return row;
  };

  return class KeptOutput implements Output {
    readonly #size: TerminalSize;
    readonly #steps: Step[] = [];
    /** Every text is in one row and not clipped. */
    #plain = true;

    constructor(size: TerminalSize) {
      this.#size = size;
    }

    write(x: number, y: number, text: string, { transformers }: Pick<Text, 'transformers'>): void {
      if (text === '') return;
      this.#steps.push({ x, y, text, transformers });
      if (text.includes('\n')) this.#plain = false;
    }

    clip(clip: unknown): void {
      this.#steps.push({ clip });
      this.#plain = false;
    }

    unclip(): void {
      this.#steps.push({ clip: null });
    }

    get(): { output: string; height: number } {
      const { width, height } = this.#size;
      if (!this.#plain) return this.#whole();
      if (width !== knownWidth) known = new Map();
      knownWidth = width;
      const rows: { x: number; text: string }[][] = Array.from({ length: height }, () => []);
      for (const step of this.#steps) {
        if ('clip' in step) continue;
        const { x, y, transformers } = step;
        rows[y]?.push({ x, text: transformers.reduce((text, transform) => transform(text, 0), step.text) });
      }
      return { output: rows.map((texts) => rowOf(texts, width)).join('\n'), height };
    }

    /** The frame as Ink renders it. */
    #whole(): { output: string; height: number } {
      const all = new Drawing(this.#size);
      for (const step of this.#steps) {
        if (!('clip' in step)) all.write(step.x, step.y, step.text, step);
        else if (step.clip === null) all.unclip();
        else all.clip(step.clip);
      }
      return all.get();
    }
  };
}
