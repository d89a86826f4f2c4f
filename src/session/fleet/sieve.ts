// Stage 1 of a fleet audit: the queries, their scope and what they covered. Subscriptions that resources name are read as well,
// where they are visible: a hub network is seldom in the subscription of its workspaces.
import type { ArmClient, GraphAnswer, GraphQuery } from '../../azure/arm-client.ts';
import { exitStatus, Failure } from '../../model/failure.ts';
import type { FleetGap, FleetRequest } from '../../model/fleet.ts';
import { isArray, isObject, type JsonObject } from '../../model/json.ts';
import { member, valueAt } from '../../model/pointer.ts';
import { fold, subscriptionOf } from '../../model/resource-id.ts';
import { isAccessDenied, type ReadFailure } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import {
  managedClusterType,
  managedClusterView,
  roleAssignmentType,
  workspacePrincipalOf,
  workspaceType,
} from '../../resource-types/index.ts';
import { textAt } from '../../resource-types/read.ts';
import type { SessionEvent } from '../session.ts';
import type { Pool } from './pool.ts';
import {
  assignmentsQuery,
  fleetTables,
  principalsPerQuery,
  queryOf,
  subscriptionQuery,
  subscriptionsPerQuery,
  workspacesQuery,
} from './queries.ts';
import type { FleetCover } from './reader.ts';

/** What stage 1 came to; JSON, kept with the run. */
export interface FleetSieve {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Ids of the workspaces in scope. */
  readonly workspaces: readonly string[];
  /** Folded ids of subscriptions that were read. */
  readonly covered: readonly string[];
  /** Each query that failed: its types and subscriptions, folded, and why. */
  readonly failed: readonly {
    readonly types: readonly string[];
    readonly subscriptions: readonly string[];
    readonly gap: ReadFailure;
  }[];
  /** Folded names of management groups above a subscription. */
  readonly ancestors: Readonly<Record<string, readonly string[]>>;
  /** Principals whose role assignments were read. */
  readonly principals: readonly string[];
  readonly queries: number;
  readonly gaps: readonly FleetGap[];
}

interface SieveOptions {
  readonly arm: ArmClient;
  readonly pool: Pool;
  readonly request: FleetRequest;
  readonly at: string;
  say(event: SessionEvent): void;
  readonly signal?: AbortSignal;
}

/** How often subscriptions that were met are read as well. */
const rounds = 3;
const graphAction = 'Microsoft.ResourceGraph/resources/read';

