// `version`: which Bastide, on which Node.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { line } from '../src/model/words.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Show the version',
  args: z.object({}),
  effect: 'local',
  examples: [{ line: 'version', says: 'Show the versions of Bastide and Node.js' }],
  // biome-ignore lint/correctness/useYield: a command is a generator even when it has no event to report.
  async *run(context) {
    return { version: context.host.version, node: context.host.node };
  },
  text: ({ version: own, node }) => [line([`bastide ${own}`, 'heading'], [`  Node.js ${node}`, 'dim'])],
});
