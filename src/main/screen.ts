// The full-screen shell, given the terminal and the operator's own keys.
import process from 'node:process';
import type { FleetKept } from '../app/state/fleet-shown.ts';
import type { RecordingFile } from '../app/terminal/recording.ts';
import type { Wiring } from '../cli/wiring.ts';
import type { ParsedCommand } from '../command/parse-arguments.ts';
import type { ExitStatus } from '../model/failure.ts';
import type { RecentWorkspace } from '../model/recent.ts';
import { growHeapBy, preferSmallHeap } from './collect-garbage.ts';
import { openPage } from './open-page.ts';
import { planFiles } from './plan-files.ts';
import type { MainRun } from './run.ts';

/** It takes the signals itself, because it must give the terminal back. */
export async function screen(
  parsed: ParsedCommand,
  wiring: Wiring,
  run: MainRun,
  opened?: {
    readonly recording?: RecordingFile | undefined;
    readonly tour?: boolean;
    readonly fleet?: FleetKept | null;
  },
): Promise<ExitStatus> {
  const { stdin, stdout } = process;
  // Keys need little memory; what a scan leaves behind is not kept for them.
  growHeapBy(15);
  preferSmallHeap();
  const { record, recordRedact } = parsed.host;
  const file = opened?.recording ?? (record === undefined ? undefined : await recordFile(record, run));
  // Keys typed while the screen is still being loaded must not be echoed into it.
  stdin.setRawMode(true);
  try {
    const keys = await ownKeys(wiring);
    const { screen: first, rescan, links, tour } = await wiring.settings.all();
    const isOffered = opened === undefined && tour !== false && !wiring.env.CI;
    const [{ paletteContext }, { screenLook }, { showsLinks }] = await Promise.all([
      import('../cli/palette-context.ts'),
      import('../cli/look.ts'),
      import('../cli/terminal.ts'),
    ]);
    const { readInterval } = await import('../model/interval.ts');
    const look = screenLook(parsed, wiring);
    // Ink's colour library reads it when it is first loaded, and would detect the terminal by other rules.
    process.env.FORCE_COLOR = look.chalkLevel;
    const [{ startApp }, { recentStore }, { atDepth }, { sourceOf, withSource }, { onLongWait }, session, rules] =
      await Promise.all([
        import('../app/start.tsx'),
        import('../settings/recent.ts'),
        import('../theme/depth.ts'),
        import('../command/suggested.ts'),
        import('../disk/pipes.ts'),
        wiring.open(parsed.host, parsed.flags),
        wiring.rules(parsed.flags),
      ]);
    let shown = look.themes;
    run.leaveSignals();
    // The screen has the terminal to itself.
    onLongWait(() => {});
    // Where nothing can be kept, it is offered again.
    let keeping = isOffered ? wiring.settings.set('tour', false).catch(() => undefined) : Promise.resolve();
    let isTour = false;
    let fleet = opened?.fleet ?? null;
    let next: ParsedCommand | undefined;
    const status = await startApp({
      session,
      context: paletteContext(wiring, parsed, rules),
      theme: look.theme,
      get themes() {
        return shown;
      },
      watchThemes: (onChange) =>
        wiring.watchThemes(({ themes, broken }) => {
          shown = wiring.themes.map((theme) => atDepth(theme, look.depth));
          onChange({ themes: themes.map((theme) => atDepth(theme, look.depth)), broken });
        }),
      stdin,
      stdout,
      ascii: look.ascii,
      // A link holds a whole id.
      links: showsLinks(links, wiring.env) && !recordRedact,
      mouse: parsed.host.mouse,
      notices: [...look.notices, ...(record === undefined ? [] : [recordNotice(record, recordRedact)])],
      lines: await wiring.lines.all(),
      addLine(line) {
        keeping = keeping.then(() => wiring.lines.add(line));
      },
      ...(keys === undefined ? {} : { keys }),
      ...(typeof first === 'string' ? { screen: first } : {}),
      withSource: (line) => withSource(line, sourceOf(parsed), wiring.verbs),
      readOnly: parsed.flags.readOnly || session.readOnly,
      profile: parsed.flags.profile,
      ...(opened?.tour ? { tour: 'begun' } : isOffered ? { tour: 'offered' } : {}),
      demos: {
        list: async () => (await import('../simulator/index.ts')).worlds,
        start(world, tour = false) {
          next = withDemo(parsed, world);
          isTour = tour;
          // A fleet is that of its source.
          fleet = null;
        },
      },
      workspaces: {
        recent: await recentStore({ folder: run.folders.state }).all(),
        open(workspace) {
          next = withWorkspace(parsed, workspace);
        },
      },
      fleet: {
        kept: fleet,
        keep(left) {
          fleet = left;
        },
      },
      every: typeof rescan === 'string' ? readInterval(rescan) : null,
      plans: planFiles,
      ...(file === undefined ? {} : { recording: { file, redact: recordRedact, own: ownNames(wiring.env) } }),
      openPage,
      now: wiring.now,
      // The whole foreground job, or the process that started this one (`npm start`) would keep the terminal. Where there is
      // no shell to return to, the system ignores it, and the screen is not left suspended.
      shell: parsed.host.shell ?? (process.platform === 'win32' ? 'pwsh' : 'sh'),
      ...(process.platform === 'win32' ? {} : { suspend: () => process.kill(0, 'SIGTSTP') }),
    });
    // Wait for pending writes: after a quick exit, the last line is still there the next time.
    await keeping;
    return next === undefined ? status : await screen(next, wiring, run, { recording: file, tour: isTour, fleet });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

const recordFile = async (file: string, run: MainRun) =>
  (await import('../cli/record-file.ts')).openRecordFile(file, run.closers);

const recordNotice = (file: string, redact: boolean): string =>
  redact
    ? `Recording to ${file} from the first scan on, with names, IDs and addresses replaced.`
    : `Recording to ${file}, with all names and addresses that are shown.`;

/** Names of this machine that a message may show: its user and the folder of that user. */
const ownNames = ({ USER, LOGNAME, HOME }: Wiring['env']): string[] =>
  [USER, LOGNAME, HOME?.split('/').at(-1)].filter((name): name is string => name !== undefined && name.length > 2);

/** The operator's keys. Throws Failure (exit 2) that names what is wrong with them. */
async function ownKeys({ settings, checkKeys }: Wiring) {
  const keys = await settings.get('keys');
  const wrong = keys === undefined ? [] : await checkKeys(keys);
  if (wrong.length === 0) return keys;
  const { Failure, exitStatus } = await import('../model/failure.ts');
  throw new Failure(
    'bad-keys',
    exitStatus.usage,
    `The keys in ${settings.path} cannot be used: ${wrong.join('; ')}.`,
    'Fix them, or remove one with `bastide config unset keys.NAME`, or all with `bastide config unset keys`.',
  );
}

/** The same start with a demo world as its source. */
function withDemo(parsed: ParsedCommand, demo: string): ParsedCommand {
  const {
    endpoint: _endpoint,
    ca: _ca,
    workspace: _workspace,
    resourceGroup: _group,
    auth: _auth,
    ...host
  } = parsed.host;
  return { ...parsed, host: { ...host, from: [], demo } };
}

/** The same start with another workspace of the same cloud or endpoint, or of another cloud. */
function withWorkspace(parsed: ParsedCommand, { id, source }: Pick<RecentWorkspace, 'id' | 'source'>): ParsedCommand {
  const { resourceGroup: _group, subscription: _subscription, ...host } = parsed.host;
  const known = ['public', 'china', 'usgov'] as const;
  const cloud = source.kind === 'azure' ? known.find((name) => name === source.name) : undefined;
  return { ...parsed, host: { ...host, workspace: id, ...(cloud === undefined ? {} : { cloud }) } };
}