export async function readSieve(options: SieveOptions): Promise<FleetSieve> {
  const { arm, pool, request, say, signal } = options;
  let queries = 0;
  const failed: FleetSieve['failed'][number][] = [];
  const gaps: FleetGap[] = [];
  /** Azure refused for as long as one waits: the next query would wait as long for the same. */
  let throttled: ReadFailure | undefined;
  const query = async (asked: Omit<GraphQuery, 'signal'>, detail: string): Promise<GraphAnswer> => {
    if (throttled !== undefined) return { ok: false, gap: throttled };
    queries += 1;
    const answer = await arm.graph({ ...asked, ...(signal ? { signal } : {}) });
    if (!answer.ok && answer.gap.status === 429) throttled = answer.gap;
    say({ kind: 'progress', stage: 'fleet', done: queries, total: fleetTables.length + 2, detail });
    return answer;
  };

  const visible = new Map<string, JsonObject>();
  const inScope = new Set<string>();
  const containers = async (managementGroup?: string) => {
    const answer = await query(
      {
        query: subscriptionQuery,
        ...(managementGroup === undefined ? {} : { managementGroups: [managementGroup] }),
        onRows: (rows) => {
          for (const row of rows) {
            const id = fold(subscriptionOf(textAt(row, '/id') ?? '') ?? textAt(row, '/subscriptionId') ?? '');
            if (id === '') continue;
            visible.set(id, row);
            if (managementGroup !== undefined) inScope.add(id);
          }
        },
      },
      'subscriptions',
    );
    if (answer.ok) return;
    const { code, status = 0 } = answer.gap;
    // The same query was answered without the group.
    const isOfGroup = managementGroup !== undefined && status >= 400 && status < 500 && status !== 429;
    throw isOfGroup ? noManagementGroup(managementGroup, code, [...visible]) : noFleet(answer.gap);
  };
  await containers();
  if (request.managementGroup !== undefined) await containers(request.managementGroup);
  /** Queries that failed for one reason are one gap. */
  const unanswered = new Map<string, { readonly at: number; readonly queries: Set<string> }>();
  const noteFailed = (what: string, types: readonly string[], subscriptions: readonly string[], gap: ReadFailure) => {
    failed.push({ types: types.map(fold), subscriptions, gap });
    const id = subscriptions.length === 1 ? `/subscriptions/${subscriptions[0]}` : '/subscriptions';
    const why = `${gap.reason} ${nextStep(gap)}`;
    const known = unanswered.get(`${id} ${why}`);
    const { at, queries: alike } = known ?? { at: gaps.length, queries: new Set<string>() };
    alike.add(what);
    unanswered.set(`${id} ${why}`, { at, queries: alike });
    const which = alike.size === 1 ? `The query for ${what}` : `${alike.size} queries (${[...alike].join(', ')})`;
    gaps[at] = { id, reason: `${which} failed. ${why}`, action: graphAction, isFailure: true };
  };
  for (const one of request.subscriptions) {
    if (visible.has(fold(one))) inScope.add(fold(one));
    else {
      const reason =
        'The subscription is not visible to this sign-in, or does not exist. Check its ID and that you have Reader there.';
      gaps.push({ id: `/subscriptions/${clean(one, 100)}`, reason, action: `${workspaceType}/read`, isFailure: true });
    }
  }
  if (request.managementGroup === undefined && request.subscriptions.length === 0) {
    for (const id of visible.keys()) inScope.add(id);
  }

  const covered = new Set<string>();
  let pending = [...inScope];
  for (let round = 0; round < rounds && pending.length > 0; round += 1) {
    const met = new Set<string>();
    for (const subscriptions of chunks(pending, subscriptionsPerQuery)) {
      for (const table of fleetTables) {
        const answer = await query(
          {
            query: queryOf(table),
            subscriptions,
            onRows: (rows) => {
              for (const line of pool.add(rows)) {
                for (const [, id = ''] of line.matchAll(namedSubscription)) met.add(fold(id));
              }
            },
          },
          table.label,
        );
        if (!answer.ok) noteFailed(table.label, table.types, subscriptions, answer.gap);
      }
      for (const one of subscriptions) covered.add(one);
    }
    pending = [...met].filter((one) => visible.has(one) && !covered.has(one));
  }

  // Workspaces beside the scope may use the same services.
  const beside = [...visible.keys()].filter((one) => !covered.has(one));
  if (beside.length > 0) {
    const isBeside = (row: JsonObject) => beside.includes(fold(subscriptionOf(textAt(row, '/id') ?? '') ?? ''));
    const answer = await query(
      { query: workspacesQuery, onRows: (rows) => void pool.add(rows.filter(isBeside)) },
      'workspaces of other subscriptions',
    );
    if (!answer.ok) failed.push({ types: [fold(workspaceType)], subscriptions: beside, gap: answer.gap });
  }

  const workspaces = [...inScope]
    .flatMap((one) => pool.below(workspaceType, `/subscriptions/${one}`))
    .map(({ id }) => id);
  const principals = [
    ...new Set(
      [
        ...pool.below(workspaceType, '/subscriptions').map(workspacePrincipalOf),
        ...pool.below(managedClusterType, '/subscriptions').map((one) => managedClusterView(one).principal),
      ].filter((one) => one !== undefined && /^[0-9a-f-]{36}$/i.test(one)) as string[],
    ),
  ].toSorted();
  for (const subscriptions of chunks([...covered], subscriptionsPerQuery)) {
    for (const some of chunks(principals, principalsPerQuery)) {
      const answer = await query(
        { query: assignmentsQuery(some), subscriptions, onRows: (rows) => void pool.add(rows) },
        'role assignments',
      );
      if (!answer.ok) noteFailed('role assignments', [roleAssignmentType], subscriptions, answer.gap);
    }
  }
  return {
    at: options.at,
    workspaces: workspaces.toSorted((a, b) => (fold(a) < fold(b) ? -1 : 1)),
    ...{ covered: [...covered], failed, principals, queries, gaps },
    ancestors: Object.fromEntries([...visible].flatMap(([id, row]) => ancestorsIn(id, row))),
  };
}

