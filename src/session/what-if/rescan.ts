// The second reading of a what-if: everything that the first one held, as it is in the simulator, and what was added.
// What could not be read the first time stays a read failure.
import type { ArmClient } from '../../azure/arm-client.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, parseId, typeOf } from '../../model/resource-id.ts';
import type { Collection, ReadFailure, Snapshot } from '../../model/snapshot.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { type Collected, collectorOf, inTreeOrder } from '../collector.ts';
import { scanWorkspace } from '../scan.ts';
import { notInSnapshot } from './simulator.ts';

export interface Rescan {
  readonly arm: ArmClient;
  readonly before: Snapshot;
  /** Ids that the plan is about. */
  readonly also: readonly string[];
  readonly id: string;
  now(): Date;
  progress(done: number, total: number, detail: string): void;
  readonly signal: AbortSignal | undefined;
}

export async function rescan(seeing: Rescan): Promise<Snapshot> {
  const { before } = seeing;
  const scanned = await scan(seeing);
  const rest = await readRest(seeing, scanned);
  const now = new Map([...scanned.resources, ...rest.resources].map((one) => [fold(one.id), one]));
  // Only what is known not to be there has gone; an id that cannot be asked for stays as it was.
  const gone = new Set(rest.gaps.filter(isMissing).map(({ id }) => fold(id)));
  const kept = before.resources.filter(({ id }) => !now.has(fold(id)) && !gone.has(fold(id)));
  const resources = inTreeOrder([...now.values(), ...kept]);
  const { live, ...first } = before;
  return {
    ...first,
    id: seeing.id,
    takenAt: seeing.now().toISOString(),
    requests: 0,
    resources,
    collections: overlaid<Collection>(before.collections, [...scanned.collections, ...rest.collections]),
    gaps: gapsOf(before, [...scanned.gaps, ...rest.gaps], resources),
  };
}

const nothing: Collected = { resources: [], collections: [], permissions: [], gaps: [] };

/** The scan of a workspace; files without one have nothing to begin at. */
async function scan({ before, arm, also, ...seeing }: Rescan): Promise<Collected> {
  const { workspace, serviceTags } = before;
  if (workspace === null || !before.resources.some(({ id }) => fold(id) === fold(workspace))) return nothing;
  return scanWorkspace({
    arm,
    workspace,
    intents: before.intents,
    id: seeing.id,
    now: seeing.now,
    also,
    tags: async () => serviceTags,
    progress: seeing.progress,
    ...(seeing.signal ? { signal: seeing.signal } : {}),
  });
}

/** What the first reading held, or the plan is about, and the scan has not met. */
async function readRest({ before, arm, also, progress, signal }: Rescan, scanned: Collected): Promise<Collected> {
  const collector = collectorOf(arm, progress, signal);
  const lists = new Set(scanned.collections.map(({ id }) => fold(id)));
  await Promise.all(
    before.collections
      .filter(({ id }) => !lists.has(fold(id)))
      .map(({ id }) => {
        const [path = '', query] = id.split(/\?(.*)/s);
        return collector.list(
          path,
          resourceTypeOf(typeOf(`${path}/-`)).type,
          query === undefined ? undefined : queryOf(query),
        );
      }),
  );
  const inHand = new Set([...scanned.resources, ...collector.collected().resources].map(({ id }) => fold(id)));
  const wanted = [...before.resources.filter(isOne).map(({ id }) => id), ...also].filter((id) => !inHand.has(fold(id)));
  await Promise.all(wanted.map((id) => collector.read(id)));
  return collector.collected();
}

/** `$filter=principalId eq '…'`, as the collector writes it. */
function queryOf(text: string): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  return at < 0 ? {} : { [text.slice(0, at)]: text.slice(at + 1) };
}

/** Usages and sizes lie under the path of a list: documents, not resources. */
function isOne({ id }: Resource): boolean {
  const { type = '', names } = parseId(id);
  return names.length === type.split('/').length - 1;
}

const isMissing = (gap: ReadFailure): boolean => gap.status === 404 && gap.code !== 'InvalidResourceType';

function overlaid<Item extends { readonly id: string }>(first: readonly Item[], second: readonly Item[]): Item[] {
  return [...new Map([...first, ...second].map((item) => [fold(item.id), item])).values()];
}

/** The gaps of before, less what has come to be in hand; a 404 is an answer, and so is worth keeping. */
function gapsOf(before: Snapshot, found: readonly ReadFailure[], resources: readonly Resource[]): ReadFailure[] {
  const inHand = new Set(resources.map(({ id }) => fold(id)));
  const answers = found.filter((gap) => gap.code !== notInSnapshot && isMissing(gap));
  return overlaid(answers, before.gaps).filter(({ id }) => !inHand.has(fold(id)));
}
