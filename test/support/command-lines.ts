// Command lines as a shell runs them, in this process: the real commands, session and ARM client over HTTP to a simulator, with the
// history and the files in memory. What a line said is everything that its user can read.
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInToSimulated } from '../../src/azure/simulated.ts';
import { failureText } from '../../src/cli/answer.ts';
import { lookWith } from '../../src/cli/look.ts';
import { scriptLines } from '../../src/cli/script-lines.ts';
import { contextOf, type Wiring } from '../../src/cli/wiring.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { type ParsedCommand, parseCommand } from '../../src/command/parse-arguments.ts';
import { type Envelope, envelopeJson, runCommand } from '../../src/command/run.ts';
import { runScript } from '../../src/command/script.ts';
import type { History } from '../../src/history/history.ts';
import { memoryHistory } from '../../src/history/memory.ts';
import { openClock } from '../../src/main/clock.ts';
import { foldersOf } from '../../src/main/folders.ts';
import { loadParts, wire } from '../../src/main/wiring.ts';
import type { Assumptions } from '../../src/model/assumption.ts';

import type { Entry } from '../../src/model/entry.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { plain, renderText } from '../../src/render/text.ts';
import { rules } from '../../src/rules/index.ts';
import type { RetryPolicy } from '../../src/session/apply-context.ts';
import { createSession } from '../../src/session/index.ts';
import type { Session } from '../../src/session/session.ts';
import { type Simulator, worlds } from '../../src/simulator/index.ts';
import { everyEffect } from './bastide.ts';
import { sandbox } from './sandbox.ts';

/** What a line came to. */
export interface Said {
  readonly exit: number;
  readonly envelope: Envelope;
  /** The text of the result, of the failure, and what was said meanwhile. */
  readonly text: string;
}

export interface CommandLines {
  run(words: readonly string[]): Promise<Said>;
  entries(): Promise<readonly Entry[]>;
  /** From here on the history is empty, or has these entries; and nothing is known of what was read. */
  begin(entries?: KeptHistory): Promise<void>;
  keep(): Promise<KeptHistory>;
  /** By name. */
  readonly files: Map<string, string>;
  close(): Promise<void>;
}
/** A history as it was at one moment. */
export interface KeptHistory {
  readonly entries: readonly Entry[];
  readonly bodies: readonly (readonly [string, Awaited<ReturnType<History['body']>>])[];
}

/** Waits of a session that no test waits for. */
export const quick = {
  arrival: 0,
  retries: [1, 1, 1, 1],
  looks: [0, 1, 1],
  doubts: [0, 1, 1],
  finds: [0, 1, 1, 1, 1, 1],
  rests: [1, 1, 1],
  grace: 5,
};
/** No one reads the plans: whatever they do may be sent. */
const defaults = { profile: 'all', allowEffects: everyEffect[1] } as const;
const look = lookWith({ paint: plain, ascii: false, aloud: false });

