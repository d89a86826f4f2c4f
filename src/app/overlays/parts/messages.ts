// The messages so far, as a scrollable text.

import { line, word } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';
import type { OutputOverlay } from '../output.ts';

export function messagesOverlay({ messages }: State): OutputOverlay {
  const lines = messages.map((one) =>
    line(word(`${new Date(one.at).toISOString().slice(11, 19)} `, 'dim'), word(one.text, one.role)),
  );
  const none = [line(word('No messages yet', 'dim'))];
  return { kind: 'output', title: 'Messages', lines: lines.length > 0 ? lines : none, running: false, top: 0 };
}
