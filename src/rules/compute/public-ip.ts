// Computes have no public IP address, and no SSH port open at one.

import { architectureFor } from '../../facts/architecture.ts';
import type { Resource } from '../../model/resource.ts';
import { isSshOn, sshOf, sshPointer } from '../../resource-types/placements.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, notApplicable, pass, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { createSibling, requiresNoPublicIp, siblingWithoutPublicIp } from './parts/sibling.ts';
import { addressMember, clustersAndInstances, computeEvidence, computeShown } from './parts/subjects.ts';

const addressEvidence = (compute: Resource) => [
  evidenceAt(compute, addressMember, 'public IP address enabled'),
  evidenceAt(compute, '/properties/properties/connectivityEndpoints/publicIpAddress', 'public IP address'),
];

function checkAddress(compute: Resource, { index }: RuleContext): CheckResult {
  const name = computeShown(compute);
  const evidence = [...computeEvidence(compute), ...addressEvidence(compute)];
  const { subnet, enableNodePublicIp } = computeView(compute);
  if (architectureFor(index) === 'service-endpoint' && subnet !== undefined) {
    return notApplicable(
      `With service endpoints, compute in a subnet has a public IP address. NSG rules protect the ${name}.`,
      evidence,
    );
  }
  if (isOdd(compute, addressMember, 'boolean')) {
    return unknown(`The setting enableNodePublicIp of the ${name} has an unexpected value.`, evidence);
  }
  const setting = enableNodePublicIp
    ? 'enableNodePublicIp is true'
    : 'the default, since enableNodePublicIp is not set';
  return enableNodePublicIp === false
    ? pass(`The ${name} has no public IP address.`, evidence)
    : fail(`The ${name} has a public IP address (${setting}).`, evidence);
}

export const computeNoPublicIp = defineRule({
  id: 'compute.no-public-ip',
  answers: { delete: ['yes', 'no'], name: 'NAME', subnet: 'VNET/NAME', outbound: ['gateway'], nat: 'NAME' },
  title: 'Compute has no public IP address',
  problem: 'Compute has a public IP address',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Compute without a public IP address needs no inbound rules, and its ports cannot be reached from the Internet.',
    fix: 'Creates a copy without a public IP address. Pass --answer delete=yes to delete the old compute, or delete=no to keep both. Other answers: name=NAME, outbound=gateway to add a NAT gateway, and subnet=VNET/NAME where the old compute is in no subnet.',
    breaks:
      'The new compute needs a private endpoint of the workspace and explicit outbound access: a NAT gateway or a route to a firewall. Deleting the old compute ends its running jobs and loses the data on its disk.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'partial',
  gates: ['workspace.private-endpoint', 'compute.explicit-outbound'],
  subjects: clustersAndInstances,
  check: checkAddress,
  fix: siblingWithoutPublicIp,
});

function checkSsh(compute: Resource, { index }: RuleContext): CheckResult {
  const name = computeShown(compute);
  const evidence = [
    ...computeEvidence(compute),
    evidenceAt(compute, sshPointer(compute), 'public SSH access'),
    ...addressEvidence(compute),
  ];
  if (index.snapshot.intents.sshWanted === true) return pass('SSH access is wanted (assumption sshWanted).', evidence);
  const { enableNodePublicIp, subnet } = computeView(compute);
  if (enableNodePublicIp === false) return pass(`The ${name} has no public IP address.`, evidence);
  const ssh = isOdd(compute, sshPointer(compute), 'string') ? undefined : sshOf(compute);
  if (ssh === undefined) return unknown(`The SSH setting of the ${name} has an unexpected value.`, evidence);
  if (ssh === 'Disabled') return pass(`Public SSH access of the ${name} is off.`, evidence);
  if (ssh === 'Enabled') return fail(`Port 22 of the ${name} is open at its public IP address.`, evidence);
  const inside = subnet !== undefined || architectureFor(index) === 'managed-network';
  return !isSshOn(ssh, inside)
    ? pass(`Public SSH access of the ${name} is not specified, which means off in a virtual network.`, evidence)
    : fail(`Public SSH access of the ${name} is not specified, which means on outside a virtual network.`, evidence);
}

export const computeSshPublicAccess = defineRule({
  id: 'compute.ssh-public-access',
  answers: { delete: ['yes', 'no'], name: 'NAME', subnet: 'VNET/NAME', outbound: ['gateway'], nat: 'NAME' },
  title: 'Public SSH access is off unless wanted',
  problem: 'Public SSH access is on',
  severity: 'medium',
  explain: {
    why: 'Port 22 at a public IP address is found and attacked from the Internet within minutes.',
    fix: 'Creates a copy without public SSH access. Pass --answer delete=yes to delete the old compute, delete=no to keep both, name=NAME to choose the name, subnet=VNET/NAME where the old compute is in no subnet. Until then nsg.inbound-ssh closes the port at the subnet.',
    breaks:
      'SSH over the public IP address no longer works. Deleting the old compute ends its running jobs and loses the data on its disk; neither can be restored.',
    links: [links.secureTraining],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects: clustersAndInstances,
  check: checkSsh,
  fix(compute, context, answers) {
    if (requiresNoPublicIp(context)) return siblingWithoutPublicIp(compute, context, answers);
    const inSubnet = computeView(compute).subnet === undefined;
    return createSibling(compute, { set: {}, inSubnet }, context, answers);
  },
});
