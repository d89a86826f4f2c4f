// Questions on the terminal, line by line, so that a screen reader can follow. Cancel is what an empty answer means.
import type { Ask } from '../command/definition.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';

export interface PromptOptions {
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Is there somebody to answer? */
  readonly interactive: boolean;
  /** Answers given beforehand (`--answer NAME=VALUE`). */
  readonly answers: Readonly<Record<string, string>>;
  /** Lines as text in the host's look. */
  show(lines: readonly Line[]): string;
  readonly signal: AbortSignal;
}

export function terminalAsk(options: PromptOptions): Ask {
  const { stdin, stderr, interactive, answers, show, signal } = options;
  const question = async (text: string): Promise<string> => {
    const { createInterface } = await import('node:readline/promises');
    const reader = createInterface({ input: stdin, output: stderr, terminal: true });
    const gone = new AbortController();
    reader.once('SIGINT', () => gone.abort());
    reader.once('close', () => gone.abort());
    try {
      return await reader.question(text, { signal: AbortSignal.any([signal, gone.signal]) });
    } catch {
      stderr.write('\n');
      throw new Failure(
        'interrupted',
        exitStatus.interrupted,
        'Interrupted before anything was sent.',
        'Run it again.',
      );
    } finally {
      reader.close();
    }
  };
  return {
    async confirm({ title, lines, yes }) {
      stderr.write(show([...lines, [], [{ text: title, role: 'heading' }]]));
      if (!interactive) {
        throw new Failure(
          'needs-confirmation',
          exitStatus.notSent,
          'This needs your confirmation, and there is no terminal to ask on. Nothing was sent.',
          'Read the plan (--dry-run shows it), then add --yes.',
        );
      }
      const answer = await question(`${yes}? Type yes to go on, Enter to cancel: `);
      return /^y(es)?$/i.test(answer.trim());
    },
    async choose({ name, title, choices }) {
      const given = answers[name];
      if (given !== undefined && choices.some((choice) => choice.value === given)) return given;
      if (!interactive) throw noAnswer(name, title);
      stderr.write(
        show([
          [{ text: title, role: 'heading' }],
          ...choices.map((choice, index) => [{ text: `  ${index + 1}  ${choice.label}` }]),
        ]),
      );
      const answer = (await question('Number, or Enter to cancel: ')).trim();
      const chosen = choices[Number(answer) - 1] ?? choices.find((choice) => choice.value === answer);
      if (chosen) return chosen.value;
      throw cancelled();
    },
    async text({ name, title, suggestion }) {
      const given = answers[name];
      if (given !== undefined) return given;
      if (!interactive) throw noAnswer(name, title);
      stderr.write(show([[{ text: title, role: 'heading' }]]));
      const hint = suggestion === undefined ? '' : ` (yes for ${clean(suggestion, 100)})`;
      const answer = (await question(`Answer${hint}, or Enter to cancel: `)).trim();
      if (answer === '') throw cancelled();
      return suggestion !== undefined && /^y(es)?$/i.test(answer) ? suggestion : answer;
    },
  };
}

const cancelled = () =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to be asked again.');

const noAnswer = (name: string, title: string) =>
  new Failure(
    'needs-answer',
    exitStatus.notSent,
    `There is no terminal to ask on: ${title}`,
    name === 'ip' ? 'Give the address itself: --ip ADDRESS.' : `Give it beforehand: --answer ${name}=VALUE.`,
  );
