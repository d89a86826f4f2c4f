// What must hold before a write is sent: no lock, the caller's permissions, no operation in progress. Reads a snapshot; what could
// not be read is unknown, not a refusal.

import { peeringSpaces, policiesOn, refusalWords, unknownWords } from '../audit/index.ts';
import type { Change } from '../model/change.ts';
import type { Report } from '../model/finding.ts';
import { takenNameWords } from '../model/made-ids.ts';
import { mayDo } from '../model/permissions.ts';
import type { Gate, Plan } from '../model/plan.ts';
import { attempt } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameInParent, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { failedReads } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { clean, counted } from '../model/text.ts';
import {
  addressesTaken,
  assignmentView,
  endpointView,
  findSubnet,
  freeAddresses,
  listAt,
  locksOf,
  lockView,
  peeringType,
  privateEndpointType,
  resourceTypeOf,
  subnetView,
  textAt,
  vnetOf,
  vnetOfPeering,
  vnetView,
  workspaceView,
} from '../resource-types/index.ts';
import { roleGates } from './roles.ts';
import { sameWhole } from './whole.ts';

/** Gates of one change, the passing ones included. */
export function gatesOf(change: Change, index: SnapshotIndex): Gate[] {
  return [
    ...orUnknown('lock', () => [lockGate(change, index)]),
    ...nameGates(change, index),
    ...permissionGates(change, index),
    ...orUnknown('state', () => stateGates(change, index)),
    ...roleGates(change, index),
    ...roomGates(change, index),
    ...peeringGates(change, index),
    ...policyGates(change, index),
  ];
}

/** Nothing is created over what exists with other settings. */
function nameGates(change: Change, index: SnapshotIndex): Gate[] {
  if (change.kind !== 'create') return [];
  const seen = index.peek(change.resource);
  if (seen.state !== 'read' || sameWhole(change, seen.resource, resourceTypeOf(typeOf(change.resource)))) return [];
  return [{ kind: 'state', outcome: 'fail', detail: takenNameWords(change.resource) }];
}

/** The gates, or one that says what is unknown. */
function orUnknown(kind: Gate['kind'], gates: () => Gate[]): Gate[] {
  return attempt(gates, (error) => [{ kind, outcome: 'unknown', detail: error.gap.reason }]);
}

export const blocks = (gate: Gate): boolean => gate.outcome === 'fail';

/** Were the locks that may cover a resource not read? */
export function unreadLocks(resource: string, index: SnapshotIndex): boolean {
  const list = lockList(resource);
  return list === undefined || !index.hasList(list);
}

function lockList(resource: string): string | undefined {
  const subscription = subscriptionOf(resource);
  return subscription === undefined ? undefined : locksOf(subscription);
}

/** A read-only lock stops every write, one against deletion only deletions; a lock does not apply to itself. Throws UnreadableError. */
function lockOn(change: Change, index: SnapshotIndex): Resource | undefined {
  const { resource } = change;
  const list = lockList(resource);
  if (list === undefined || isLock(resource)) return undefined;
  return index.list(list).find((lock) => {
    const { level, scope } = lockView(lock);
    return (
      isWithin(resource, scope) && (level === 'ReadOnly' || (level === 'CanNotDelete' && change.kind === 'delete'))
    );
  });
}
const isLock = (id: string): boolean => fold(typeOf(id)) === 'microsoft.authorization/locks';

function lockGate(change: Change, index: SnapshotIndex): Gate {
  const { resource } = change;
  const gate = (outcome: Gate['outcome'], detail: string): Gate => ({ kind: 'lock', outcome, detail });
  if (unreadLocks(resource, index)) return gate('unknown', `The locks that may cover ${resource} could not be read.`);
  if (isLock(resource)) return gate('pass', 'A lock does not apply to itself.');
  const stopping = lockOn(change, index);
  if (!stopping) return gate('pass', `No resource lock on ${nameOf(resource)}.`);
  const { level, notes, scope } = lockView(stopping);
  const more = notes === undefined ? '' : ` (${notes})`;
  return gate('fail', `The ${level} lock ${nameOf(stopping.id)} on ${scope} blocks this change${more}.`);
}

/** A permission that a change needs; `may` is undefined where it could not be read. */
interface NeededPermission {
  readonly action: string;
  readonly scope: string;
  readonly may: boolean | undefined;
}

