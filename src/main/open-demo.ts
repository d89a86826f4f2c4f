// The demo: the simulator in this process, with its state in a file that all commands share.
import path from 'node:path';
import type { HostFlags } from '../command/common-flags.ts';
import type { Assumptions } from '../model/assumption.ts';
import type { Source } from '../model/snapshot.ts';
import type { TagOptions } from '../session/service-tags.ts';
import type { Session } from '../session/session.ts';
import type { World } from '../simulator/index.ts';
import { deferred } from './deferred.ts';
import type { Folders } from './folders.ts';
import { openArm } from './open-arm.ts';
import type { JudgedBy } from './own-rules.ts';
import type { MainRun } from './run.ts';
import { simulated } from './simulate.ts';

interface Demo {
  readonly source: Source;
  readonly world: World;
  readonly readOnly: boolean;
  readonly tags: TagOptions;
  readonly judged: JudgedBy;
}

/** The simulator starts on the first use of the session: the screen is shown before that. */
export async function openDemo(run: MainRun, host: HostFlags, given: Omit<Demo, 'source' | 'world'>): Promise<Session> {
  const { worlds } = await import('../simulator/index.ts');
  const world = worlds.find((one) => one.name === host.demo || one.aliases.includes(host.demo ?? ''));
  if (world === undefined) {
    const { Failure, exitStatus } = await import('../model/failure.ts');
    const names = worlds.map((one) => one.name).join(', ');
    throw new Failure('unknown-world', exitStatus.usage, 'Unknown demo world.', `Available worlds: ${names}.`);
  }
  const source: Source = { kind: 'demo', name: `demo:${world.name}` };
  return deferred({ source, readOnly: given.readOnly }, () => startDemo(run, host, { ...given, source, world }));
}

async function startDemo(run: MainRun, host: HostFlags, demo: Demo): Promise<Session> {
  const { source, world, readOnly, tags, judged } = demo;
  const [{ startSimulator }, { signInToSimulated, waitFor }, { refusalToKeep, requireFolder }, { nameOf }] =
    await Promise.all([
      import('../simulator/index.ts'),
      import('../azure/simulated.ts'),
      import('../disk/folder.ts'),
      import('../model/resource-id.ts'),
    ]);
  const folder = path.join(run.folders.state, 'demo');
  if (host.fresh) requireFolder(folder, 'The state of the demo');
  // Where nothing can be kept, the world can still be read; `apply` refuses.
  const frozen = refusalToKeep(folder) !== undefined;
  const simulator = await simulated(() =>
    startSimulator({ world: world.name, state: path.join(folder, `${world.name}.json`), fresh: host.fresh, frozen }),
  );
  run.closers.push(() => simulator.stop());
  if (host.fresh) await forget(run.folders, source, simulator.workspace);
  const { ca, endpoint } = simulator;
  const credential = signInToSimulated(simulator);
  const fallback = world.intents as Assumptions;
  // The simulator's service tags are not kept.
  // A world may hold a second workspace; it is about its first.
  const asked = { ...host, workspace: host.workspace ?? nameOf(simulator.workspace) };
  const session = await openArm(run, {
    host: asked,
    source,
    endpoint,
    credential,
    ca,
    sleep: waitFor(simulator),
    readOnly,
    tags,
    fallback,
    judged,
  });
  return {
    ...session,
    async close() {
      await session.close();
      await simulator.stop();
    },
  };
}

/** A world that starts over has no history, no guided walk, no last time and no answers but its own. */
async function forget(folders: Folders, source: Source, workspace: string): Promise<void> {
  const [
    { forgetHistory, historyName },
    { lastRunFiles },
    { auditLogFile },
    { forgetAssumptions: forgetIntents },
    { profileChoices },
    { rm },
  ] = await Promise.all([
    import('../history/store.ts'),
    import('../history/last-run.ts'),
    import('../history/audits.ts'),
    import('../settings/assumptions.ts'),
    import('../model/assumption.ts'),
    import('node:fs/promises'),
  ]);
  const name = historyName(source, workspace);
  forgetHistory({ folder: path.join(folders.state, 'history'), source, workspace });
  const seen = profileChoices.flatMap((profile) =>
    lastRunFiles({ folder: path.join(folders.state, 'seen'), source, workspace, profile }),
  );
  const audits = auditLogFile({ folder: path.join(folders.state, 'audits'), source, workspace });
  const gone = [path.join(folders.state, 'guide', `${name}.json`), audits, ...seen];
  await Promise.all(gone.map((one) => rm(one, { recursive: true, force: true })));
  await forgetIntents(folders.settings, source.name);
}
