// What a change opens that no packet tells: it is not known, and never counted as nothing.
import {
  type ResourcePair,
  type StrangeRule,
  strangeRules,
  type UnfollowedReach,
  unfollowedReach,
} from '../../audit/changed.ts';
import type { EffectReason } from '../../model/effect.ts';
import { listed } from '../../model/effect-words.ts';
import { nameInParent, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';

export const unfollowed = (
  pairs: readonly ResourcePair[],
  after: SnapshotIndex,
  isFollowed: boolean,
): readonly EffectReason[] =>
  unfollowedReach(pairs, after, isFollowed).map((one) => ({
    ...{ kind: 'opens', reason: 'unknown' },
    data: { why: words(one) },
  }));

/** Packets to or from addresses that nothing has which was read: those of a load balancer, or what an appliance forwards. */
export const strange = (pairs: readonly ResourcePair[], after: SnapshotIndex): readonly EffectReason[] =>
  strangeRules(pairs, after).map((one) => ({
    ...{ kind: one.isOpening ? 'opens' : 'cutsOff', reason: 'unknown' },
    data: { why: strangeWords(one) },
  }));
const strangeWords = ({ group, rule, addresses, isOpening }: StrangeRule): string => {
  const whose = `${listed(addresses, 4)}, which nothing has that was read and uses ${nameOf(group)}`;
  return `whether ${rule} ${isOpening ? 'opens' : 'cuts off'} anything: it is for ${whose}.`;
};

function words({ resource, members, unread }: UnfollowedReach): string {
  const by = `${listed(members, 4)} ${members.length === 1 ? 'allows' : 'allow'} more`;
  return unread.length > 0
    ? `what reaches ${nameInParent(resource)} from ${listed(unread.map(nameInParent), 3)}: ${by}, and not all of it was read.`
    : `who can reach ${nameInParent(resource)} from then on: ${by}, and no traffic that was read shows it.`;
}