const permissionsFor = (change: Change, current: Resource | undefined, snapshot: Snapshot): NeededPermission[] =>
  resourceTypeOf(typeOf(change.resource))
    .needs(change, current)
    .map(({ action, scope }) => ({ action, scope, may: mayDo(action, scope, snapshot) }));

function permissionGates(change: Change, index: SnapshotIndex): Gate[] {
  const seen = index.peek(change.resource);
  const current = seen.state === 'read' ? seen.resource : undefined;
  return permissionsFor(change, current, index.snapshot).map(({ action, scope, may }): Gate => {
    if (may === undefined) {
      return {
        kind: 'permission',
        outcome: 'unknown',
        detail: `The permission ${action} on ${scope} could not be read.`,
      };
    }
    return may
      ? { kind: 'permission', outcome: 'pass', detail: `You have ${action} on ${nameOf(scope)}.` }
      : { kind: 'permission', outcome: 'fail', detail: `Missing permission: ${action} on ${scope}.` };
  });
}

/** What refuses a change, of what was read. */
export type UndoRefusal =
  | {
      readonly reason: 'lock';
      readonly data: { readonly lock: string; readonly level: string; readonly scope: string };
    }
  | { readonly reason: 'permission'; readonly data: Pick<NeededPermission, 'action' | 'scope'> };

/** The locks and permissions that refuse a change. `current`: the resource as it is by then. What was not read refuses nothing. */
export function refusalsOf(change: Change, current: Resource | undefined, index: SnapshotIndex): UndoRefusal[] {
  const lock = attempt(
    () => lockOn(change, index),
    () => undefined,
  );
  const { level = '', scope = '' } = lock === undefined ? {} : lockView(lock);
  return [
    ...(lock === undefined ? [] : [{ reason: 'lock' as const, data: { lock: nameOf(lock.id), level, scope } }]),
    ...permissionsFor(change, current, index.snapshot).flatMap(({ action, scope: at, may }): UndoRefusal[] =>
      may === false ? [{ reason: 'permission', data: { action, scope: at } }] : [],
    ),
  ];
}

/** What could not be read and may change a plan: everything but what does not exist. */
export const planGaps = ({ gaps }: Snapshot): NonNullable<Plan['gaps']> =>
  failedReads(gaps).map(({ id, reason, action }) => ({ id, reason, action }));

/** A plan that leads to another architecture says so: other rules apply then. */
export function shiftGates(before: Report, after: Report): Gate[] {
  const [from, to] = [before.architecture.answer, after.architecture.answer];
  if (from === to || from === 'unknown' || to === 'unknown') return [];
  const detail = `The plan is made for ${from}. Once it is applied, the audit checks the workspace as ${to}.`;
  return [{ kind: 'state', outcome: 'warn', detail }];
}

/** A policy that may deny a write. Its condition on the body is evaluated by what-if only. */
function policyGates({ kind, resource }: Change, index: SnapshotIndex): Gate[] {
  if (kind === 'delete') return [];
  const met = attempt(
    () => policiesOn(resource, index),
    () => [],
  );
  return [...Map.groupBy(met, ({ assignment }) => assignment)].map(([assignment, those]): Gate => {
    const title = assignmentView(assignment).title;
    const name = `${clean(nameOf(assignment.id), 120)}${title === undefined ? '' : ` (${clean(title, 120)})`}`;
    const isRead = those.some(({ gap }) => gap === undefined);
    const verdict = isRead ? 'It was not evaluated here: what-if does.' : 'Its definition was not read.';
    const detail = `The policy assignment ${name} applies to ${nameInParent(resource)} and may deny this change. ${verdict}`;
    return { kind: 'policy', outcome: 'unknown', detail };
  });
}

const moving = ['Creating', 'Updating', 'Deleting'];
const isMoving = (state: string | undefined) => state !== undefined && moving.includes(state);

/** Nothing is written while the workspace, or a subnet that the change touches or names, is being changed. */
function stateGates(change: Change, index: SnapshotIndex): Gate[] {
  const gates: Gate[] = [];
  const id = index.snapshot.workspace;
  const workspace = id === null ? undefined : index.peek(id);
  if (workspace?.state === 'read' && isMoving(workspaceView(workspace.resource).provisioningState)) {
    gates.push(busy(workspace.resource.id, workspaceView(workspace.resource).provisioningState));
  }
  for (const subnet of subnetsNamed(change)) {
    const vnet = index.peek(vnetOf(subnet));
    const whole = vnet.state === 'read' ? vnetView(vnet.resource).provisioningState : undefined;
    if (isMoving(whole)) gates.push(busy(vnetOf(subnet), whole));
    const own = readSubnetState(subnet, index);
    if (isMoving(own)) gates.push(busy(subnet, own));
  }
  return gates;
}

