// What must not forbid the service and the operator to place compute in a virtual network: permissions and policies.

import { computeNetworks } from '../../facts/compute-networks.ts';
import { type PolicyMet, policiesAgainst } from '../../facts/policies.ts';
import { mayDo } from '../../model/permissions.ts';
import { groupIdOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vnetType } from '../../resource-types/network-view.ts';
import { assignmentView, effectPointer } from '../../resource-types/policy-view.ts';
import { workspaceType } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { workspaces } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  subnetShown,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { madeTypes } from './parts/service-resources.ts';
import { type OccupiedNetwork, occupiedNetworks } from './parts/subjects.ts';

const actionsOnNetwork = ['Microsoft.Network/*/read', 'Microsoft.Network/virtualNetworks/join/action'];
const actionsOnSubnet = ['Microsoft.Network/virtualNetworks/subnets/join/action'];

function checkPermissions({ vnet, placements }: OccupiedNetwork, { index }: RuleContext): CheckResult {
  const subnets = onceEach(placements.map(({ subnet }) => subnet));
  const required = [
    ...actionsOnNetwork.map((action) => ({ action, scope: vnet })),
    ...subnets.flatMap((scope) => actionsOnSubnet.map((action) => ({ action, scope }))),
  ].map((one) => ({ ...one, may: mayDo(one.action, one.scope, index.snapshot) }));
  const evidence = required.map(({ action, scope, may }) => noted(scope, may ?? null, action));
  const missing = required.filter(({ may }) => may === false);
  if (missing.length > 0) {
    const words = missing.map(
      ({ action, scope }) => `${action} on ${sameId(scope, vnet) ? displayName(vnet) : subnetShown(scope)}`,
    );
    return fail(
      `Missing ${words.length === 1 ? 'permission' : 'permissions'}: ${listed(words)}. Azure would refuse new compute there with LinkedAuthorizationFailed.`,
      evidence,
    );
  }
  return required.some(({ may }) => may === undefined)
    ? unknown(`Your permissions on ${displayName(vnet)} could not be read.`, evidence)
    : pass(`You may join compute to ${listed(subnets.map(subnetShown))}.`, evidence);
}

export const computeCallerCanJoin = defineRule({
  id: 'compute.caller-can-join',
  title: 'Operator has permission to join compute to the subnet',
  problem: 'Missing permission to join compute to the subnet',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Without these permissions Azure refuses a new cluster or instance only after minutes, with little explanation. Deny assignments are not checked here.',
    fix: 'None. Ask the owner of the virtual network for the role Network Contributor on it, or for the three actions alone.',
    links: [links.secureTraining, links.roles],
  },
  subjects: occupiedNetworks,
  check: checkPermissions,
});

/** Resource groups of the virtual networks that hold compute with a public IP address. */
const groupsWithPublicIps = (index: SnapshotIndex): string[] =>
  onceEach(
    computeNetworks(index)
      .filter(({ placements }) => placements.some(({ isPublic }) => isPublic))
      .flatMap(({ vnet }) => groupIdOf(vnet) ?? []),
  );

const policyName = ({ assignment }: PolicyMet): string =>
  `"${clean(assignmentView(assignment).title ?? displayName(assignment.id), 120)}"`;

function policyEvidence({ assignment, definition }: PolicyMet, index: SnapshotIndex) {
  const found = index.peek(definition);
  return [
    evidenceAt(assignment, '/properties/policyDefinitionId', 'policy assignment'),
    evidenceAt(assignment, '/properties/parameters', 'parameters'),
    ...(found.state === 'read'
      ? [evidenceAt(found.resource, effectPointer, 'effect')]
      : [noted(definition, null, 'policy definition')]),
  ];
}

function checkPolicies({ index }: RuleContext): CheckResult {
  const groups = groupsWithPublicIps(index);
  if (groups.length === 0) {
    return notApplicable(
      'No compute in your virtual networks has a public IP address, so the service creates nothing beside them.',
    );
  }
  const met = groups.flatMap((group) => policiesAgainst(group, madeTypes, index));
  const evidence = met.flatMap((one) => policyEvidence(one, index));
  const denying = met.filter(({ state }) => state === 'forbids');
  const where = listed(groups.map(displayName));
  if (denying.length > 0) {
    return fail(
      `${listed([...new Set(denying.map(policyName))])} ${denying.length === 1 ? 'denies' : 'deny'} resources in ${where} that the service creates for compute with a public IP address.`,
      evidence,
    );
  }
  const [open] = met;
  if (open?.gap) throw new UnreadableError(open.gap);
  return open
    ? unknown(`The effect of ${policyName(open)} depends on parameters that are not known.`, evidence)
    : pass(`No policy on ${where} denies resources that the service creates.`, [
        noted(groups[0] ?? '', [...madeTypes], 'resource types that no policy may deny'),
      ]);
}

export const computePolicy = defineRule({
  id: 'compute.policy',
  title: 'No policy denies resources the service creates',
  problem: 'Policy denies resources the service creates',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'For compute with a public IP address, the service creates an NSG, a public IP address and a load balancer. They are in the resource group of your virtual network. A policy that denies one of them makes every node fail.',
    fix: 'None. Ask the owner of the policy to exempt the resource group, or create the compute without a public IP address.',
    links: [links.secureTraining, links.policy],
  },
  subjects: workspaces,
  check: (_subject, context) => checkPolicies(context),
});
