// A session over files: offline, read-only, without sign-in.
import type { HostFlags } from '../command/common-flags.ts';
import type { TagOptions } from '../session/service-tags.ts';
import type { Session } from '../session/session.ts';
import { newId } from './acts.ts';
import { garbageCollector } from './collect-garbage.ts';
import { openSandbox } from './open-what-if-simulator.ts';
import type { JudgedBy } from './own-rules.ts';
import type { MainRun } from './run.ts';

/** In characters: more is worth the time to collect garbage early. */
const largeText = 1024 * 1024;

export async function openFiles(
  { version, signal }: MainRun,
  host: HostFlags,
  tags: TagOptions['file'],
  { project, rules }: JudgedBy,
): Promise<Session> {
  const [{ createFileSession }, { readFiles, snapshotIfReadable }, { linksIn }, allRules, { readSources }] =
    await Promise.all([
      import('../session/create-file-session.ts'),
      import('../session/from-files.ts'),
      import('../session/files/deployments.ts'),
      rules(),
      import('../cli/source-files.ts'),
    ]);
  const { files, skipped } = await readSources(host.from, host.parameters, linksIn, signal);
  // From the beginning: reading leaves more garbage than checking, and Node.js keeps the memory that it took once.
  const isLarge = files.reduce((sum, { text }) => sum + text.length, 0) > largeText;
  const collect = isLarge ? garbageCollector() : undefined;
  const options = {
    name: [...host.from, ...host.parameters].join(', '),
    allResources: host.allResources,
    cloud: host.cloud,
    partial: host.partial,
    values: host.setParameter,
    place: {
      subscription: host.subscription,
      group: host.resourceGroup,
      location: host.location,
      tenant: host.tenant,
    },
    ...(host.workspace === undefined ? {} : { workspace: host.workspace }),
    now: () => new Date(),
    newId,
  };
  const { snapshot: read, locate, choices } = readFiles(files, options);
  collect?.();
  const all = [...skipped, ...(read.skipped ?? [])];
  const snapshot = all.length === 0 ? read : { ...read, skipped: all };
  const intents = { ...project.config()?.assumptions, ...snapshot.intents };
  return createFileSession({
    snapshot: { ...snapshot, intents },
    rules: allRules,
    project: project.config,
    locate,
    ...(isLarge || choices.length === 0
      ? {}
      : {
          supposed: {
            parameters: choices,
            read: (values) => snapshotIfReadable(files, { ...options, values: { ...options.values, ...values } }),
          },
        }),
    ...(collect === undefined ? {} : { whenDropped: collect }),
    sandbox: openSandbox(version),
    now: () => new Date(),
    newId,
    ...(tags === undefined ? {} : { tags }),
  });
}
