// What a deletion takes from those who use the resource without sending packets to it: settings that name it, what its
// system-assigned identity is let in to, and names that it resolves for others.
import { namersOf, type ResourcePair, unreadNaming } from '../../audit/changed.ts';
import type { EffectEnd, EffectReason } from '../../model/effect.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import { resourceIn, type SnapshotIndex } from '../../model/snapshot-index.ts';
import { counted } from '../../model/text.ts';
import {
  endpointView,
  hasOwnIdentity,
  recordsBeside,
  resourceTypeOf,
  zoneGroupType,
  zoneGroupView,
  zoneLinkType,
  zoneLinkView,
} from '../../resource-types/index.ts';

export function lossesOf(pairs: readonly ResourcePair[], before: SnapshotIndex, after: SnapshotIndex): EffectReason[] {
  const gone = pairs.flatMap((pair) => (pair.before !== undefined && pair.after === undefined ? [pair.before] : []));
  return [
    ...endedIdentities(pairs),
    ...gone.flatMap(({ id }) => [...cutOffUsers(id, before, after), ...unreadUsers(id)]),
    ...gone.flatMap((one) => lostNames(one, before, after)),
  ];
}

const endedIdentities = (pairs: readonly ResourcePair[]): EffectReason[] =>
  pairs.flatMap(({ before, after }): EffectReason[] =>
    hasOwnIdentity(before?.body) && !hasOwnIdentity(after?.body)
      ? [{ kind: 'cutsOff', reason: 'identity', data: { holder: before?.id ?? '' } }]
      : [],
  );

/** What goes with the resource loses nothing by it. */
function cutOffUsers(id: string, before: SnapshotIndex, after: SnapshotIndex): EffectReason[] {
  const still = new Set(namersOf(id, after).map(({ owner, pointer }) => `${fold(owner.id)} ${pointer}`));
  return namersOf(id, before)
    .filter(({ owner, pointer }) => still.has(`${fold(owner.id)} ${pointer}`))
    .map(({ owner, pointer }) => ({
      ...{ kind: 'cutsOff', reason: 'named' },
      data: { user: endOf(owner), named: id, pointer },
    }));
}

const kinds: Readonly<Record<string, EffectEnd['kind']>> = {
  workspaces: 'workspace',
  computes: 'compute',
  onlineendpoints: 'onlineEndpoint',
};
const endOf = ({ id, type }: Resource): EffectEnd => ({
  kind: kinds[fold(type.split('/').at(-1) ?? '')] ?? 'service',
  id,
  name: `${resourceTypeOf(type).label} ${nameInParent(id)}`,
});

function unreadUsers(id: string): EffectReason[] {
  const who = unreadNaming(id);
  const why = `whether ${who} name ${nameOf(id)}: they are not read.`;
  return who === undefined ? [] : [{ kind: 'cutsOff', reason: 'unknown', data: { why } }];
}

/** Names that a network resolves by a zone no more, beyond those of the services that were read: the packets to these are followed. */
function lostNames(link: Resource, before: SnapshotIndex, after: SnapshotIndex): EffectReason[] {
  if (fold(link.type) !== fold(zoneLinkType)) return [];
  const { zone: zoneId, vnet } = zoneLinkView(link);
  const still = after
    .ofType(zoneLinkType)
    .some(
      (one) => sameId(zoneLinkView(one).vnet, vnet) && fold(nameOf(zoneLinkView(one).zone)) === fold(nameOf(zoneId)),
    );
  if (vnet === undefined || still) return [];
  const zone = resourceIn(before.snapshot, zoneId);
  const followed = before.ofType(zoneGroupType).filter((group) => isFollowed(zoneGroupView(group).endpoint, before));
  const others = zone === undefined ? undefined : recordsBeside(zone, followed);
  if (others === undefined) {
    const why = `what other names ${nameOf(vnet)} resolves by the zone ${nameOf(zoneId)}: how many records it holds was not read.`;
    return [{ kind: 'cutsOff', reason: 'unknown', data: { why } }];
  }
  if (others <= 0) return [];
  const says = `${nameOf(vnet)} no longer resolves ${counted(others, 'name')} of others by the zone ${nameOf(zoneId)}.`;
  return [{ kind: 'cutsOff', reason: 'setting', data: { says } }];
}

/** Does the endpoint lead to services that were read? */
function isFollowed(endpoint: string, { snapshot }: SnapshotIndex): boolean {
  const read = resourceIn(snapshot, endpoint);
  const targets = read === undefined ? [] : endpointView(read).connections.map(({ target }) => target);
  return targets.length > 0 && targets.every((id) => id !== undefined && resourceIn(snapshot, id) !== undefined);
}
