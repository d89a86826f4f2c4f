// `run`: a script of command lines. The lines are run by the host, which prints each answer as it comes.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { line } from '../src/model/words.ts';

export const run = defineCommand({
  name: 'run',
  summary: 'run a script: one command line per line, stopped by the first that fails',
  args: z.object({
    file: flag(z.string(), 'the script, or - for stdin', { value: 'FILE|-', of: 'file' }),
    set: flag(
      z._default(z.record(z.string(), z.string()), {}),
      'what a name in dollar and braces stands for; repeatable',
      {
        value: 'NAME=VALUE',
      },
    ),
  }),
  positional: ['file'],
  effect: 'cloud',
  streams: true,
  examples: [{ line: 'run close.bastide --set IP=203.0.113.7 --yes', says: 'a script with a value of its own' }],
  async *run(context, { file, set }) {
    const text = await context.host.readFile(file);
    return yield* context.host.script(text, { set });
  },
  text: ({ exit, lines }) => [line([`${lines} lines run, exit status ${exit}`, exit === 0 ? 'ok' : 'bad'])],
  exit: ({ exit }) => exit,
});
