// The change records of what snapshots hold, from Azure Resource Graph (`resourcechanges`): one query, page after page.
import type { ArmClient } from '../azure/arm-client.ts';
import { changeRecordsIn, type WriteRecords } from '../model/change-record.ts';
import type { JsonObject } from '../model/json.ts';
import { fold, resourceGroupOf, subscriptionOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';

/** See {@link Session.changeRecords}. Never throws for an answer of Azure. */
export const readChangeRecords = (
  arm: Pick<ArmClient, 'graph'>,
  snapshots: readonly Snapshot[],
  since: string,
  signal: AbortSignal,
): Promise<WriteRecords> =>
  readRecordsNear(
    arm,
    snapshots.flatMap(({ resources }) => resources.map(({ id }) => id)),
    since,
    signal,
  );

/** The records of these resources alone. Never throws for an answer of Azure. */
export async function readRecordsOf(
  arm: Pick<ArmClient, 'graph'>,
  ids: readonly string[],
  since: string,
  signal?: AbortSignal,
): Promise<WriteRecords> {
  const wanted = new Set(ids.map(fold));
  const { records, unread } = await readRecordsNear(arm, ids, since, signal);
  return { records: records.filter(({ target }) => wanted.has(fold(target))), unread };
}

/** Those of everything in the resource groups of these resources. */
async function readRecordsNear(
  { graph }: Pick<ArmClient, 'graph'>,
  ids: readonly string[],
  since: string,
  signal?: AbortSignal,
): Promise<WriteRecords> {
  const all = (part: (id: string) => string | undefined): string[] => [
    ...new Set(ids.flatMap((id) => part(id) ?? []).map(fold)),
  ];
  // Names of files: what would end the text of the query is in no name that Azure allows.
  const groups = all(resourceGroupOf).filter((name) => !/['"\\\s]/.test(name));
  const subscriptions = all(subscriptionOf);
  if (groups.length === 0) return { records: [], unread: null };
  const query = [
    'resourcechanges',
    `where todatetime(properties.changeAttributes.timestamp) >= todatetime('${since}')`,
    `where resourceGroup in~ (${groups.map((name) => `'${name}'`).join(', ')})`,
    'project id, properties',
    // Pages of rows in no order may repeat some and leave out others.
    'order by id asc',
  ].join(' | ');
  const rows: JsonObject[] = [];
  const answer = await graph({
    ...{ query, subscriptions, onRows: (page) => void rows.push(...page) },
    ...(signal === undefined ? {} : { signal }),
  });
  const unread = answer.ok ? null : `Change records could not be read, or not all. ${clean(answer.gap.reason, 400)}`;
  return { records: changeRecordsIn(rows), unread };
}
