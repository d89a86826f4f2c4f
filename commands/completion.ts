// `completion`: a script that lets bash, zsh or fish complete the words of a command line, printed from the registries.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { bashScript } from './parts/completion-bash.ts';
import { fishScript } from './parts/completion-fish.ts';
import { shellWords } from './parts/completion-words.ts';
import { zshScript } from './parts/completion-zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a completion script for bash, zsh or fish',
  args: z.object({
    shell: flag(z.enum(['bash', 'zsh', 'fish']), 'the shell', { value: 'bash|zsh|fish' }),
  }),
  positional: ['shell'],
  // It reads nothing but the registries; rules are among them.
  effect: 'read',
  examples: [
    { line: 'completion bash', says: 'In .bashrc: source <(bastide completion bash)' },
    { line: 'completion zsh', says: 'In .zshrc: source <(bastide completion zsh)' },
    { line: 'completion fish', says: 'In config.fish: bastide completion fish | source' },
  ],
  // biome-ignore lint/correctness/useYield: a command is a generator even when it has no event to report.
  async *run(context, { shell }) {
    return { shell, script: scripts[shell](shellWords(context)) };
  },
  text: ({ script }) =>
    script
      .trimEnd()
      .split('\n')
      .map((text) => [{ text }]),
});
