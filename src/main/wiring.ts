// What the hosts are given: everything that opens something outside, loaded on first use.
import path from 'node:path';
import process from 'node:process';
import type { Wiring } from '../cli/wiring.ts';
import type { HostFlags } from '../command/common-flags.ts';
import type { Rule } from '../rules/rule.ts';
import type { Session } from '../session/session.ts';
import type { ProjectStore } from '../settings/project-file.ts';
import type { RecentStore } from '../settings/recent.ts';
import { userName } from './acts.ts';
import { openSession } from './open-session.ts';
import { type ProjectRules, type RuleFlags, ruleFolders } from './own-rules.ts';
import type { MainRun } from './run.ts';
import { screen } from './screen.ts';
import { simulate } from './simulate.ts';

// A session whose workspace is remembered once it has been read, whichever host asked for the reading.

/** Of a cloud or an endpoint only: a demo world or files can be opened again without being remembered. */
function remembering(session: Session, recent: () => Promise<RecentStore>, now: () => Date): Session {
  const { source } = session;
  if (source.kind !== 'azure' && source.kind !== 'endpoint') return session;
  return {
    ...session,
    async *scan(...given) {
      const snapshot = yield* session.scan(...given);
      const id = snapshot.workspace;
      if (id !== null) await (await recent()).add({ id, source, at: now().toISOString() });
      return snapshot;
    },
  };
}

/** A session that reads a changed `bastide.yaml` before each scan. */
const rereading = (session: Session, project: ProjectStore): Session => ({
  ...session,
  async *scan(...given) {
    await project.reload();
    return yield* session.scan(...given);
  },
});

/** What every command line needs. */
export interface LoadedParts {
  readonly runCli: typeof import('../cli/cli.ts').runCli;
  readonly verbs: Wiring['verbs'];
  readonly themes: Wiring['themes'];
  readonly openSettings: typeof import('../settings/settings.ts').openSettings;
  readonly ownThemes: typeof import('../settings/themes.ts').ownThemes;
}

/** `version` needs no other command, and scripts ask it often: it comes as one small file, in a third of the time. */
export async function loadParts([word, ...more]: readonly string[]): Promise<LoadedParts> {
  const isVersion = word === 'version' || word === '--version' || word === '-V' || word === '-v';
  if (isVersion && !more.some((one) => one === '--help' || one === '-h')) return import('./version-parts.ts');
  const parts = await Promise.all([
    import('../cli/cli.ts'),
    import('../../commands/index.ts'),
    import('../../themes/index.ts'),
    import('../settings/settings.ts'),
    import('../settings/themes.ts'),
  ]);
  return Object.assign({}, ...parts) as LoadedParts;
}

