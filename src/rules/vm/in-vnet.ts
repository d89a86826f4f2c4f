// vm.in-vnet: an attached machine or cluster sits in a network from which the workspace's account is reached.
import { hdinsightView, rolesPointer } from '../../kinds/machine-view.ts';
import { vnetOf } from '../../kinds/network-view.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { attachedTo, everySubnetOf } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { checkFirewall, subnetsPointer, unclear, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { isHdinsight, machineEvidence, machineJudged, machineShown, machineSubjects } from '../parts/machines.ts';
import { onceEach } from '../parts/naming.ts';
import { fail, few, listed, notApplicable, noted, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** What is wrong with a cluster's roles; undefined where each is in a network. */
function outside(compute: Resource, cluster: Resource): Verdict | undefined {
  const { roles } = hdinsightView(cluster);
  const name = machineShown(compute);
  const evidence = [...machineEvidence(compute), seen(cluster, rolesPointer, 'roles and their networks')];
  if (roles.length === 0) return unknown(`The roles of the ${name} are not shown.`, evidence);
  const bare = roles.filter(({ subnet }) => subnet === undefined).map((role) => quoted(role.name ?? 'no name'));
  return bare.length === 0 ? undefined : fail(`The ${name} has roles in no network: ${few(bare)}.`, evidence);
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  const { world } = judgement;
  const attached = attachedTo(compute, world);
  const name = machineShown(compute);
  if (!attached) return notApplicable(`The ${name} does not exist; vm.attached speaks of it.`);
  const bare = isHdinsight(compute) ? outside(compute, attached) : undefined;
  if (bare) return bare;
  const networks = onceEach(everySubnetOf(compute, world).map(vnetOf));
  if (networks.length === 0) return unknown(`No subnet of the ${name} is shown.`, machineEvidence(compute));
  const account = defaultAccountId(world);
  if (account === undefined) return notApplicable('The workspace names no storage account.');
  return checkFirewall(account, 'storage', judgement, (wall) => reaches(compute, networks, wall, judgement));
}

function reaches(compute: Resource, networks: readonly string[], wall: Wall, { world }: Judgement): Verdict {
  const name = machineShown(compute);
  const evidence = [
    ...machineEvidence(compute),
    noted(compute.id, [...networks], 'networks it sits in'),
    seen(wall.resource, subnetsPointer, 'subnets that the account admits'),
  ];
  if (wall.access !== 'closed')
    return unclear(wall) ?? pass(`The ${wall.name} is open, so the ${name} reaches it from anywhere.`, evidence);
  const where = listed(networks.map(shown));
  if (strategyOf(wall.resource.id, world) !== 'service-endpoint') {
    return networks.some((network) => reachedPrivately(wall.resource.id, network, world))
      ? pass(`The ${name} reaches the ${wall.name} privately from ${where}.`, evidence)
      : fail(`The ${name} sits in ${where}, from where no private endpoint leads to the ${wall.name}.`, evidence);
  }
  const admitted = wall.acls.subnetRules.map(({ id }) => vnetOf(id));
  return networks.some((network) => admitted.some((id) => sameId(id, network)))
    ? pass(`The ${name} sits in ${where}, a network that the ${wall.name} admits.`, evidence)
    : fail(`The ${name} sits in ${where}, and the ${wall.name} admits no subnet of it.`, evidence);
}

export const vmInVnet = defineRule({
  id: 'vm.in-vnet',
  title: 'VM or HDInsight cluster sits in a VNet of the plan',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The machine must reach the workspace’s storage account, which lets in only the networks that were named.',
    fix: 'None: machines and clusters are not moved between networks. Make it anew in one of the account’s networks and attach it there.',
    breaks: 'Nothing.',
    links: [links.secureTraining],
  },
  fixKind: 'none',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
