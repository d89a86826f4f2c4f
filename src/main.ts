// The only composition root and the only exit. Before it has checked the version it may need nothing that an old Node lacks,
// so everything but types is imported when it is needed; that is also what keeps short commands short.
import * as nodeModule from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { SignIn } from './azure/sign-in.ts';
import type { Wiring } from './cli/wiring.ts';
import type { HostFlags } from './command/common-flags.ts';
import type { CommonFlags, Host } from './command/definition.ts';
import type { Parsed } from './command/parse-arguments.ts';
import type { ExitStatus } from './model/failure.ts';
import type { Intents } from './model/intent.ts';
import type { Source } from './model/snapshot.ts';
import type { Sandbox } from './session/rehearse/sandbox.ts';
import type { TagOptions } from './session/service-tags.ts';
import type { Session, SessionEvent } from './session/session.ts';
import type { Simulator } from './simulator/index.ts';

declare const BASTIDE_VERSION: string | undefined;

const oldest = [22, 12] as const;

function checkNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  process.stderr.write(
    `Bastide needs Node.js ${oldest.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      'Start it as bin/bastide or "npm start": they use the Node.js that is installed with it.\n',
  );
  process.exit(69);
}

/** Where things are kept. BASTIDE_HOME puts all of it into one folder; else the XDG folders do (Base Directory Specification 0.8). */
function foldersOf(env: NodeJS.ProcessEnv) {
  const home = env.HOME ?? os.homedir();
  const xdg = (name: string, fallback: string) => {
    const value = env[name];
    return path.join(value !== undefined && path.isAbsolute(value) ? value : path.join(home, fallback), 'bastide');
  };
  const own = env.BASTIDE_HOME === undefined || env.BASTIDE_HOME === '' ? undefined : path.resolve(env.BASTIDE_HOME);
  return {
    settings: own ?? xdg('XDG_CONFIG_HOME', '.config'),
    state: own ?? xdg('XDG_STATE_HOME', '.local/state'),
    cache: xdg('XDG_CACHE_HOME', '.cache'),
    tags: path.join(own ?? xdg('XDG_CACHE_HOME', '.cache'), 'service-tags'),
  };
}

checkNode();
// React reads it when it is first loaded; its development build costs half as much again per key.
process.env.NODE_ENV ||= 'production';
const folders = foldersOf(process.env);
// A folder of the user's own: compiled code that others could write must not be run.
nodeModule.enableCompileCache?.(path.join(folders.cache, 'compiled'));

/** What must be given back before the process ends. */
const closers: (() => Promise<void>)[] = [];
const interrupt = new AbortController();
const version = typeof BASTIDE_VERSION === 'string' ? BASTIDE_VERSION : '0.0.0';

function onSignal(signal: NodeJS.Signals): void {
  // The first asks everything to stop in good order, the second does not wait for it.
  // A terminal that is gone says so more than once, by the kernel and by whoever held it: that is no impatience.
  if (interrupt.signal.aborted && signal === 'SIGHUP') return;
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort(new DOMException(`interrupted by ${signal}`, 'AbortError'));
}
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

process.on('uncaughtException', (error) => end(bug(error)));
process.on('unhandledRejection', (error) => end(bug(error)));
// A reader that has gone (`| head`) is no error; the work goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

// Everything below is a function, and so there already.
await main();

async function main(): Promise<void> {
  for (const signal of signals) process.on(signal, onSignal);
  let status: ExitStatus;
  try {
    const { runCli } = await import('./cli/cli.ts');
    status = await runCli(process.argv.slice(2), await wire());
  } catch (error) {
    status = bug(error);
  }
  await Promise.allSettled(closers.splice(0).map((close) => close()));
  end(status);
}

function end(status: ExitStatus): void {
  process.exitCode = status;
  // What is still on its way to a pipe must arrive; then nothing is waited for.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
}

/** One line for a bug, with the stack only where it was asked for. */
function bug(error: unknown): ExitStatus {
  const debug = process.argv.some((word) => word === '--debug' || word.startsWith('--debug='));
  const text = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack}` : '';
  const next = debug ? '' : ' Run it again with --debug FILE for the whole story.';
  process.stderr.write(
    `bastide: this is a bug in Bastide: ${text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').slice(0, 500)}.${next}${stack}\n`,
  );
  return 70;
}

