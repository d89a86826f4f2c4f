// aks.identity-network-contributor: the identity of a cluster can join its node subnets and create load balancers in them.

import { mayDo } from '../../model/permissions.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, isWithin, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { listAt, textAt, textsAt } from '../../resource-types/read.ts';
import {
  assignmentsOf,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  roles,
} from '../../resource-types/role-assignment.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { mayAssign, roleProposal } from '../parts/roles.ts';
import { displayName, evidenceAt, fail, few, pass, quoted, subnetShown, unknown, worstOf } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { type AttachedCluster, aksRule, nodeSubnets, placedClusters } from './parts/clusters.ts';

/** Built-in roles that include all that a cluster needs at its subnet. */
const sufficientRoles: readonly string[] = [roles.networkContributor, roles.contributor, roles.owner];
const neededActions = [
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
];

interface HeldRole {
  readonly assignment: Resource;
  /** `Network Contributor`; the name of the definition where it is not a known role. */
  readonly role: string;
  readonly suffices: 'by role' | 'by actions' | 'no';
}

/**
 * Roles of a principal that apply to a subnet. Throws UnreadableError when they, or a definition that decides, could not be
 * read.
 */
function rolesAt(subnet: string, principal: string, index: SnapshotIndex): readonly HeldRole[] {
  index.list(assignmentsOf(principal, subscriptionOf(subnet) ?? ''));
  const here = index.ofType(roleAssignmentType).filter((assignment) => {
    const view = roleAssignmentView(assignment);
    return sameId(view.principal, principal) && isWithin(subnet, view.scope);
  });
  const known = here.flatMap((assignment): HeldRole[] => {
    const { role } = roleAssignmentView(assignment);
    const name = roleNames[role];
    return name === undefined
      ? []
      : [{ assignment, role: name, suffices: sufficientRoles.includes(fold(role)) ? 'by role' : 'no' }];
  });
  if (sufficient(known)) return known;
  const custom = here.filter((assignment) => roleNames[roleAssignmentView(assignment).role] === undefined);
  return [...known, ...custom.map((assignment) => customRole(assignment, subnet, index))];
}

function customRole(assignment: Resource, subnet: string, index: SnapshotIndex): HeldRole {
  const definition = index.get(textAt(assignment.body, '/properties/roleDefinitionId') ?? '');
  const permissions = listAt(definition?.body, '/properties/permissions').map((one) => ({
    scope: roleAssignmentView(assignment).scope,
    actions: textsAt(one, '/actions'),
    notActions: textsAt(one, '/notActions'),
  }));
  const all =
    permissions.length > 0 && neededActions.every((action) => mayDo(action, subnet, { permissions }) === true);
  const role = textAt(definition?.body, '/properties/roleName') ?? roleAssignmentView(assignment).role;
  return { assignment, role, suffices: all ? 'by actions' : 'no' };
}

const sufficient = (held: readonly HeldRole[]): HeldRole | undefined => held.find((one) => one.suffices !== 'no');

const identityOf = ({ cluster }: AttachedCluster) => [
  evidenceAt(cluster, '/identity', 'managed identity'),
  evidenceAt(cluster, '/properties/servicePrincipalProfile/clientId', 'client ID (`msi` for a managed identity)'),
];

function checkSubnet(subnet: string, principal: string, one: AttachedCluster, { index }: RuleContext): CheckResult {
  const held = rolesAt(subnet, principal, index);
  const evidence = [
    ...identityOf(one),
    ...held.map(({ assignment, role }) =>
      evidenceAt(assignment, '/properties/roleDefinitionId', `role ${clean(role, 80)}`),
    ),
  ];
  const found = sufficient(held);
  const said = `The identity of ${one.name} has`;
  const at = subnetShown(subnet);
  if (found) {
    const how = found.suffices === 'by role' ? '' : ', a custom role with the needed actions';
    return pass(`${said} the role ${quoted(found.role)} on ${at}${how}.`, evidence);
  }
  return held.length === 0
    ? fail(`${said} no role on ${at}; it cannot create load balancers there.`, evidence)
    : fail(
        `${said} only ${few(held.map(({ role }) => quoted(role)))} on ${at}; it cannot create load balancers there.`,
        evidence,
      );
}

export const aksIdentityNetworkContributor = defineRule({
  ...aksRule,
  id: 'aks.identity-network-contributor',
  answers: { scope: ['group', 'subnet'] },
  title: 'Cluster identity can manage the node subnet',
  problem: 'Cluster identity lacks Network Contributor',
  severity: 'high',
  explain: {
    why: 'The cluster creates nodes and load balancers in your network with its own identity. Without Network Contributor there, load balancers stay pending and nodes cannot be replaced.',
    fix: 'Assigns Network Contributor to the identity on the resource group of the virtual network, as Microsoft recommends (answer scope=subnet for the subnet alone).',
    breaks: 'None. The identity can change networks in that resource group. An undo deletes the role assignment.',
    links: [links.secureInference, links.kubernetesNetwork, links.roles],
  },
  fixKind: 'guided',
  subjects: placedClusters,
  check(one, context) {
    const { principal } = one.view;
    if (principal === undefined) {
      return unknown(
        `${one.name} uses a service principal or several identities, whose object ID is not known. Its roles are not known.`,
        identityOf(one),
      );
    }
    return worstOf(
      'high',
      nodeSubnets(one).map((subnet) => () => checkSubnet(subnet, principal, one, context)),
    );
  },
  fix(one, context, answers) {
    const { index } = context;
    const { principal } = one.view;
    if (principal === undefined)
      return 'The object ID of the cluster identity is not known; the role cannot be assigned.';
    const narrow = answers.scope?.trim().toLowerCase();
    if (narrow !== undefined && narrow !== 'subnet' && narrow !== 'group') {
      return `${quoted(answers.scope)} is not a valid scope. Use scope=group (resource group of the network) or scope=subnet.`;
    }
    const lacking = nodeSubnets(one).filter((subnet) => !sufficient(rolesAt(subnet, principal, index)));
    const scopes = onceEach(
      lacking.flatMap((subnet) => (narrow === 'subnet' ? subnet : (groupIdOf(subnet) ?? subnet))),
    );
    const forbidden = scopes.find((scope) => !mayAssign(scope, index));
    if (forbidden !== undefined) {
      return `You cannot assign roles on ${displayName(forbidden)}. Ask its owner to assign Network Contributor.`;
    }
    return scopes.flatMap((scope) =>
      roleProposal(
        {
          ...{ scope, role: roles.networkContributor, principal },
          advice: `The identity of ${one.name} can change all networks in ${displayName(scope)}. The assignment takes some minutes to apply.`,
        },
        context,
      ),
    );
  },
});