const busy = (id: string, state: string | undefined): Gate => ({
  kind: 'state',
  outcome: 'fail',
  detail: `${id} is ${state ?? 'being changed'}: wait until it has Succeeded, then scan again.`,
});

function readSubnetState(id: string, index: SnapshotIndex): string | undefined {
  return attempt(
    () => {
      const subnet = findSubnet(index, id);
      return subnet && subnetView(subnet).provisioningState;
    },
    () => undefined,
  );
}

/** A new private endpoint needs free addresses in its subnet, beside those that endpoints without a NIC yet will take. */
function roomGates(change: Change, index: SnapshotIndex): Gate[] {
  const { resource } = change;
  if (change.kind !== 'create' || fold(typeOf(resource)) !== fold(privateEndpointType)) return [];
  const at = textAt(change.body, '/properties/subnet/id');
  if (at === undefined || index.peek(resource).state === 'read') return [];
  return attempt(
    () => {
      const subnet = findSubnet(index, at);
      const free = subnet && freeAddresses(subnet);
      if (subnet === undefined || free === undefined) return [];
      const promised = index
        .ofType(privateEndpointType)
        .filter(
          (one) =>
            sameId(endpointView(one).subnet, at) && listAt(one.body, '/properties/networkInterfaces').length === 0,
        )
        .reduce((sum, one) => sum + addressesTaken(one.body), 0);
      const left = Math.max(0, free - promised);
      const needed = addressesTaken(change.body);
      const detail = `${nameOf(at)} has ${counted(left, 'free address', 'free addresses')}, and the private endpoint ${nameOf(resource)} needs ${needed}.`;
      return left < needed ? [{ kind: 'state', outcome: 'fail', detail }] : [];
    },
    () => [],
  );
}

/** Azure refuses a peering of networks whose ranges overlap, or overlap those of a peer. */
function peeringGates(change: Change, index: SnapshotIndex): Gate[] {
  const { resource } = change;
  if (change.kind !== 'create' || fold(typeOf(resource)) !== fold(peeringType)) return [];
  const remote = textAt(change.body, '/properties/remoteVirtualNetwork/id');
  const network = vnetOfPeering(resource);
  if (remote === undefined || index.peek(resource).state === 'read') return [];
  return orUnknown('state', () => {
    const [one, other] = [index.get(network), index.get(remote)];
    if (!one || !other) return [];
    const spaces = peeringSpaces(one, other, index);
    if (spaces.refusal !== undefined)
      return [{ kind: 'state', outcome: 'fail', detail: refusalWords(spaces.refusal, network, remote) }];
    const unknown = unknownWords(spaces, network, remote);
    return unknown === undefined ? [] : [{ kind: 'state', outcome: 'unknown', detail: unknown }];
  });
}

/** Subnets that a change writes, or whose ids it brings in. */
function subnetsNamed(change: Change): string[] {
  if (/\/subnets\/[^/]+$/i.test(change.resource)) return [change.resource];
  return resourceTypeOf(typeOf(change.resource))
    .needs(change)
    .map(({ scope }) => scope)
    .filter((scope) => /\/subnets\/[^/]+$/i.test(scope));
}

/** Gates of many steps, each said once, worst first; passing ones of a kind as one. */
export function gathered(gates: readonly Gate[]): Gate[] {
  const order = ['fail', 'unknown', 'warn', 'pass'];
  const once = new Map(gates.map((gate) => [`${gate.kind} ${gate.outcome} ${gate.detail}`, gate]));
  const loud = [...once.values()].filter(({ outcome }) => outcome !== 'pass');
  const quiet = (['lock', 'permission'] as const).flatMap((kind): Gate[] => {
    const some = gates.some((gate) => gate.kind === kind);
    if (!some || loud.some((gate) => gate.kind === kind)) return [];
    const detail =
      kind === 'lock' ? 'No resource locks apply.' : 'You have the permissions for all changes of this plan.';
    return [{ kind, outcome: 'pass', detail }];
  });
  const rest = [...once.values()].filter(
    ({ outcome, kind }) => outcome === 'pass' && kind !== 'lock' && kind !== 'permission',
  );
  return [...loud, ...quiet, ...rest].toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
}
