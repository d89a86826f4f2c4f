// `simulate`: the embedded Azure as a server of its own, for other programs and for `--endpoint`. Serves until it is stopped.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'serve the embedded Azure on loopback until stopped',
  args: z.object({
    world: flag(z.optional(z.string()), 'the world it starts as; mixed unless said', { value: 'NAME', of: 'world' }),
    load: flag(z.optional(z.string()), 'start from a snapshot instead', { value: 'SNAPSHOT', of: 'file' }),
    port: flag(z.optional(z.int().check(z.minimum(0), z.maximum(65_535))), 'the port; any free one unless said', {
      value: 'N',
    }),
    state: flag(z.optional(z.string()), 'read the state from this file if it exists, and keep it current', {
      value: 'FILE',
      of: 'file',
    }),
    latency: flag(z.optional(z.number().check(z.minimum(0))), 'wait before each answer', { value: 'MS' }),
    faults: flag(z.optional(z.string()), 'METHOD PATH-GLOB COUNT FAULT[:ARGUMENT], separated by ;', { value: 'SPEC' }),
    throttle: flag(
      z.optional(z.string()),
      "refuse too many requests: azure for Azure's limits, or reads=5+1 for five at once and then one a second",
      {
        value: 'azure|CLASS=SIZE+RATE,...',
      },
    ),
    clock: flag(z.optional(z.string().check(z.regex(/^(instant|(polls|seconds):\d+)$/))), 'how long operations take', {
      value: 'instant|polls:N|seconds:N',
    }),
  }),
  effect: 'local',
  streams: true,
  examples: [
    { line: 'simulate --world open --port 8443', says: 'prints one line of JSON when it is ready' },
    {
      line: "simulate --faults 'PUT */securityRules/* 1 429:retry-after=2'",
      says: 'the first such write is throttled',
    },
  ],
  async *run(context, { load, ...options }) {
    if (load !== undefined && options.world !== undefined) {
      throw new Failure(
        'contradicting-flags',
        exitStatus.usage,
        '--world and --load both name a start.',
        'Give one of them.',
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
