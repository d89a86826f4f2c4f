// A session over the ARM client, with its history.
import path from 'node:path';
import process from 'node:process';
import type { SignIn } from '../azure/sign-in.ts';
import type { HostFlags } from '../command/common-flags.ts';
import type { Assumptions } from '../model/assumption.ts';
import type { Source } from '../model/snapshot.ts';
import type { TagOptions } from '../session/service-tags.ts';
import type { Session } from '../session/session.ts';
import { newId, userName } from './acts.ts';
import { openSandbox } from './open-what-if-simulator.ts';
import type { JudgedBy } from './own-rules.ts';
import type { MainRun } from './run.ts';

interface Arm {
  readonly host: HostFlags;
  readonly source: Source;
  readonly endpoint: string;
  readonly credential: SignIn;
  readonly ca: string | undefined;
  /** How the client waits as Azure asks it to; in real time unless given. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly readOnly: boolean;
  readonly tags: TagOptions;
  readonly fallback?: Assumptions;
  readonly judged: JudgedBy;
}

export async function openArm({ folders, version, closers, clock }: MainRun, given: Arm): Promise<Session> {
  const { host, source, endpoint, credential, ca, sleep, readOnly, tags, fallback, judged } = given;
  const { project } = judged;
  const [
    { openArmClient },
    { createSession },
    { openHistory },
    { assumptionsStore: intentsStore },
    rules,
    { requireFolder },
    { requireProxy },
  ] = await Promise.all([
    import('../azure/open-arm-client.ts'),
    import('../session/index.ts'),
    import('../history/store.ts'),
    import('../settings/assumptions.ts'),
    judged.rules(),
    import('../disk/folder.ts'),
    import('../azure/proxy.ts'),
  ]);
  requireProxy(process.env);
  const { now, hear } = clock;
  const arm = openArmClient({
    ...{ source, endpoint, credential, version, hear },
    ...(ca === undefined ? {} : { ca }),
    ...(sleep === undefined ? {} : { sleep }),
  });
  const { workspace, resourceGroup, subscription } = host;
  const session = createSession({
    arm,
    rules,
    history: (id) =>
      openHistory({ folder: path.join(folders.state, 'history'), source, workspace: id, pid: process.pid }),
    intents: (id) =>
      intentsStore({
        folder: folders.settings,
        source: source.name,
        workspace: id,
        ...(fallback === undefined ? {} : { fallback }),
        declared: () => project.config()?.assumptions ?? {},
      }),
    project: project.config,
    selector: {
      ...(workspace === undefined ? {} : { workspace }),
      ...(resourceGroup === undefined ? {} : { resourceGroup }),
      ...(subscription === undefined ? {} : { subscription }),
    },
    tags,
    fleetStore: async (key, restart) => {
      const [{ openFleetStore }, { createHash }, { growHeapBy }] = await Promise.all([
        import('../history/fleet-store.ts'),
        import('node:crypto'),
        import('./collect-garbage.ts'),
      ]);
      growHeapBy(20);
      const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
      const folder = path.join(folders.state, 'fleet');
      return openFleetStore({ folder, key: name, pid: process.pid, now: () => new Date(), restart });
    },
    readOnly,
    sandbox: openSandbox(version),
    now,
    newId,
    by: userName(),
  });
  closers.unshift(() => session.close());
  const guarded = ({ apply, at, ...rest }: Session): Session => ({
    ...rest,
    ...(at === undefined ? {} : { at: (id) => guarded(at(id)) }),
    async *apply(...given) {
      requireFolder(path.join(folders.state, 'history'), 'The history');
      return yield* apply(...given);
    },
  });
  return guarded(session);
}
