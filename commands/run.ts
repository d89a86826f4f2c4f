// `run`: a script of command lines. The lines are run by the host, which prints each answer as it comes.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
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
  }),
  positional: ['file'],
  effect: 'cloud',
  streams: true,
  examples: [{ line: 'run close.bastide --set IP=203.0.113.7 --yes', says: 'Run a script with a variable' }],
  async *run(context, { file, set }) {
    const text = await context.host.readFile(file);
    return yield* context.host.script(text, { set });
  },
  text: ({ exit, lines }) => [
    line([`${lines} ${lines === 1 ? 'line' : 'lines'} run, exit status ${exit}`, exit === 0 ? 'ok' : 'bad']),
  ],
  exit: ({ exit }) => exit,
});
