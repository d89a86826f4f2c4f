// `completion`: a script that lets bash, zsh, fish or PowerShell complete the words of a command line, printed from the registries.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { bashScript } from './parts/completion-bash.ts';
import { fishScript } from './parts/completion-fish.ts';
import { pwshScript } from './parts/completion-pwsh.ts';
import { shellWords } from './parts/completion-words.ts';
import { zshScript } from './parts/completion-zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, pwsh: pwshScript } as const;

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a completion script for bash, zsh, fish or PowerShell',
  args: z.object({
    shell: flag(z.enum(['bash', 'zsh', 'fish', 'pwsh']), 'the shell', { value: 'bash|zsh|fish|pwsh' }),
  }),
  positional: ['shell'],
  // It reads nothing but the registries; rules are among them.
  effect: 'read',
  examples: [
    { line: 'completion bash', says: 'In .bashrc: source <(bastide completion bash)' },
    { line: 'completion zsh', says: 'In .zshrc: source <(bastide completion zsh)' },
    { line: 'completion fish', says: 'In config.fish: bastide completion fish | source' },
    { line: 'completion pwsh', says: 'In $PROFILE: bastide completion pwsh | Out-String | Invoke-Expression' },
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