async function wire(): Promise<Wiring> {
  const [{ verbs }, { themes }, { openSettings }, { ownThemes }] = await Promise.all([
    import('../commands/index.ts'),
    import('../themes/index.ts'),
    import('./settings/settings.ts'),
    import('./settings/themes.ts'),
  ]);
  const settings = openSettings({ folder: folders.settings });
  const own = await ownThemes(path.join(folders.settings, 'themes'), themes);
  const sessions = new Map<string, Promise<Session>>();
  const wiring: Wiring = {
    version,
    node: process.versions.node,
    env: process.env,
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    verbs,
    themes: [...themes, ...own.themes],
    brokenThemes: own.broken,
    settings,
    signal: interrupt.signal,
    now: () => new Date(),
    rules: async () => (await import('./rules/index.ts')).rules,
    defaults: () => settings.all(),
    open(host, flags, tell, settled = true) {
      const key = JSON.stringify([sourceKey(host), flags.readOnly, flags.serviceTags, flags.refreshTags]);
      const known = sessions.get(key);
      if (known) return known;
      const opening = openSession(host, flags).then(async (session) => {
        if (settled && session.source.kind !== 'files') await settle(session, tell);
        return session;
      });
      sessions.set(key, opening);
      opening.catch(() => sessions.delete(key));
      return opening;
    },
    simulate,
    lookUpAddress: async (signal) =>
      (await import('./cli/look-up.ts')).lookUpAddress(await settings.get('lookupUrl'), signal),
    lines: {
      all: async () => (await typedLines()).all(),
      add: async (line) => (await typedLines()).add(line),
    },
    checkKeys: async (keys) => (await import('./app/state/keys/remap.ts')).remapped(keys).wrong,
    progress: async (source, workspace) =>
      (await import('./history/progress.ts')).progressStore({
        folder: path.join(folders.state, 'guide'),
        source,
        workspace,
        pid: process.pid,
        now: () => new Date(),
      }),
    screen: (parsed) => screen(parsed, wiring),
  };
  return wiring;
}

async function typedLines() {
  return (await import('./history/lines.ts')).lineStore({ folder: folders.state, pid: process.pid });
}

function sourceKey(host: HostFlags): readonly unknown[] {
  const { demo, fresh, endpoint, ca, from, allResources, workspace, resourceGroup, subscription, cloud, auth } = host;
  return [demo, fresh, endpoint, ca, from, allResources, workspace, resourceGroup, subscription, cloud, auth];
}

