// What the screen receives in tests: a fake session, a few commands, no file, no network.
import process from 'node:process';
import * as z from 'zod/mini';
import { accept } from '../../commands/accept.ts';
import { audit } from '../../commands/audit.ts';
import { explain } from '../../commands/explain.ts';
import { fix } from '../../commands/fix.ts';
import { redo } from '../../commands/redo.ts';
import { resume } from '../../commands/resume.ts';
import { scan } from '../../commands/scan.ts';
import { theme } from '../../commands/theme.ts';
import { undo } from '../../commands/undo.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { type Command, defineCommand } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import type { Json } from '../../src/model/json.ts';
import type { Session } from '../../src/session/session.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';
import { fakePath } from './fake-path.ts';
import { fakeProgress } from './fake-progress.ts';
import { fakeSession, ids } from './fake-session.ts';

const greet = defineCommand({
  name: 'greet',
  summary: 'Say something back',
  args: z.object({
    who: flag(z._default(z.string(), 'world'), 'whom to greet'),
    ask: flag(z._default(z.boolean(), false), 'ask first'),
  }),
  positional: ['who'],
  effect: 'read',
  examples: [],
  // biome-ignore lint/correctness/useYield: a command is a generator even when it has nothing to tell on the way.
  async *run(context, args) {
    if (args.ask) {
      const answer = await context.ask.choose({
        name: 'greet',
        title: 'Greet?',
        lines: [[{ text: 'It is only a test.' }]],
        choices: [
          { value: 'no', label: 'Cancel' },
          { value: 'yes', label: 'Greet' },
        ],
        calm: 'no',
      });
      if (answer === 'no') return 'not greeted';
    }
    return `hello ${args.who}`;
  },
  text: (result) => [[{ text: String(result), role: 'ok' }]],
});

const whoami = defineCommand({
  name: 'whoami',
  summary: 'Who is signed in',
  args: z.object({}),
  effect: 'read',
  examples: [],
  // biome-ignore lint/correctness/useYield: as above.
  async *run(context) {
    return (await (await context.session()).identity()).name;
  },
  text: (result) => [[{ text: String(result) }]],
});

// The verbs that keys run are the real ones.
const verbs: readonly Command[] = [
  greet,
  whoami,
  fakePath,
  accept,
  audit,
  explain,
  fix,
  resume,
  undo,
  redo,
  scan,
  theme,
];

export function fakeOptions(more: Partial<AppOptions> & { readonly session?: Session } = {}): AppOptions {
  const session = more.session ?? fakeSession();
  const settings = new Map<string, Json>();
  const unused = async (): Promise<never> => {
    throw new Error('not used by the screen');
  };
  return {
    session,
    context: {
      session: async () => session,
      settings: {
        get: async (name) => settings.get(name),
        set: async (name, value) => void settings.set(name, value),
        unset: async (name) => void settings.delete(name),
        all: async () => Object.fromEntries(settings),
        path: '',
      },
      flags: {
        profile: 'all',
        failOn: 'medium',
        yes: false,
        dryRun: false,
        readOnly: false,
        refreshTags: false,
        allowEmpty: false,
        rules: [],
      },
      now: () => new Date('2026-03-01T12:00:00Z'),
      say: () => undefined,
      verbs,
      rules: [
        {
          id: 'storage.default-deny',
          title: 'The storage firewall admits every network',
          problem: 'The storage firewall admits every network',
          severity: 'critical',
          profiles: ['article-2020', 'current'],
          about: 'Microsoft.Storage/storageAccounts',
          fixKind: 'auto',
          undo: 'exact',
          explain: {
            why: 'Anybody who holds a key can read the data from anywhere.',
            fix: 'Sets the default action to Deny.',
            breaks: 'Clients outside the virtual network lose access.',
            links: ['https://learn.microsoft.com/azure/storage/common/storage-network-security'],
          },
          for: ['service-endpoint'],
          gates: [],
        },
      ],
      themes,
      host: {
        version: '0.0.0',
        node: process.version,
        interactive: true,
        env: {},
        readFile: unused,
        testRules: unused,
        writeFile: unused,
        hasFile: async () => false,
        makeFolder: async () => {},
        simulate: unused,
        openFiles: unused,
        lookUpAddress: unused,
        user: 'operator',
        approvals: unused,
        serveAssistant: unused,
        checkKeys: unused,
        progress: async () => fakeProgress(),
        emit: async () => {},
        wait: async () => {},
        execute: async () => 0,
        audits: async () => ({ all: async () => ({ records: [], damaged: 0 }), add: async () => {} }),
        project: async () => ({
          path: 'bastide.yaml',
          config: () => null,
          accept: async () => {
            throw new Error('no file is written here');
          },
          remove: async () => {
            throw new Error('no file is written here');
          },
        }),
        lastRun: async () => ({ get: async () => ({ seen: null, note: null }), keep: async () => {} }),
        // biome-ignore lint/correctness/useYield: it never comes to one.
        async *script() {
          return unused();
        },
      },
    },
    theme: chooseTheme({ depth: 'full', themes }),
    themes,
    stdin: process.stdin,
    stdout: process.stdout,
    ascii: false,
    readOnly: false,
    profile: 'all',
    screen: 'resources',
    now: () => new Date(),
    suspend: () => process.kill(process.pid, 'SIGSTOP'),
    ...more,
  };
}

export { ids };
