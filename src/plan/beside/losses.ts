// What a deletion takes from those who use the resource without sending packets to it: settings that name it, and what its
// system-assigned identity is let in to.
import { namersOf, type ResourcePair, unreadNaming } from '../../audit/changed.ts';
import type { EffectEnd, EffectReason } from '../../model/effect.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { hasOwnIdentity, resourceTypeOf } from '../../resource-types/index.ts';

export function lossesOf(pairs: readonly ResourcePair[], before: SnapshotIndex, after: SnapshotIndex): EffectReason[] {
  const gone = pairs.flatMap((pair) => (pair.before !== undefined && pair.after === undefined ? [pair.before] : []));
  return [
    ...endedIdentities(pairs),
    ...gone.flatMap(({ id }) => [...cutOffUsers(id, before, after), ...unreadUsers(id)]),
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
