// Output and input line by line: no line is ever overwritten. All text for a screen reader is written here.
import { createInterface } from 'node:readline';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';
import { asAscii } from '../render/text.ts';
import type { AccessibleOptions } from './options.ts';
import { spoken, wrap } from './spoken.ts';

export interface Talk {
  /** Sentences, each beginning a new line. */
  say(...sentences: readonly string[]): void;
  /** Lines of words as sentences. */
  read(lines: readonly Line[]): void;
  /**
   * The next line typed, trimmed; null at the end of the input. `fresh`: input typed before the question is discarded. Throws
   * Failure (exit 130) when interrupted.
   */
  hear(prompt: string, fresh?: boolean): Promise<string | null>;
  /** The input has ended and every line of it was read. */
  ended(): boolean;
  close(): void;
}

const longest = 4000;

export function createTalk(
  options: Pick<AccessibleOptions, 'input' | 'output' | 'terminal' | 'ascii' | 'signal'>,
): Talk {
  const { input, output, terminal, ascii, signal } = options;
  // The terminal itself echoes and edits the line: no escape sequence is written.
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
    for (const sentence of sentences) show(`${wrap(clean(sentence, 20_000), width).join('\n')}\n`);
  };

  return {
    say,
    read: (lines) => say(...spoken(lines)),
    async hear(prompt, fresh = false) {
      if (fresh && terminal && heard.length > 0) {
        heard.length = 0;
        say('Input typed before this question was ignored.');
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
      // A terminal echoes input; a log of scripted answers should contain them too.
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