async function openSession(host: HostFlags, { readOnly, serviceTags, refreshTags }: CommonFlags): Promise<Session> {
  const file = serviceTags === undefined ? undefined : await readTags(serviceTags);
  if (host.from.length > 0) return openFiles(host, file);
  const tags: TagOptions = { refresh: refreshTags, ...(file === undefined ? {} : { file }) };
  if (host.demo !== undefined) return openDemo(host, readOnly, tags);
  const ca = host.ca === undefined ? undefined : await readAuthority(host.ca);
  const [{ clouds, cloudAt }, { signInWith }] = await Promise.all([
    import('./azure/clouds.ts'),
    import('./azure/sign-in.ts'),
  ]);
  const { endpoint } = host;
  const credential = signInWith({
    cloud: (signal) => (endpoint === undefined ? Promise.resolve(clouds[host.cloud]) : cloudAt(endpoint, ca, signal)),
    environment: process.env,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ...(host.auth === undefined ? {} : { auth: host.auth }),
    ...(ca === undefined ? {} : { ca }),
  });
  const source: Source =
    endpoint === undefined ? { kind: 'azure', name: host.cloud } : { kind: 'endpoint', name: originOf(endpoint) };
  const { tagStore } = await import('./settings/service-tags.ts');
  const store = tagStore({ folder: folders.tags, source });
  const address = endpoint ?? clouds[host.cloud].endpoint;
  return openArm({ host, source, endpoint: address, credential, ca, readOnly, tags: { ...tags, store } });
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

async function readAuthority(file: string): Promise<string> {
  const { readText } = await import('./cli/files.ts');
  return readText(file, process.stdin);
}

async function readTags(file: string): Promise<NonNullable<TagOptions['file']>> {
  const [{ readText }, { tagsFromText }] = await Promise.all([
    import('./cli/files.ts'),
    import('./session/files/service-tags.ts'),
  ]);
  return tagsFromText(await readText(file, process.stdin), file);
}

/** The demo: the simulator in this process, with its state in a file that all commands share. */
async function openDemo(host: HostFlags, readOnly: boolean, tags: TagOptions): Promise<Session> {
  const [{ startSimulator, worlds }, { signInToSimulated }, { mkdir }] = await Promise.all([
    import('./simulator/index.ts'),
    import('./azure/simulated.ts'),
    import('node:fs/promises'),
  ]);
  const world = worlds.find((one) => one.name === host.demo || one.aliases.includes(host.demo ?? ''));
  if (world === undefined) {
    const { Failure, exitStatus } = await import('./model/failure.ts');
    const names = worlds.map((one) => one.name).join(', ');
    throw new Failure(
      'unknown-world',
      exitStatus.usage,
      'There is no demo world of that name.',
      `There are: ${names}.`,
    );
  }
  const folder = path.join(folders.state, 'demo');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const source: Source = { kind: 'demo', name: `demo:${world.name}` };
  const simulator = await simulated(() =>
    startSimulator({ world: world.name, state: path.join(folder, `${world.name}.json`), fresh: host.fresh }),
  );
  closers.push(() => simulator.stop());
  if (host.fresh) await forget(source, simulator.workspace);
  const { ca, endpoint } = simulator;
  const credential = signInToSimulated(simulator);
  const fallback = world.intents as Intents;
  // What the simulator says of service tags is kept nowhere.
  return openArm({ host, source, endpoint, credential, ca, readOnly, tags, fallback });
}

/** A world that starts over has no history, no guided walk and no answers but its own. */
async function forget(source: Source, workspace: string): Promise<void> {
  const [{ historyName }, { forgetIntents }, { rm }] = await Promise.all([
    import('./history/store.ts'),
    import('./settings/intents.ts'),
    import('node:fs/promises'),
  ]);
  const name = historyName(source, workspace);
  const base = path.join(folders.state, 'history', name);
  const gone = [base, `${base}.json`, path.join(folders.state, 'guide', `${name}.json`)];
  await Promise.all(gone.map((one) => rm(one, { recursive: true, force: true })));
  await forgetIntents(folders.settings, source.name);
}

/** A simulator of its own for one rehearsal: it holds what was read and nothing else, and goes with it. */
async function openSandbox(snapshot: string, source: Source): Promise<Sandbox> {
  const [{ startSimulator }, { doorToSimulated }] = await Promise.all([
    import('./simulator/index.ts'),
    import('./azure/simulated.ts'),
  ]);
  const simulator = await simulated(() => startSimulator({ load: snapshot, played: true }));
  const notes = new Set<string>();
  let unread: readonly string[] = [];
  simulator.onExchange((exchange) => {
    for (const note of exchange.notes) notes.add(note);
    if (/^(PUT|PATCH|DELETE)$/.test(exchange.method)) unread = exchange.unseen ?? [];
  });
  const door = doorToSimulated(simulator, source, version);
  return {
    door,
    unread: () => unread,
    notes: () => [...notes],
    async close() {
      await door.close();
      await simulator.stop();
    },
  };
}

/** What the simulator refuses to start with is the operator's to mend. */
async function simulated(start: () => Promise<Simulator>): Promise<Simulator> {
  const { SimulatorError } = await import('./simulator/index.ts');
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    const { Failure, exitStatus } = await import('./model/failure.ts');
    throw new Failure('simulator', exitStatus.usage, error.message, 'See `bastide help simulate`.');
  }
}

