// `version`: which Bastide, on which Node.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { line } from '../src/model/words.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'say which version this is',
  args: z.object({}),
  effect: 'local',
  examples: [{ line: 'version', says: 'the version of Bastide and of Node' }],
  // biome-ignore lint/correctness/useYield: a verb is a generator even when it has no event to tell.
  async *run(context) {
    return { version: context.host.version, node: context.host.node };
  },
  text: ({ version: own, node }) => [line([`bastide ${own}`, 'heading'], [`  Node.js ${node}`, 'dim'])],
});
