// The one place where keys and pastes enter the screen. It splits, guards against split escape sequences and hands on;
// what a key means is decided elsewhere.
import { useInput, usePaste } from 'ink';
import { useRef } from 'react';
import { escapeTail, isEscapeTail, type KeyName, splitKeys } from './keys.ts';

export interface KeySink {
  press(key: KeyName): void;
  paste(text: string): void;
}

/** Feeds every key of the terminal to `sink`. Use once, at the root. `now` is a clock in milliseconds. */
export function useKeys(sink: KeySink, now: () => number): void {
  const escapedAt = useRef(Number.NEGATIVE_INFINITY);
  const began = useRef(false);
  useInput((input, key) => {
    const recent = now() - escapedAt.current < escapeTail;
    if (recent && input !== '' && !key.ctrl && isEscapeTail(input, began.current)) {
      // A sequence ends with its letter or `~`; until then more of it may follow.
      began.current = true;
      if (input.length > 1 || !/[[O]/.test(input)) escapedAt.current = Number.NEGATIVE_INFINITY;
      return;
    }
    began.current = false;
    for (const name of splitKeys(input, key)) {
      sink.press(name);
      // Drawing what the key did takes its time too, and the tail waits meanwhile.
      escapedAt.current = name === 'esc' ? now() : Number.NEGATIVE_INFINITY;
    }
  });
  usePaste((text) => sink.paste(text));
}