/** `scratch`: a folder for what the product keeps beside its history. `pace`: where a test is about a wait, what is not {@link quick}. */
export async function openCommandLines(
  simulator: Simulator,
  world: string,
  scratch: string,
  pace: Partial<RetryPolicy> = {},
): Promise<CommandLines> {
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  const arm = openArmClient({
    ...{ source, endpoint: simulator.endpoint, credential: signInToSimulated(simulator), ca: simulator.ca },
    version: 'test',
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2))),
  });
  const home = { BASTIDE_HOME: path.join(scratch, 'home'), HOME: scratch };
  const signal = new AbortController().signal;
  const clock = openClock();
  const run = { version: '0.0.0', clock, folders: foldersOf(home), signal, closers: [], sent() {}, leaveSignals() {} };
  const wired = await wire(run, await loadParts([]));
  const none = new PassThrough();
  let intents: Assumptions = { ...worlds.find(({ name }) => name === world)?.intents };
  const firstIntents = intents;
  let history = kept();
  let session: Session | undefined;
  let ids = 0;
  const open = (): Session =>
    createSession({
      arm: { ...arm, counts: arm.counts, close: async () => {} },
      rules,
      history: () => history,
      intents: () => ({
        get: async () => intents,
        set: async (next) => {
          intents = next;
        },
      }),
      selector: { workspace: simulator.workspace },
      ...{ readOnly: false, sandbox, by: 'the test', pace: { ...quick, ...pace }, now: () => new Date() },
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
    });
  const wiring: Wiring = {
    ...wired,
    env: home,
    streams: { stdin: none, stdout: none, stderr: none } as unknown as Wiring['streams'],
    themes: [],
    brokenThemes: [],
    async open() {
      session ??= open();
      return session;
    },
  };
  const files = new Map<string, string>();
  const said: string[] = [];
  const refuse = async (): Promise<never> => {
    throw new Failure('needs-confirmation', exitStatus.notSent, 'A test does not confirm.', 'Add --yes.');
  };
  const contextFor = (parsed: ParsedCommand): CommandContext =>
    contextOf(wiring, parsed, {
      interactive: false,
      rules,
      ask: { confirm: refuse, choose: refuse, text: refuse },
      say: (text) => void said.push(text),
      tell() {},
      files: {
        async readFile(name) {
          const text = files.get(name);
          if (text === undefined) throw new Failure('unreadable', exitStatus.usage, `There is no ${name}.`, '');
          return text;
        },
        async writeFile(name, text) {
          files.set(name, text);
        },
        hasFile: async (name) => files.has(name),
        async makeFolder() {},
      },
      async emit() {},
      async simulate() {},
      async serveAssistant() {},
      async *script(text, options) {
        const { exit, outcomes } = yield* runScript(
          await scriptLines(text, options, wiring, defaults),
          async (line) => contextFor(line.parsed),
          (envelope) => void said.push(textOf(envelope)),
        );
        return { exit, lines: outcomes.filter((one) => one.exit !== null).length, outcomes };
      },
    });

  return {
    files,
    async run(words) {
      said.length = 0;
      const parsed = parseCommand(words, wiring.verbs, defaults);
      const events = runCommand(parsed, contextFor(parsed));
      let next = await events.next();
      while (!next.done) next = await events.next();
      const envelope = next.value;
      // As the shell writes `--output` of a plan.
      if (parsed.host.output !== undefined && envelope.result !== null) {
        files.set(parsed.host.output, JSON.stringify(envelopeJson(envelope)));
      }
      return { exit: envelope.exit, envelope, text: [...said, textOf(envelope)].join('\n') };
    },
    entries: () => history.entries(),
    async begin(entries) {
      await session?.close();
      session = undefined;
      intents = firstIntents;
      history = kept(entries);
    },
    keep: () => history.keep(),
    async close() {
      await session?.close();
      await arm.close();
    },
  };
}

function textOf(envelope: Envelope): string {
  const result = envelope.view === null ? '' : renderText(envelope.view.text(), plain);
  return envelope.failure === null ? result : `${result}\n${failureText(envelope.failure, look)}`;
}

/** A history in memory that finds its open entries, and can be kept and taken up again. */
function kept(from?: KeptHistory): History & { keep(): Promise<KeptHistory> } {
  const history = memoryHistory();
  const bodies = new Map(from?.bodies ?? []);
  for (const entry of from?.entries ?? []) void history.append(entry);
  return {
    ...history,
    unsettled: async () => (await history.entries()).filter(({ state }) => state === 'open'),
    async keepBody(entry, name, body) {
      const file = await history.keepBody(entry, name, body);
      bodies.set(file, body);
      return file;
    },
    async body(name) {
      const body = bodies.get(name);
      if (body === undefined) throw new Failure('missing', exitStatus.usage, `There is no body ${name}.`, '');
      return body;
    },
    keep: async () => ({ entries: await history.entries(), bodies: [...bodies] }),
  };
}
