// `run`: a script of command lines. The lines are run by the host, which prints each answer as it comes.
import * as z from 'zod/mini';
import { defineCommand, type ScriptOutcome } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { counted } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';

export const run = defineCommand({
  name: 'run',
  summary: 'Run a script of command lines, one per line. Stops at the first failure',
  args: z.object({
    file: flag(z.string(), 'script file; - reads stdin', { value: 'FILE|-', of: 'file' }),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax that a script uses.
    set: flag(z._default(z.record(z.string(), z.string()), {}), 'value of a variable, used as ${NAME}; repeatable', {
      value: 'NAME=VALUE',
    }),
    fromLine: flag(
      z._default(z.int().check(z.minimum(1)), 1),
      'begin at this line; earlier lines are parsed but not run',
      {
        value: 'N',
      },
    ),
  }),
  positional: ['file'],
  effect: 'cloud',
  streams: true,
  examples: [{ line: 'run close.bastide --set IP=203.0.113.7 --yes', says: 'Run a script with a variable' }],
  async *run(context, { file, set, fromLine }) {
    const text = await context.host.readFile(file);
    const outcome = yield* context.host.script(text, { set, from: fromLine, ...(file === '-' ? {} : { file }) });
    for (const said of summary(outcome)) context.say(said);
    return outcome;
  },
  text: (outcome) => summary(outcome).map((said) => line([said, outcome.exit === 0 ? 'ok' : 'bad'])),
  exit: ({ exit }) => exit,
});

/** One line for each that did not end well, then the counts. */
const summary = ({ exit, lines, outcomes }: ScriptOutcome): string[] => [
  ...outcomes.flatMap((one) =>
    one.exit === null || one.exit === 0 ? [] : [`${one.at}: ${one.line}: exit status ${one.exit}`],
  ),
  `${counted(lines, 'line')} run${lines < outcomes.length ? `, ${outcomes.length - lines} not run` : ''}, exit status ${exit}`,
];
