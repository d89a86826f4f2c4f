// An account the workspace uses must be closed, admit the computes and let trusted services pass: the judgement and the fixes
// that `storage.nondefault-accounts` and `storage.adls2-network-rules` have in common.
import { strategyOf } from '../../posture/architecture.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';
import { subnetRuleFor, trusts, type Wall } from './firewall.ts';
import { deniesByDefault, letsTrustedPass } from './firewall-verdicts.ts';
import { admitSubnet, denyByDefault, trustServices } from './proposals.ts';
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
  const proposals: Proposal[] = [];
  if (strategyOf(resource.id, judgement.world) === 'service-endpoint') {
    for (const subnet of needs(resource.id, judgement)) {
      if (subnetRuleFor(wall, subnet)) continue;
      const admitted = admitSubnet(wall, subnet, judgement);
      if (typeof admitted === 'string') return admitted;
      proposals.push(...admitted);
    }
  } else {
    const inside = wayIn(wall, judgement);
    if (inside.outcome !== 'pass') {
      return `${inside.because} Its private way in comes first (storage.private-endpoints); closing it before that would cut the computes off.`;
    }
  }
  const opened = letsTrustedPass(wall, workspaceOf(judgement), 'high').outcome === 'fail' && trusts(wall) === false;
  const shut = deniesByDefault(wall).outcome === 'fail';
  for (const proposal of [...(opened ? [trustServices(wall)] : []), ...(shut ? [denyByDefault(wall)] : [])]) {
    if (typeof proposal === 'string') return proposal;
    proposals.push(proposal);
  }
  return proposals;
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