export async function wire(run: MainRun, { verbs, themes, openSettings, ownThemes }: LoadedParts): Promise<Wiring> {
  const { folders, version, signal } = run;
  const { keepIn } = await import('../disk/own-folders.ts');
  keepIn([folders.settings, folders.state, folders.tags]);
  const settings = openSettings({ folder: folders.settings });
  const ownFolder = path.join(folders.settings, 'themes');
  let own = await ownThemes(ownFolder, themes);
  const sessions = new Map<string, Promise<Session>>();
  const lines = async () =>
    (await import('../history/lines.ts')).lineStore({ folder: folders.state, pid: process.pid });
  const projects = new Map<string, Promise<ProjectStore>>();
  const ownRules = ruleFolders();
  /** The file of a path, read once: session and commands have the same. */
  const projectFile = ({ config: file, rules: own }: RuleFlags, mayBeNew = false): Promise<ProjectStore> => {
    const key = JSON.stringify([file, own]);
    const known = projects.get(key);
    if (known) return known;
    const rules = async (named: ProjectRules) => (await ownRules.all(own, named)).map(({ id }) => id);
    const opening = import('../settings/project-file.ts').then(({ openProjectFile }) =>
      openProjectFile({ file, mayBeNew, rules }),
    );
    projects.set(key, opening);
    opening.catch(() => projects.delete(key));
    return opening;
  };
  /** The same list whenever it is asked for: a report is made once for a snapshot and a list of rules. */
  const rulesFor = async (flags: RuleFlags, mayBeNew?: boolean): Promise<readonly Rule[]> => {
    const store = await projectFile(flags, mayBeNew);
    return ownRules.all(flags.rules, { path: flags.config ?? store.path, rules: store.config()?.rules ?? [] });
  };
  const recent = async () => (await import('../settings/recent.ts')).recentStore({ folder: folders.state });
  const wiring: Wiring = {
    version,
    node: process.versions.node,
    env: process.env,
    // Opened when they are first used: Node makes each of them when it is asked for.
    streams: {
      get stdin() {
        return process.stdin;
      },
      get stdout() {
        return process.stdout;
      },
      get stderr() {
        return process.stderr;
      },
    },
    verbs,
    get themes() {
      return [...themes, ...own.themes];
    },
    get brokenThemes() {
      return own.broken;
    },
    watchThemes(onChange) {
      const watching = import('../settings/watch-themes.ts').then(({ watchThemes }) =>
        watchThemes(ownFolder, themes, (found) => {
          own = found;
          onChange(found);
        }),
      );
      return () => void watching.then((stop) => stop());
    },
    settings,
    signal,
    now: run.clock.now,
    rules: rulesFor,
    testRules: ownRules.test,
    defaults: () => settings.all(),
    open(host, flags, tell) {
      const { readOnly, serviceTags, refreshTags, config, rules } = flags;
      const key = JSON.stringify([sourceKey(host), readOnly, serviceTags, refreshTags, config, rules]);
      const known = sessions.get(key);
      if (known) return known;
      const project = projectFile(flags);
      const judged = project.then((store) =>
        openSession(run, host, flags, { project: store, rules: () => rulesFor(flags) }),
      );
      const opening = Promise.all([judged, project]).then(([session, store]) => {
        session.onEvent((event) => {
          // Between the request and its answer: a run that is killed now has sent something.
          if (event.kind === 'step' && event.state === 'intended') run.sent();
          if (tell && (event.kind === 'sign-in' || event.kind === 'settled')) tell(event);
        });
        return rereading(remembering(session, recent, wiring.now), store);
      });
      sessions.set(key, opening);
      opening.catch(() => sessions.delete(key));
      return opening;
    },
    async close(session) {
      for (const [key, opening] of sessions) {
        if ((await opening.catch(() => null)) === session) sessions.delete(key);
      }
      await session.close();
    },
    simulate,
    lookUpAddress: async (signal) =>
      (await import('../cli/look-up.ts')).lookUpAddress(await settings.get('lookupUrl'), signal),
    lines: {
      all: async () => (await lines()).all(),
      add: async (line) => (await lines()).add(line),
    },
    checkKeys: async (keys) => (await import('../app/state/keys/remap.ts')).remapped(keys).wrong,
    progress: async (source, workspace) =>
      (await import('../history/guide-progress.ts')).progressStore({
        folder: path.join(folders.state, 'guide'),
        source,
        workspace,
        pid: process.pid,
        now: () => new Date(),
      }),
    wait: async (ms, signal) => {
      const { setTimeout: wait } = await import('node:timers/promises');
      await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    execute: async (...given) => (await import('./execute.ts')).execute(...given),
    user: userName(),
    approvals: async () =>
      (await import('../history/approvals.ts')).approvalStore({ folder: path.join(folders.state, 'assistant') }),
    async audits(source, workspace) {
      const { auditLog } = await import('../history/audits.ts');
      return auditLog({ folder: path.join(folders.state, 'audits'), source, workspace, pid: process.pid });
    },
    project: projectFile,
    async lastRun(source, workspace, profile) {
      const [{ lastRunStore: seenStore }, { lastRunOf: seenIn }] = await Promise.all([
        import('../history/last-run.ts'),
        import('../model/last-run.ts'),
      ]);
      const store = seenStore({ folder: path.join(folders.state, 'seen'), source, workspace, profile });
      return { get: store.get, keep: (report, at) => store.keep(seenIn(report, at)) };
    },
    screen: (parsed) => screen(parsed, wiring, run),
  };
  return wiring;
}

function sourceKey(host: HostFlags): readonly unknown[] {
  const { demo, fresh, endpoint, ca, from, allResources, workspace, resourceGroup, subscription, cloud, auth } = host;
  const { setParameter, parameters, location, tenant, partial } = host;
  return [
    ...[demo, fresh, endpoint, ca, from, allResources, workspace, resourceGroup, subscription, cloud, auth],
    ...[setParameter, parameters, location, tenant, partial],
  ];
}