interface Arm {
  readonly host: HostFlags;
  readonly source: Source;
  readonly endpoint: string;
  readonly credential: SignIn;
  readonly ca: string | undefined;
  readonly readOnly: boolean;
  readonly tags: TagOptions;
  readonly fallback?: Intents;
}

/** A session over the door to ARM, with its journal. */
async function openArm(arm: Arm): Promise<Session> {
  const { host, source, endpoint, credential, ca, readOnly, tags, fallback } = arm;
  const [{ openDoor }, { createSession }, { openHistory }, { intentsStore }, { rules }] = await Promise.all([
    import('./azure/open-door.ts'),
    import('./session/index.ts'),
    import('./history/store.ts'),
    import('./settings/intents.ts'),
    import('./rules/index.ts'),
  ]);
  const door = openDoor({ source, endpoint, credential, version, ...(ca === undefined ? {} : { ca }) });
  const { workspace, resourceGroup, subscription } = host;
  const session = createSession({
    door,
    rules,
    history: (id) =>
      openHistory({ folder: path.join(folders.state, 'history'), source, workspace: id, pid: process.pid }),
    intents: (id) =>
      intentsStore({
        folder: folders.settings,
        source: source.name,
        workspace: id,
        ...(fallback === undefined ? {} : { fallback }),
      }),
    selector: {
      ...(workspace === undefined ? {} : { workspace }),
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
      ...(subscription === undefined ? {} : { subscription }),
    },
    tags,
    readOnly,
    sandbox: openSandbox,
    now: () => new Date(),
    newId: () => newId(),
    by: userName(),
  });
  closers.unshift(() => session.close());
  return session;
}

/** Settles what a crash cut off. What stands in the way of that is said by the verb that needs the same thing. */
async function settle(session: Session, tell: (event: SessionEvent) => void): Promise<void> {
  const { isFailure } = await import('./model/failure.ts');
  const quiet = session.onEvent((event) => {
    if (event.kind === 'sign-in' || event.kind === 'settled') tell(event);
  });
  try {
    const recovery = session.recover(interrupt.signal);
    while (!(await recovery.next()).done);
  } catch (error) {
    if (!isFailure(error) || interrupt.signal.aborted) throw error;
  } finally {
    quiet();
  }
}

/** Sorts by time, and two sessions of one second do not meet. */
function newId(): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  // The global is loaded when it is first used; the module node:crypto would cost every start some milliseconds.
  return `${time}-${crypto.randomUUID().slice(0, 6)}`;
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container's user need not have a name.
    return process.env.USER ?? 'unknown';
  }
}

/** A session over files: offline, read-only, without sign-in. */
async function openFiles(host: HostFlags, tags: TagOptions['file']): Promise<Session> {
  const [{ createFileSession }, { snapshotFromTexts }, { rules }, { readText }] = await Promise.all([
    import('./session/create-file-session.ts'),
    import('./session/from-files.ts'),
    import('./rules/index.ts'),
    import('./cli/files.ts'),
  ]);
  const texts: { path: string; text: string }[] = [];
  for (const file of host.from) texts.push({ path: file, text: await readText(file, process.stdin) });
  const snapshot = snapshotFromTexts(texts, {
    allResources: host.allResources,
    cloud: host.cloud,
    ...(host.workspace === undefined ? {} : { workspace: host.workspace }),
    now: () => new Date(),
    newId,
  });
  return createFileSession({
    snapshot,
    rules,
    sandbox: openSandbox,
    now: () => new Date(),
    newId,
    ...(tags === undefined ? {} : { tags }),
  });
}

