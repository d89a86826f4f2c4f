// `simulate`: the embedded Azure as a separate server, for other programs and for `--endpoint`. Serves until it is stopped.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { worldNames } from '../src/command/world-names.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Run the Azure simulator as a local server until it is stopped',
  args: z.object({
    world: flag(z.optional(z.string()), `world to start with; default mixed. Worlds: ${worldNames.join(', ')}`, {
      value: 'NAME',
      of: 'world',
    }),
    workspaces: flag(
      z.optional(z.int().check(z.minimum(1), z.maximum(5000))),
      'workspaces of the world fleet; default 40',
      {
        value: 'N',
      },
    ),
    seed: flag(
      z.optional(z.int().check(z.minimum(0))),
      'seed of the fleet: another number gives another fleet of the same size; default 1',
      { value: 'N' },
    ),
    load: flag(z.optional(z.string()), 'start from a snapshot instead of a world', { value: 'SNAPSHOT', of: 'file' }),
    port: flag(z.optional(z.int().check(z.minimum(0), z.maximum(65_535))), 'port; default is any free one', {
      value: 'N',
    }),
    state: flag(z.optional(z.string()), 'state file: read at start if it exists, and kept current', {
      value: 'FILE',
      of: 'file',
    }),
    latency: flag(z.optional(z.number().check(z.minimum(0))), 'delay of each response', { value: 'MS' }),
    faults: flag(z.optional(z.string()), 'faults to inject: METHOD PATH-GLOB COUNT FAULT[:ARGUMENT], separated by ;', {
      value: 'SPEC',
    }),
    throttle: flag(
      z.optional(z.string()),
      "throttle requests: azure for Azure's limits, or reads=5+1 for 5 at once, then 1 per second",
      {
        value: 'azure|CLASS=SIZE+RATE,...',
      },
    ),
    graph: flag(
      z.optional(z.string()),
      'settings of Resource Graph, separated by commas: an index that is late or held, queries in 5 seconds, rows and bytes of a page, a subscription without access',
      { value: 'lag=S|held|quota=N|page=N|payload=BYTES|denied=ID' },
    ),
    clock: flag(
      z.optional(z.string().check(z.regex(/^(instant|(polls|seconds):\d+)$/))),
      'duration of long-running operations',
      {
        value: 'instant|polls:N|seconds:N',
      },
    ),
    wire: flag(
      z.optional(z.enum(['azure', 'plain'])),
      'answers to writes: as Azure was recorded to give them (the default), or at once',
      { value: 'azure|plain' },
    ),
  }),
  effect: 'local',
  streams: true,
  examples: [
    { line: 'simulate --world open --port 8443', says: 'Prints one line of JSON when ready' },
    { line: 'simulate --world fleet --workspaces 500', says: 'A tenant of 500 workspaces in several subscriptions' },
    {
      line: "simulate --faults 'PUT */securityRules/* 1 429:retry-after=2'",
      says: 'Throttle the first write of a security rule',
    },
  ],
  async *run(context, { load, ...options }) {
    if (load !== undefined && options.world !== undefined) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--world and --load cannot be combined.',
        'Use one of them.',
      );
    }
    const { serviceTags } = context.flags;
    const text = {
      ...(load === undefined ? {} : { load: await context.host.readFile(load) }),
      ...(serviceTags === undefined ? {} : { serviceTags: await context.host.readFile(serviceTags) }),
    };
    let ready: string | null = null;
    await context.host.simulate(
      { ...options, ...text },
      (line) => {
        ready = line;
      },
      context.signal,
    );
    return { ready };
  },
  text: () => [],
});
