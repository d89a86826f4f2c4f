// A stream between the terminal and Ink's input: it extracts mouse reports, which Ink would drop, and ends a paste whose end
// was lost, which would consume all later keys. To Ink it behaves like a terminal.
import { Readable } from 'node:stream';

/** A report of the mouse, in cells from 0. */
export interface Pointed {
  readonly kind: 'click' | 'wheel-up' | 'wheel-down';
  readonly x: number;
  readonly y: number;
}

const [pasteStart, pasteEnd] = ['\x1b[200~', '\x1b[201~'];
/** How long a paste may pause, in milliseconds. Single keys do not keep it going. */
const longestPause = 3_000;
const longestKey = 8;
const report = /\x1b\[<(\d+);(\d+);(\d+)([Mm])/g;
/** The start of a report whose rest has not arrived yet. */
const unfinished = /\x1b\[<[\d;]*$/;

/** `onPointed`: set where the mouse is enabled; without it reports are not extracted. */
export function createInputStream(stdin: NodeJS.ReadStream, onPointed?: (pointed: Pointed) => void): NodeJS.ReadStream {
  const out = new Readable({ read: () => undefined, encoding: 'utf8' });
  let rest = '';
  let pasting = false;
  let timer: NodeJS.Timeout | undefined;

  const watchPaste = (text: string) => {
    const [start, end] = [text.lastIndexOf(pasteStart), text.lastIndexOf(pasteEnd)];
    const went = pasting;
    if (start >= 0 || end >= 0) pasting = start > end;
    if (!pasting) clearTimeout(timer);
    else if (!went || text.length > longestKey) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        pasting = false;
        out.push(pasteEnd);
      }, longestPause).unref();
    }
  };

  const withoutReports = (text: string): string => {
    if (onPointed === undefined || pasting) return text;
    const whole = rest + text;
    const cut = unfinished.exec(whole)?.index ?? whole.length;
    rest = whole.slice(cut);
    return whole.slice(0, cut).replace(report, (_, code: string, x: string, y: string, end: string) => {
      const kind = kindOf(Number(code), end);
      if (kind !== null) onPointed({ kind, x: Number(x) - 1, y: Number(y) - 1 });
      return '';
    });
  };

  const taken = (data: string) => {
    const text = withoutReports(data);
    if (text === '') return;
    watchPaste(text);
    out.push(text);
  };

  stdin.setEncoding('utf8');
  return Object.assign(out, {
    isTTY: true,
    setRawMode(on: boolean) {
      stdin.setRawMode(on);
      stdin.off('data', taken);
      // A paused stream does not resume when a listener is added.
      if (on) stdin.on('data', taken).resume();
      else stdin.pause();
      return out;
    },
    ref: () => stdin.ref(),
    unref: () => stdin.unref(),
  }) as unknown as NodeJS.ReadStream;
}

/** By the numbers of xterm's mouse tracking: 64 and up turn the wheel, 0 is the left button; `m` is the release. */
function kindOf(code: number, end: string): Pointed['kind'] | null {
  if (code === 64) return 'wheel-up';
  if (code === 65) return 'wheel-down';
  return code === 0 && end === 'M' ? 'click' : null;
}