/** Serves the simulator until the signal, with its certificate in a private folder that goes with it. */
async function simulate(options: Parameters<Host['simulate']>[0], ready: (line: string) => void, signal: AbortSignal) {
  const [{ startSimulator }, { mkdtemp, writeFile, rm }] = await Promise.all([
    import('./simulator/index.ts'),
    import('node:fs/promises'),
  ]);
  const simulator = await simulated(() => startSimulator(options));
  simulator.onExchange(({ notes }) => {
    for (const note of notes) process.stderr.write(`${note}\n`);
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bastide-simulator-'));
  const ca = path.join(folder, 'ca.pem');
  try {
    await writeFile(ca, simulator.ca, { mode: 0o600 });
    const { endpoint, authority, imds, tenant, client, secret, subscription, workspace } = simulator;
    ready(JSON.stringify({ endpoint, authority, imds, ca, tenant, client, secret, subscription, workspace }));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The operator's keys. Throws Failure (exit 2) that names what is wrong with them. */
async function ownKeys({ settings, checkKeys }: Wiring) {
  const keys = await settings.get('keys');
  const wrong = keys === undefined ? [] : await checkKeys(keys);
  if (wrong.length === 0) return keys;
  const { Failure, exitStatus } = await import('./model/failure.ts');
  throw new Failure(
    'bad-keys',
    exitStatus.usage,
    `The keys in ${settings.path} cannot be used: ${wrong.join('; ')}.`,
    'Mend them, or take one out: `bastide config unset keys.NAME`, all of them: `bastide config unset keys`.',
  );
}

/** The same start with a demo world as its source. */
function withDemo(parsed: Parsed, demo: string): Parsed {
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

/** The full-screen shell. It takes the signals itself, because it must give the terminal back. */
async function screen(parsed: Parsed, wiring: Wiring): Promise<ExitStatus> {
  const { stdin, stdout } = process;
  // Keys typed while the screen is still being loaded must not be echoed into it.
  stdin.setRawMode(true);
  try {
    const keys = await ownKeys(wiring);
    const [{ paletteContext }, { screenLook }] = await Promise.all([
      import('./cli/palette-context.ts'),
      import('./cli/look.ts'),
    ]);
    const look = screenLook(parsed, wiring);
    // What draws the screen reads it when it is first loaded, and would judge the terminal by rules of its own.
    process.env.FORCE_COLOR = look.chalkLevel;
    const [{ startApp }, session, rules] = await Promise.all([
      import('./app/start.tsx'),
      wiring.open(parsed.host, parsed.flags, () => {}, false),
      wiring.rules(),
    ]);
    for (const signal of signals) process.off(signal, onSignal);
    let keeping = Promise.resolve();
    let demo: string | undefined;
    const status = await startApp({
      session,
      context: paletteContext(wiring, parsed, rules),
      theme: look.theme,
      themes: look.themes,
      saveTheme: (name) => wiring.settings.set('theme', name),
      stdin,
      stdout,
      ascii: look.ascii,
      mouse: parsed.host.mouse,
      notices: look.notices,
      lines: await wiring.lines.all(),
      addLine(line) {
        keeping = keeping.then(() => wiring.lines.add(line));
      },
      ...(keys === undefined ? {} : { keys }),
      readOnly: parsed.flags.readOnly || session.readOnly,
      profile: parsed.flags.profile,
      demos: {
        list: async () => (await import('./simulator/index.ts')).worlds,
        start(world) {
          demo = world;
        },
      },
      now: wiring.now,
      // The whole foreground job, or whoever started this one (`npm start`) would go on holding the terminal. Where there is
      // no shell to come back to, the system ignores it, and nobody is left with a dead screen.
      suspend: () => process.kill(0, 'SIGTSTP'),
    });
    // Whoever leaves at once still has the last line the next time.
    await keeping;
    return demo === undefined ? status : await screen(withDemo(parsed, demo), wiring);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