/** What to do about a query that failed. */
const nextStep = (gap: ReadFailure): string =>
  isAccessDenied(gap)
    ? 'Ask for Reader on these subscriptions, then run the same command again.'
    : 'Run the same command later.';

const namedSubscription = /\/subscriptions\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/gi;

function ancestorsIn(id: string, row: JsonObject): [string, string[]][] {
  const chain = valueAt(row, '/properties/managementGroupAncestorsChain');
  if (!isArray(chain)) return [];
  return [
    [
      id,
      chain
        .flatMap((one) => (isObject(one) ? (member(one, 'name') ?? []) : []))
        .filter((one) => typeof one === 'string')
        .map(fold),
    ],
  ];
}

/** What the queries covered, as the reader asks it. */
export function sieveCover({ ancestors, covered, failed, principals }: FleetSieve): FleetCover {
  const read = new Set(covered);
  const roles = new Set(principals.map(fold));
  const held = new Set([...fleetTables.flatMap(({ types }) => types), roleAssignmentType].map(fold));
  return {
    covers(type, subscription) {
      const [kind, place] = [fold(type), fold(subscription)];
      if (!held.has(kind)) return { ...notRead, code: 'NotInResourceGraph' };
      if (!read.has(place)) return notVisible;
      const failure = failed.find(({ types, subscriptions }) => types.includes(kind) && subscriptions.includes(place));
      return failure?.gap ?? true;
    },
    everywhere: (type) => failed.find(({ types }) => types.includes(fold(type)))?.gap ?? true,
    ancestors: (subscription) => {
      const found = ancestors[fold(subscription)];
      return found === undefined ? undefined : new Set(found);
    },
    hasRoles: (principal) => roles.has(fold(principal)),
  };
}

const notRead = {
  ...{ id: '', action: '', code: 'NotInResourceGraph' },
  reason: 'Fleet mode does not read it: Azure Resource Graph does not contain it.',
};
const notVisible: ReadFailure = {
  ...{ id: '', action: '', code: 'SubscriptionNotVisible' },
  reason: 'Its subscription is not accessible with this sign-in.',
};

function chunks<T>(items: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let at = 0; at < items.length; at += size) found.push(items.slice(at, at + size));
  return found;
}

const mostGroups = 10;

/** Of a group above none of the visible subscriptions, another name is meant. */
function noManagementGroup(
  name: string,
  code: string | undefined,
  visible: readonly (readonly [string, JsonObject])[],
): Failure {
  const groups = new Set(visible.flatMap(([id, row]) => ancestorsIn(id, row)).flatMap(([, names]) => names));
  const shown = [...groups].toSorted().slice(0, mostGroups);
  const more = groups.size > mostGroups ? ` and ${groups.size - mostGroups} more` : '';
  const isKnown = groups.has(fold(name));
  return new Failure(
    'management-group-unreadable',
    isKnown ? exitStatus.refused : exitStatus.usage,
    `The management group ${clean(name, 100)} ${isKnown ? 'is not accessible' : 'does not exist, or is not accessible'} with this sign-in.`,
    isKnown || groups.size === 0
      ? 'Check that you have Reader there, and pass its ID, not its display name.'
      : `Pass its ID, not its display name. Above your subscriptions: ${clean(shown.join(', '), 400)}${more}.`,
    { code: code ?? null, managementGroups: shown },
  );
}

const noFleet = (gap: ReadFailure): Failure =>
  new Failure(
    'fleet-unreadable',
    exitStatus.refused,
    `The subscriptions could not be listed by Azure Resource Graph. ${gap.reason}`,
    isAccessDenied(gap)
      ? 'Check the permission to read the subscriptions, then run the same command again.'
      : 'Run the same command later.',
    { code: gap.code ?? null },
  );
