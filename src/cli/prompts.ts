// Questions on the terminal, line by line, so that a screen reader can follow. An empty answer does nothing: it cancels, or is
// the choice that the question calls calm.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ask, Choice } from '../command/definition.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { clean } from '../model/text.ts';
import type { Line } from '../model/words.ts';
import { wrapLines } from '../render/wrap-lines.ts';

// What was typed before a question was put is no answer to it: on a slow line people type twice, and the second y must not
// confirm what has not been shown yet.

/** Takes what waits in the terminal and forgets it. Rejects when Ctrl+C or Ctrl+D is among it. */
async function forgetTyped(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (stdin.isTTY !== true) return;
  let leaves = false;
  const drop = (data: Buffer | string): void => {
    leaves ||= /[\x03\x04]/.test(String(data));
  };
  // A line that is not ended yet can only be had in raw mode.
  stdin.setRawMode(true);
  stdin.on('data', drop);
  stdin.resume();
  // Each turn of the loop reads what is there.
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  stdin.off('data', drop);
  stdin.pause();
  if (!leaves) return;
  stdin.setRawMode(false);
  throw new Error('left');
}

export interface PromptOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WritableStream & { readonly columns?: number };
  /** Is a user present to answer? */
  readonly interactive: boolean;
  /** Every choice has its own number and line. */
  readonly accessible?: boolean;
  /** Answers given beforehand (`--answer NAME=VALUE`). */
  readonly answers: Readonly<Record<string, string>>;
  /** Lines as text in the host's look. */
  show(lines: readonly Line[]): string;
  readonly signal: AbortSignal;
}

export function terminalAsk(options: PromptOptions): Ask {
  const { stdin, stderr, interactive, accessible = false, answers, show, signal } = options;
  const question = async (text: string): Promise<string> => {
    const { createInterface } = await import('node:readline/promises');
    const gone = new AbortController();
    const either = AbortSignal.any([signal, gone.signal]);
    try {
      // What was typed before the question stood there was no answer to it.
      await forgetTyped(stdin, either);
      // With a screen reader no escape sequences are sent: the terminal itself echoes and edits the line.
      if (accessible && stdin.isTTY === true) stdin.setRawMode(false);
      const reader = createInterface({ input: stdin, output: stderr, terminal: !accessible });
      reader.once('SIGINT', () => gone.abort());
      reader.once('close', () => gone.abort());
      try {
        return await reader.question(text, { signal: either });
      } finally {
        reader.close();
      }
    } catch {
      stderr.write('\n');
      throw new Failure(
        'interrupted',
        exitStatus.interrupted,
        'Interrupted before anything was sent.',
        'Run it again.',
      );
    }
  };
  // A terminal without a size says 0.
  const width = () => Math.max(20, (stderr.columns || 80) - 1);
  const showWrapped = (lines: readonly Line[]) => stderr.write(show(wrapLines(lines, width())));
  return {
    async confirm({ plan, confirmation: { question: title, button }, whatIf }) {
      if (accessible) {
        const { planSentences } = await import('../accessible/plan-words.ts');
        showWrapped([...planSentences(plan).map((text) => [{ text }]), [], [{ text: title }]]);
      } else {
        const { planLines } = await import('../render/plan-text.ts');
        stderr.write(show([...planLines(plan), [], [{ text: title, role: 'heading' }]]));
      }
      if (!interactive) {
        throw new Failure(
          'needs-confirmation',
          exitStatus.notSent,
          'This needs confirmation, and no terminal is attached. Nothing was sent.',
          'Read the plan (--dry-run shows it), then pass --yes to confirm.',
        );
      }
      for (let simulate = whatIf; ; ) {
        const offer = simulate === undefined ? '' : ', w for a what-if';
        const answer = (await question(`${button}? Type yes to confirm${offer}, Enter to cancel: `)).trim();
        if (simulate === undefined || !/^(w(hat-?if)?|r(ehearse)?)$/i.test(answer)) return /^y(es)?$/i.test(answer);
        const { rehearsal } = await simulate();
        simulate = undefined;
        if (rehearsal === undefined) continue;
        if (accessible) {
          const { whatIfSentences } = await import('../accessible/what-if-words.ts');
          showWrapped(whatIfSentences(rehearsal).map((text) => [{ text }]));
        } else {
          const { whatIfTextLines } = await import('../render/what-if-text.ts');
          stderr.write(show([[], ...whatIfTextLines(rehearsal), []]));
        }
      }
    },
    async choose({ name, title, choices, lines = [], news = [], progress, calm }) {
      const given = answers[name];
      if (given !== undefined && choices.some((choice) => choice.value === given)) return given;
      if (!interactive) throw noAnswer(name, title);
      const lettered = !accessible && choices.every((choice) => choice.key !== undefined);
      const place = progress === undefined ? '' : `${progress.at} of ${progress.total}   `;
      showWrapped([
        ...(news.length === 0 ? [] : [[], ...news]),
        ...(news.length + lines.length === 0 ? [] : [[]]),
        [{ text: `${place}${title}`, role: 'heading' }],
        ...lines,
      ]);
      const rest = choices.find((choice) => choice.value === calm);
      const enter = rest === undefined ? 'Enter to cancel' : `Enter: ${rest.label}`;
      if (lettered) showWrapped([letterLine(choices)]);
      else showWrapped(choices.map((choice, index) => [{ text: `${index + 1}  ${choice.label}` }]));
      for (;;) {
        const answer = (await question(`${lettered ? 'Letter' : 'Number'} (${enter}): `)).trim();
        const chosen = answer === '' ? rest : chosenBy(answer, choices);
        if (chosen) return chosen.value;
        if (answer === '' || calm === undefined) throw cancelled();
        showWrapped([[{ text: `${clean(answer, 40)} is not one of the choices.`, role: 'dim' }]]);
      }
    },
    async text({ name, title, suggestion }) {
      const given = answers[name];
      if (given !== undefined) return given;
      if (!interactive) throw noAnswer(name, title);
      showWrapped([[{ text: title, role: 'heading' }]]);
      const hint = suggestion === undefined ? '' : ` (yes for ${clean(suggestion, 100)})`;
      const answer = (await question(`Answer${hint}, or Enter to cancel: `)).trim();
      if (answer === '') throw cancelled();
      return suggestion !== undefined && /^y(es)?$/i.test(answer) ? suggestion : answer;
    },
  };
}

/** `y yes, send it   k skip   s stop` */
const letterLine = (choices: readonly Choice[]): Line =>
  choices.flatMap(({ key = '', label }, index) => [
    { text: index === 0 ? '' : '   ' },
    { text: key, role: 'key' },
    { text: ` ${label}` },
  ]);

/** By number, letter, value, or the first word of what it says. */
function chosenBy(answer: string, choices: readonly Choice[]): Choice | undefined {
  const said = answer.toLowerCase();
  return (
    (/^\d+$/.test(said) ? choices[Number(said) - 1] : undefined) ??
    choices.find(({ value }) => value === answer) ??
    choices.find(({ key, label }) => key === said || label.toLowerCase().split(/[\s,]/)[0] === said)
  );
}

const cancelled = () =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run the command again.');

const noAnswer = (name: string, title: string) =>
  new Failure(
    'needs-answer',
    exitStatus.notSent,
    `No terminal is attached, so this question cannot be asked: ${title}`,
    name === 'ip' ? 'Pass --ip ADDRESS.' : `Pass --answer ${name}=VALUE.`,
  );
