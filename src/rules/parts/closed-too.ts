// An account the workspace uses must be closed, admit the computes and let trusted services pass: the judgement and the fixes
// that `storage.nondefault-accounts` and `storage.adls2-network-rules` have in common.
import { strategyOf } from '../../posture/architecture.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';
import { subnetRuleFor, trusts, type Wall } from './firewall.ts';
import { deniesByDefault, letsTrustedPass } from './firewall-verdicts.ts';
import { admitSubnet, denyByDefault, inTurn, trustServices } from './proposals.ts';
import { needs } from './subjects.ts';
import { together } from './verdict.ts';
import { wayIn } from './way-in.ts';

const workspaceOf = ({ world }: Judgement) => world.snapshot.workspace ?? undefined;

export const closedToo = (wall: Wall, judgement: Judgement): Verdict =>
  together('critical', [
    () => deniesByDefault(wall),
    () => wayIn(wall, judgement),
    () => letsTrustedPass(wall, workspaceOf(judgement), 'high'),
  ]);

/** The fixes of the three rules on this account, Deny last. */
export function closeToo(wall: Wall, judgement: Judgement): readonly Proposal[] | string {
  const { resource } = wall;
  const bySubnets = strategyOf(resource.id, judgement.world) === 'service-endpoint';
  const inside = bySubnets ? undefined : wayIn(wall, judgement);
  if (inside && inside.outcome !== 'pass') {
    return `${inside.because} Its private way in comes first (storage.private-endpoints); closing it before that would cut the computes off.`;
  }
  const subnets = bySubnets ? needs(resource.id, judgement).filter((subnet) => !subnetRuleFor(wall, subnet)) : [];
  const opens = letsTrustedPass(wall, workspaceOf(judgement), 'high').outcome === 'fail' && trusts(wall) === false;
  const shuts = deniesByDefault(wall).outcome === 'fail';
  return inTurn(wall, [
    ...subnets.map((subnet) => (here: Wall) => admitSubnet(here, subnet, judgement)),
    ...(opens ? [trustServices] : []),
    ...(shuts ? [denyByDefault] : []),
  ]);
}

export const closingGates: readonly string[] = [
  'storage.vnet-rule-compute-subnet',
  'storage.private-endpoints',
  'storage.private-dns',
  'storage.bypass-azure-services',
  'databricks.storage-same-vnet',
  'aks.storage-same-vnet',
  'storage.dev-client-ip',
];
