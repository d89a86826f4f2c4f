// Security admin rules as the nsg rules show them: they come before every group, and no rule of a group answers to them.

import { vnetOf } from '../../kinds/network-view.ts';
import { adminRulesIn, adminRulesOf } from '../../kinds/service-answers.ts';
import type { Evidence } from '../../model/finding.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import type { Owner } from '../../net/layers.ts';
import { noted, seen, shown } from './verdict.ts';

export const isAdmin = ({ place }: Owner): boolean => place === 'admin';

/** The rule where it stands among those in effect. */
export function adminEvidence({ rule }: Owner, subnet: string, world: World, note: string): Evidence {
  const id = adminRulesOf(vnetOf(subnet));
  const name = rule?.name ?? '';
  const there = world.peek(id);
  const found = there.state === 'read' ? adminRulesIn(there.resource).find((one) => one.name === name) : undefined;
  return there.state === 'read' && found ? seen(there.resource, found.pointer, note) : noted(id, clean(name, 80), note);
}

/** Who stops a flow that nothing but these rules stops. */
export const managerShown = (subnet: string): string => `A network manager over ${shown(vnetOf(subnet))}`;

/** Why no group can help. `rule`: as it is shown. */
export const beforeGroups = (rule: string, subnet: string): string =>
  `${rule.replace(/^t/, 'T')} comes before every security group of ${shown(vnetOf(subnet))}: only whoever keeps the network manager can let it pass.`;
