// What the composition root hands to the shell and the script host: everything that opens something outside.
import type { HostFlags } from '../command/common-flags.ts';
import type {
  Ask,
  Command,
  CommandContext,
  CommandHost,
  CommonFlags,
  RuleEntry,
  SettingsPort,
} from '../command/definition.ts';
import type { Defaults, ParsedCommand } from '../command/parse-arguments.ts';
import type { Lookup } from '../command/parse-line.ts';
import type { ExitStatus } from '../model/failure.ts';
import type { Session, SessionEvent } from '../session/session.ts';
import { hardToRead } from '../theme/contrast.ts';
import type { BrokenTheme, Theme } from '../theme/theme.ts';

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface LineHistory {
  all(): Promise<readonly string[]>;
  add(line: string): Promise<void>;
}

export interface Wiring {
  readonly version: string;
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  readonly verbs: readonly Command[];
  /** Those that come with Bastide, then the operator's own. */
  readonly themes: readonly Theme[];
  /** Calls with the operator's themes after each change of their files; returns how to end. */
  watchThemes(
    onChange: (found: { readonly themes: readonly Theme[]; readonly broken: readonly BrokenTheme[] }) => void,
  ): () => void;
  /** Files of the operator's that are no themes. */
  readonly brokenThemes: readonly BrokenTheme[];
  readonly settings: SettingsPort;
  /** Aborted by SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Bastide's, then those of `--rules` and of `bastide.yaml`. `mayBeNew`: that file need not be there. Throws Failure (exit 2). */
  rules(flags: Pick<CommonFlags, 'config' | 'rules'>, mayBeNew?: boolean): Promise<readonly RuleEntry[]>;
  /** Values of the operator's settings for flags that are not given; throws Failure for a corrupt file. */
  defaults(): Promise<Defaults>;
  /**
   * The session of a source; the same one when it is asked for again. `tell` hears sign-ins, and what a reading settles, while a
   * command is not listening.
   */
  open(host: HostFlags, flags: CommonFlags, tell?: (event: SessionEvent) => void): Promise<Session>;
  /** Ends a session that is not used any more; opened again, it is a new one. */
  close?(session: Session): Promise<void>;
  /** Serves until the signal; `ready` gets the line that says where. */
  simulate: CommandHost['simulate'];
  lookUpAddress: CommandHost['lookUpAddress'];
  checkKeys: CommandHost['checkKeys'];
  progress: CommandHost['progress'];
  lastRun: CommandHost['lastRun'];
  audits: CommandHost['audits'];
  project(flags: Pick<CommonFlags, 'config' | 'rules'>, mayBeNew?: boolean): ReturnType<CommandHost['project']>;
  testRules: CommandHost['testRules'];
  wait: CommandHost['wait'];
  execute: CommandHost['execute'];
  readonly user: string;
  approvals: CommandHost['approvals'];
  /** The lines that people typed, the newest last, whatever host they typed them in. */
  readonly lines: LineHistory;
  /** The full-screen shell. */
  screen(parsed: ParsedCommand): Promise<ExitStatus>;
}

/** Flags that name another source than files. */
const noSource = { demo: undefined, fresh: false, endpoint: undefined, ca: undefined, auth: undefined } as const;

/** The part of a context that every host shares; each adds its own way to ask and to run scripts. */
export function contextOf(
  wiring: Wiring,
  parsed: Pick<ParsedCommand, 'host' | 'flags'>,
  own: {
    readonly ask: Ask;
    readonly rules: readonly RuleEntry[];
    readonly interactive: boolean;
    say(line: string): void;
    tell(event: SessionEvent): void;
    readonly files: Pick<CommandHost, 'readFile' | 'writeFile' | 'hasFile' | 'makeFolder'>;
    readonly emit: CommandHost['emit'];
    readonly simulate: CommandHost['simulate'];
    readonly script: CommandHost['script'];
    readonly serveAssistant: CommandHost['serveAssistant'];
    readonly showPrivately?: CommandHost['showPrivately'];
  },
): CommandContext {
  return {
    session: () => wiring.open(parsed.host, parsed.flags, own.tell),
    settings: wiring.settings,
    ask: own.ask,
    flags: parsed.flags,
    signal: wiring.signal,
    now: wiring.now,
    say: own.say,
    verbs: wiring.verbs,
    rules: own.rules,
    themes: themeEntries(wiring),
    host: {
      version: wiring.version,
      node: wiring.node,
      interactive: own.interactive,
      env: wiring.env,
      ...own.files,
      openFiles: (from) => wiring.open({ ...parsed.host, ...noSource, from: [...from] }, parsed.flags, own.tell),
      emit: own.emit,
      wait: wiring.wait,
      execute: wiring.execute,
      user: wiring.user,
      approvals: wiring.approvals,
      serveAssistant: own.serveAssistant,
      ...(own.showPrivately === undefined ? {} : { showPrivately: own.showPrivately }),
      simulate: own.simulate,
      lookUpAddress: wiring.lookUpAddress,
      checkKeys: wiring.checkKeys,
      progress: wiring.progress,
      lastRun: wiring.lastRun,
      audits: wiring.audits,
      project: (config, mayBeNew) =>
        wiring.project({ rules: parsed.flags.rules, ...(config === undefined ? {} : { config }) }, mayBeNew),
      testRules: wiring.testRules,
      script: own.script,
    },
  };
}

const themeEntries = ({ themes, brokenThemes }: Wiring): CommandContext['themes'] => [
  ...themes.map((theme) => ({
    ...{ name: theme.name, title: theme.title, file: theme.file },
    hardToRead: theme.file === null ? [] : hardToRead(theme).map(({ role, ratio }) => `${role} ${ratio.toFixed(1)}`),
  })),
  ...brokenThemes.map(({ name, file, why }) => ({ name, title: '', file, wrong: why })),
];

/** What `${NAME}` means in a script: an own member of what was set, else of the environment, never something inherited. */
export const lookupIn =
  (...places: readonly Readonly<Record<string, string | undefined>>[]): Lookup =>
  (name) =>
    places.find((place) => Object.hasOwn(place, name) && place[name] !== undefined)?.[name];
