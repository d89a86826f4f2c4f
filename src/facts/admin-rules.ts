// The security admin rules that come before every security group of a subnet's network, as the layer that `net` decides by.

import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { readAdminRules } from '../net/index.ts';
import type { Layer } from '../net/layers.ts';
import { vnetOf } from '../resource-types/network-view.ts';
import { adminRulesIn, adminRulesOf } from '../resource-types/service-answers.ts';
import { memoizePerSnapshotAndKey, network } from './memoize.ts';

/** Were the rules in effect read? Files and older snapshots do not hold them, and no refusal either. */
export function askedForAdminRules(subnetId: string, index: SnapshotIndex): boolean {
  const id = fold(adminRulesOf(vnetOf(subnetId)));
  return index.peek(id).state === 'read' || index.snapshot.gaps.some((one) => fold(one.id) === id);
}

/**
 * Undefined where no rule is in effect, or none was read. Throws UnreadableError where the read was refused and there may be
 * some.
 */
export const adminLayerAt = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): Layer | undefined => {
  const seen = index.peek(adminRulesOf(vnetOf(subnetId)));
  if (seen.state === 'gap' && askedForAdminRules(subnetId, index)) throw new UnreadableError(seen.gap);
  if (seen.state !== 'read') return undefined;
  const group = readAdminRules(adminRulesIn(seen.resource).map(({ raw }) => raw));
  return group.rules.length === 0 ? undefined : { place: 'admin', group };
}, network);

/** The layers before a group: none or one. Throws UnreadableError as {@link adminLayerAt}. */
export const beforeRules = (subnetId: string, index: SnapshotIndex): readonly Layer[] => {
  const layer = adminLayerAt(subnetId, index);
  return layer ? [layer] : [];
};

/** The rules as raw JSON, for questions that name the layers of a packet. Throws UnreadableError as {@link adminLayerAt}. */
export const adminRulesAt = (subnetId: string, index: SnapshotIndex): unknown => {
  if (!adminLayerAt(subnetId, index)) return undefined;
  const document = index.get(adminRulesOf(vnetOf(subnetId)));
  return document && adminRulesIn(document).map(({ raw }) => raw);
};
