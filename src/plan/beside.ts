// What a change does besides opening and cutting off flows: interrupts, overrides, bypasses, deletes, cannot be undone, costs, lies in
// another scope. Each is computed from the snapshot before and after the change. Pure.
import {
  changedHops,
  changedPairs,
  lostCollections,
  lostRules,
  type PassedHop,
  pairsOf,
  privatelyReached,
  type ResourcePair,
} from '../audit/changed.ts';
import type { Change } from '../model/change.ts';
import type { CurrentEffect, EffectReason } from '../model/effect.ts';
import { effectOf } from '../model/effect-words.ts';
import type { UndoClass } from '../model/finding.ts';
import { member } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameInParent, parentId, resourceGroupOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import {
  addressesIn,
  aRecordType,
  firewallType,
  isWrittenFor,
  resourceTypeOf,
  zoneGroupType,
} from '../resource-types/index.ts';
import { type Approval, approvalsOf, isApproval, isOwnApproval } from './beside/approvals.ts';
import { interruptsOf } from './beside/interrupts.ts';
import { lossesOf } from './beside/losses.ts';
import { addedMeters, type Find } from './beside/meters.ts';
import { outsideOf } from './beside/outside.ts';
import { attachedTo, unseenOf, unseenPlaces, unseenUsers } from './beside/shared.ts';
import { undoLimitsOf } from './undo-class.ts';

export interface BesideInput {
  readonly change: Change;
  readonly undo: UndoClass;
  readonly before: SnapshotIndex;
  readonly after: SnapshotIndex;
  /** Did this history create the resource? */
  readonly isOwn: (id: string) => boolean;
  /** Ids of the subnets that the findings of the step name. */
  readonly named: readonly string[];
}

/** In the order of the kinds. */
export function besideEffects(input: BesideInput): CurrentEffect[] {
  const { change, named, before, after } = input;
  const pairs = changedPairs(before.snapshot, after.snapshot);
  const hops = hopsOf(input, pairs);
  const approvals = approvalsOf(input, pairs);
  const unseen = unseenOf(input, pairs);
  const reasons = [
    ...approvals,
    ...unseenUsers(unseen),
    ...outsideOf(input, pairs, hops),
    ...lossesOf(pairs, before, after),
    ...interruptsOf(input, pairs, hops),
    ...overridesOf(input, pairs, hops),
    ...bypassesOf(hops),
    ...deletesOf(input, pairs),
    ...oneWayOf(input),
    ...costsOf(input, pairs, hops),
    ...otherScopeOf(input, pairs, [...endpointsOfOthers(approvals, input), ...unseenPlaces(unseen)]),
  ];
  return reasons.map((reason) =>
    effectOf(change.resource, reason, isApproval(reason) ? isOwnApproval(reason, input) : isAutomatic(reason, named)),
  );
}

/** Of interruptions only reset connections of a subnet that the findings name. */
const isAutomatic = (effect: EffectReason, named: readonly string[]): boolean =>
  effect.kind === 'interrupts' &&
  effect.reason === 'connections-reset' &&
  named.some((id) => sameId(id, effect.data.subnet));

/** What the change deletes itself is said once, as deleted. */
const isForeign =
  ({ change, isOwn }: BesideInput) =>
  (id: string): boolean =>
    !isOwn(id) && !(change.kind === 'delete' && sameId(change.resource, id));

interface Hops extends ReturnType<typeof changedHops> {
  readonly privately: readonly PassedHop[];
}
function hopsOf(input: BesideInput, pairs: readonly ResourcePair[]): Hops {
  const { before, after } = input;
  return {
    ...changedHops(pairs, before, after, isForeign(input)),
    privately: privatelyReached(pairs, before, after),
  };
}

function overridesOf(input: BesideInput, pairs: readonly ResourcePair[], hops: Hops): EffectReason[] {
  const { before, after } = input;
  const rules = lostRules(pairs, before, after, isForeign(input));
  return [
    ...[...rules.lost, ...lostCollections(pairs, before, after, isForeign(input))].map(
      (data): EffectReason => ({ kind: 'overrides', reason: 'rule', data }),
    ),
    ...hops.lost.map((data): EffectReason => ({ kind: 'overrides', reason: 'route', data })),
    ...recordsBeside(input, pairs).flatMap(({ before: was, after: is }): EffectReason[] =>
      was === undefined || is === undefined || !isForeign(input)(was.id) || !losesAddresses(was, is)
        ? []
        : [{ kind: 'overrides', reason: 'record', data: { record: was.id, addresses: addressesIn(was) } }],
    ),
    ...rules.unread.map(({ why }): EffectReason => ({ kind: 'overrides', reason: 'unknown', data: { why } })),
  ];
}

/** Records of private DNS zones that Azure writes or deletes with the change. */
const recordsBeside = ({ change }: BesideInput, pairs: readonly ResourcePair[]): readonly ResourcePair[] =>
  pairsOf(pairs, aRecordType).filter(({ before, after }) => !sameId((after ?? before)?.id, change.resource));

