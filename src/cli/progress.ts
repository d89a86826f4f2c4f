// What is going on, on stderr: one line that is written over on a terminal, whole lines for a screen reader, and nothing
// where no terminal is attached.
import { stageWords, stepSentence } from '../command/progress-words.ts';
import { codeLines } from '../command/sign-in-words.ts';
import { nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { asAscii } from '../render/text.ts';
import type { SessionEvent } from '../session/session.ts';

export interface ProgressDisplay {
  tell(event: SessionEvent): void;
  /** Takes the passing line away, before anything else is written. */
  clear(): void;
}
export interface ProgressDisplayOptions {
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly quiet: boolean;
  readonly accessible: boolean;
  /** No characters beyond ASCII. */
  readonly ascii: boolean;
}

/** Milliseconds between two passing lines of one kind. */
const often = 250;

export function progressOn({ stderr, quiet, accessible, ascii }: ProgressDisplayOptions): ProgressDisplay {
  const watched = stderr.isTTY === true && !quiet;
  let passing = false;
  let last = '';
  let at = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (passing) stderr.write('\r\x1b[2K');
    passing = false;
  };
  const shown = ascii ? asAscii : (text: string) => text;
  const keep = (text: string) => {
    clear();
    stderr.write(`${shown(text)}\n`);
  };
  const pass = (text: string, kind: string) => {
    if (accessible) {
      if (kind !== last) keep(text);
      last = kind;
      return;
    }
    // No one can read more often, and a slow connection should carry other things.
    const now = performance.now();
    if (kind === last && now - at < often) return;
    [last, at] = [kind, now];
    const width = Math.max(20, (stderr.columns ?? 80) - 1);
    const cut = shown(text.length > width ? `${text.slice(0, width - 1)}…` : text).slice(0, width);
    stderr.write(`\r\x1b[2K${cut}`);
    passing = true;
  };
  return {
    clear,
    tell(event) {
      if (event.kind === 'settled' && !quiet) {
        keep(
          `Recovered an interrupted run: entry ${event.entry}, ${nameOf(event.resource)}: ${clean(event.detail, 300)}`,
        );
        return;
      }
      if (event.kind === 'asking' && !quiet) {
        keep(clean(event.detail, 500));
        return;
      }
      if (event.kind === 'sign-in' && event.code !== undefined) {
        for (const line of codeLines(event.code)) keep(line);
        return;
      }
      if (!watched) return;
      const said = sentence(event);
      if (said === undefined) return;
      if (said.stays) keep(said.text);
      else pass(said.text, said.kind);
    },
  };
}

interface Said {
  readonly text: string;
  readonly kind: string;
  readonly stays: boolean;
}

function sentence(event: SessionEvent): Said | undefined {
  if (event.kind === 'progress') {
    const count = event.total > 0 ? ` ${event.done}/${event.total}` : '';
    const detail = event.detail === '' ? '' : `: ${clean(event.detail, 200)}`;
    return { text: `${stageWords[event.stage]}${count}${detail}`, kind: event.stage, stays: false };
  }
  if (event.kind === 'wait') {
    return { text: clean(event.reason, 200), kind: 'wait', stays: false };
  }
  if (event.kind === 'sign-in') {
    const text = `Sign-in by ${clean(event.step, 60)}: ${event.state === 'no' ? 'unavailable' : event.state}, ${clean(event.detail, 200)}`;
    return { text, kind: `sign-in ${event.step}`, stays: false };
  }
  if (event.kind !== 'step') return undefined;
  const text = stepSentence(event, '  ');
  if (text === null) return undefined;
  return {
    text: `${event.index + 1}/${event.total} ${text}`,
    kind: `step ${event.index} ${event.state}`,
    stays: event.state === 'verified' || event.state === 'failed',
  };
}
