// `map`: the virtual networks of the workspace: subnets, what is in them, what protects them, and what compute can reach.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { mapLines } from '../src/render/map-text.ts';

export const map = defineCommand({
  name: 'map',
  summary: 'Show the network: subnets, resources in them, NSGs and routes, and what compute can reach',
  args: z.object({}),
  effect: 'read',
  examples: [{ line: 'map', says: 'Show all virtual networks of the workspace' }],
  async *run(context) {
    const session = await context.session();
    return session.map(yield* session.scan(context.signal));
  },
  // `sitters` is the older name of `occupants`.
  json: (map) => ({
    ...map,
    networks: map.networks.map((network) => ({
      ...network,
      subnets: network.subnets.map((subnet) => ({ ...subnet, sitters: subnet.occupants })),
    })),
  }),
  text: mapLines,
});
