// The security admin rules that come before every security group of a subnet's network, as the layer that `net` decides by.

import { vnetOf } from '../kinds/network-view.ts';
import { adminRulesIn, adminRulesOf } from '../kinds/service-answers.ts';
import { fold } from '../model/resource-id.ts';
import { GapRead, type World } from '../model/world.ts';
import { readAdminRules } from '../net/index.ts';
import type { Layer } from '../net/layers.ts';
import { oncePerWorldAndKey } from './memo.ts';

/** Was it asked which rules are in effect? Files and older snapshots do not say, and hide no refusal either. */
export function askedForAdminRules(subnetId: string, world: World): boolean {
  const id = fold(adminRulesOf(vnetOf(subnetId)));
  const { resources, gaps } = world.snapshot;
  return [...resources, ...gaps].some((one) => fold(one.id) === id);
}

/** Undefined where no rule is in effect, or none was asked for. Throws GapRead where they were refused though there may be some. */
export const adminLayerAt = oncePerWorldAndKey((subnetId: string, world: World): Layer | undefined => {
  const seen = world.peek(adminRulesOf(vnetOf(subnetId)));
  if (seen.state === 'gap' && askedForAdminRules(subnetId, world)) throw new GapRead(seen.gap);
  if (seen.state !== 'read') return undefined;
  const group = readAdminRules(adminRulesIn(seen.resource).map(({ raw }) => raw));
  return group.rules.length === 0 ? undefined : { place: 'admin', group };
});

/** What stands before a group: none, or one layer. Throws GapRead as {@link adminLayerAt}. */
export const before = (subnetId: string, world: World): readonly Layer[] => {
  const layer = adminLayerAt(subnetId, world);
  return layer ? [layer] : [];
};

/** The rules as raw JSON, for questions that take the places of a packet by name. Throws GapRead as {@link adminLayerAt}. */
export const adminRulesAt = (subnetId: string, world: World): unknown => {
  if (!adminLayerAt(subnetId, world)) return undefined;
  const document = world.get(adminRulesOf(vnetOf(subnetId)));
  return document && adminRulesIn(document).map(({ raw }) => raw);
};