const losesAddresses = (was: Resource, is: Resource): boolean => {
  const left = addressesIn(is);
  return addressesIn(was).some((address) => !left.includes(address));
};

function bypassesOf({ left, privately, unknown }: Hops): EffectReason[] {
  return [
    ...[...left, ...privately].map(
      ({ subnet, to, hop }): EffectReason => ({
        kind: 'bypasses',
        reason: 'appliance',
        data: { from: { kind: 'subnet', id: subnet, name: nameInParent(subnet) }, to, appliance: hop },
      }),
    ),
    ...unknown.map(
      ({ subnet, why }): EffectReason => ({
        kind: 'bypasses',
        reason: 'unknown',
        data: { why: `whether traffic of ${nameInParent(subnet)} leaves an appliance or gateway: ${why}` },
      }),
    ),
  ];
}

function deletesOf(input: BesideInput, pairs: readonly ResourcePair[]): EffectReason[] {
  const { change, undo, isOwn } = input;
  const endpoint = endpointOf(change.resource);
  const records = recordsBeside(input, pairs).flatMap(({ before, after }): EffectReason[] => {
    if (before === undefined || after !== undefined || isOwn(before.id) || isWrittenFor(before, endpoint)) return [];
    const { label } = resourceTypeOf(before.type);
    return [{ kind: 'deletes', reason: 'not-created-here', data: { label, losesRoles: false, beside: before.id } }];
  });
  if (change.kind !== 'delete' || isOwn(change.resource)) return records;
  const { label } = resourceTypeOf(typeOf(change.resource));
  // What has a location is a resource of its own, which roles are assigned on; a scan reads the assignments of few identities.
  const losesRoles = undo !== 'none' && member(change.body, 'location') !== undefined;
  return [{ kind: 'deletes', reason: 'not-created-here', data: { label, losesRoles } }, ...records];
}

const endpointOf = (id: string): string => (sameId(typeOf(id), zoneGroupType) ? (parentId(id) ?? id) : id);

const oneWayOf = ({ change, undo, before }: BesideInput): EffectReason[] =>
  undo === 'exact' || undo === 'equivalent'
    ? []
    : undoLimitsOf(change, undo, before.snapshot).flatMap(({ reason, says, lost }): EffectReason[] =>
        reason === 'equivalent'
          ? []
          : reason === 'not-undone'
            ? [{ kind: 'oneWay', reason, data: { says, ...(lost === undefined ? {} : { lost }) } }]
            : [{ kind: 'oneWay', reason, data: { says } }],
      );

function costsOf({ before, after }: BesideInput, pairs: readonly ResourcePair[], { entered }: Hops): EffectReason[] {
  const findIn =
    (index: SnapshotIndex): Find =>
    (id) => {
      const seen = index.peek(id);
      return seen.state === 'read' ? seen.resource : undefined;
    };
  const billed = (meter: string, says: string): EffectReason => ({
    kind: 'costs',
    reason: 'billed',
    data: { meter, says },
  });
  const firewalls = entered.filter(({ hop }) => sameId(typeOf(hop), firewallType));
  return [
    ...addedMeters(pairs, findIn(before), findIn(after)).map(({ name, says }) => billed(name, says)),
    ...firewalls.map(({ subnet, hop }) =>
      billed(
        'Azure Firewall data',
        `Traffic of ${nameInParent(subnet)} through ${nameInParent(hop)} is billed by data.`,
      ),
    ),
  ];
}

/** Endpoints of others that an approval lets in. */
const endpointsOfOthers = (approvals: readonly Approval[], input: BesideInput): readonly string[] =>
  approvals.flatMap((one) => (isOwnApproval(one, input) ? [] : (one.data.endpoint ?? [])));

/** Where the workspace is not known, no scope is its own. `touched`: ids of what the change takes effect at besides. */
function otherScopeOf(input: BesideInput, pairs: readonly ResourcePair[], touched: readonly string[]): EffectReason[] {
  const { change, before } = input;
  const { workspace } = before.snapshot;
  if (workspace === null) return [];
  const records = recordsBeside(input, pairs).flatMap((pair) => (pair.after ?? pair.before)?.id ?? []);
  const attached = attachedTo(input, pairs).map(({ id }) => id);
  const beside = [...records, ...touched, ...attached];
  return [...scopeApart(change.resource, workspace), ...beside.flatMap((id) => scopeApart(id, workspace, id))];
}

function scopeApart(id: string, workspace: string, beside?: string): EffectReason[] {
  const also = beside === undefined ? {} : { beside };
  const [subscription, own] = [subscriptionOf(id), subscriptionOf(workspace)];
  if (subscription === undefined || own === undefined) return [];
  if (fold(subscription) !== fold(own)) {
    return [{ kind: 'otherScope', reason: 'subscription', data: { subscription, own, ...also } }];
  }
  const [group, home] = [resourceGroupOf(id), resourceGroupOf(workspace)];
  if (group === undefined || home === undefined || fold(group) === fold(home)) return [];
  return [{ kind: 'otherScope', reason: 'resource-group', data: { group, own: home, ...also } }];
}
