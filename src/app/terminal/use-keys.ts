// The one place where keys and pastes enter the screen. It splits keys, guards against split escape sequences and passes keys
// on; their meaning is defined elsewhere.
import { useInput, usePaste } from 'ink';
import { useRef } from 'react';
import { dropEscapeTail, escapeTail, type KeyName, splitKeys } from './keys.ts';

export interface KeySink {
  press(key: KeyName): void;
  paste(text: string): void;
}

/** Feeds every key of the terminal to `sink`. Use once, at the root. */
export function useKeys(sink: KeySink): void {
  const guard = useRef<Guard | null>(null);
  guard.current ??= createGuard();
  useInput((input, key) => {
    const tail = guard.current;
    const rest = input === '' || key.ctrl ? input : (tail?.strip(input) ?? input);
    if (rest === '' && input !== '') return;
    for (const name of splitKeys(rest, key)) {
      sink.press(name);
      if (name === 'esc') tail?.raise();
      else tail?.lower();
    }
  });
  usePaste((text) => sink.paste(text));
}

interface Guard {
  /** A single Escape arrived. */
  raise(): void;
  lower(): void;
  /** The input without the rest of the sequence that Escape began. */
  strip(input: string): string;
}

function createGuard(): Guard {
  let up = false;
  let began = false;
  let timer: NodeJS.Timeout | undefined;
  const lower = () => {
    clearTimeout(timer);
    up = false;
    began = false;
  };
  return {
    raise() {
      lower();
      up = true;
      // Rendering may have blocked input for the whole time: pending input is read before the immediate runs, so the guard
      // still applies to it.
      timer = setTimeout(() => setImmediate(lower), escapeTail).unref();
    },
    lower,
    strip(input) {
      const found = up ? dropEscapeTail(input, began) : null;
      began = true;
      if (found?.done !== false) lower();
      return found?.rest ?? input;
    },
  };
}
