// `map`: the network around the workspace, drawn: subnets, who sits in them, what guards each, what the computes there reach.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { mapLines } from '../src/render/map-text.ts';

export const map = defineCommand({
  name: 'map',
  summary:
    'draw the network: subnets, who sits in them, what guards them, what computes reach and where they are cut off',
  args: z.object({}),
  effect: 'read',
  examples: [{ line: 'map', says: 'every network of the workspace' }],
  async *run(context) {
    const session = await context.session();
    return session.map(yield* session.scan(context.signal));
  },
  text: mapLines,
});
