// What is said and what is heard, line after line: nothing is ever painted over. Everything a screen reader gets passes here.
import { createInterface } from 'node:readline';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';
import { asAscii } from '../render/text.ts';
import type { AccessibleOptions } from './options.ts';
import { spoken, wrap } from './spoken.ts';

export interface Talk {
  /** Sentences, each on lines of its own. */
  say(...sentences: readonly string[]): void;
  /** Lines of words as sentences. */
  read(lines: readonly Line[]): void;
  /**
   * The next line typed, trimmed; null at the end of the input. `fresh`: what was typed before the question stood there is no
   * answer to it. Throws Failure (exit 130) when interrupted.
   */
  hear(prompt: string, fresh?: boolean): Promise<string | null>;
  /** The input has come to its end, and everything of it was heard. */
  ended(): boolean;
  close(): void;
}

const longest = 4000;

export function createTalk(
  options: Pick<AccessibleOptions, 'input' | 'output' | 'terminal' | 'ascii' | 'signal'>,
): Talk {
  const { input, output, terminal, ascii, signal } = options;
  // The terminal itself echoes and edits the line, in the way its user knows: no sequence of ours is in the way.
  const reader = createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
  const heard: string[] = [];
  let ended = false;
  let wake = () => {};
  reader.on('line', (text) => {
    heard.push(clean(text, longest).trim());
    wake();
  });
  reader.on('close', () => {
    ended = true;
    wake();
  });
  const stop = () => wake();
  signal.addEventListener('abort', stop);

  const show = (text: string) => output.write(ascii ? asAscii(text) : text);
  const say: Talk['say'] = (...sentences) => {
    const width = Math.max(20, (output.columns ?? 80) - 1);
    for (const sentence of sentences) show(`${wrap(sentence, width).join('\n')}\n`);
  };

  return {
    say,
    read: (lines) => say(...spoken(lines)),
    async hear(prompt, fresh = false) {
      if (fresh && terminal && heard.length > 0) {
        heard.length = 0;
        say('What was typed before this question does not count.');
      }
      show(`${prompt} `);
      while (heard.length === 0 && !ended && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal.aborted) {
        show('\n');
        throw new Failure('interrupted', exitStatus.interrupted, 'Interrupted.', 'Nothing more is sent.');
      }
      const answer = heard.shift();
      // A terminal has shown what was typed; a log of answers written beforehand should hold them too.
      if (!terminal || answer === undefined) show(`${answer ?? ''}\n`);
      return answer ?? null;
    },
    ended: () => ended && heard.length === 0,
    close() {
      signal.removeEventListener('abort', stop);
      reader.close();
    },
  };
}
