// aks.identity-network-contributor: the identity of a cluster may join the subnets of its nodes and put load balancers there.
import { roles } from '../../kinds/role-assignment.ts';
import { groupIdOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { type Held, rolesAt } from '../parts/cluster-roles.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { type Attached, attachedOf, nodeSubnets, placeless } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { mayAssign, roleProposal } from '../parts/roles.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, few, pass, quoted, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const identityOf = ({ cluster }: Attached) => [
  seen(cluster, '/identity', 'identity of the cluster'),
  seen(cluster, '/properties/servicePrincipalProfile/clientId', '`msi` where it acts as its own identity'),
];
const suffices = (held: readonly Held[]): Held | undefined => held.find((one) => one.suffices !== 'no');

function judgeSubnet(subnet: string, principal: string, one: Attached, { world }: Judgement): Verdict {
  const held = rolesAt(subnet, principal, world);
  const evidence = [
    ...identityOf(one),
    ...held.map(({ assignment, role }) => seen(assignment, '/properties/roleDefinitionId', `role ${clean(role, 80)}`)),
  ];
  const found = suffices(held);
  if (found) {
    const how = found.suffices === 'by role' ? '' : ', a role of your own that holds what it needs';
    return pass(`The identity of the ${one.name} is ${quoted(found.role)} at ${subnetShown(subnet)}${how}.`, evidence);
  }
  const only = held.length === 0 ? 'has no role' : `is only ${few(held.map(({ role }) => quoted(role)))}`;
  return fail(
    `The identity of the ${one.name} ${only} at ${subnetShown(subnet)}, so it cannot place load balancers there.`,
    evidence,
  );
}

/** Guided: by default in the resource group of the network; `scope=subnet` for the subnets alone. */
function give(one: Attached, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const { principal } = one.view;
  if (principal === undefined) return 'Who the cluster acts as is not shown, so nobody can be given the role.';
  const narrow = answers.scope?.trim().toLowerCase();
  if (narrow !== undefined && narrow !== 'subnet' && narrow !== 'group') {
    return `${quoted(answers.scope)} is neither of the answers scope=group (the resource group of the network) and scope=subnet.`;
  }
  const lacking = nodeSubnets(one).filter((subnet) => suffices(rolesAt(subnet, principal, world)) === undefined);
  const scopes = onceEach(lacking.flatMap((subnet) => (narrow === 'subnet' ? subnet : (groupIdOf(subnet) ?? subnet))));
  const shut = scopes.find((scope) => !mayAssign(scope, world));
  if (shut !== undefined) return `You may not give roles at ${shown(shut)}: ask its owner for Network Contributor.`;
  return scopes.flatMap((scope) =>
    roleProposal(
      {
        ...{ scope, role: roles.networkContributor, principal },
        risk: `The identity of the ${one.name} may change everything of networks in ${shown(scope)}; it takes some minutes until that holds everywhere.`,
      },
      judgement,
    ),
  );
}

export const aksIdentityNetworkContributor = clusterRule(
  {
    id: 'aks.identity-network-contributor',
    title: 'Cluster identity may manage the subnet',
    severity: 'high',
    explain: {
      why: 'The cluster puts its nodes and load balancers into your network as an identity of its own. Without Network Contributor there, load balancers stay pending and nodes do not come back.',
      fix: 'Gives the identity Network Contributor in the resource group of the network, as the service asks for (answer scope=subnet for the subnet alone).',
      breaks:
        'Nothing. The identity can change networks in that group, which the plan says. An undo takes the role away again.',
      links: [links.secureInference, links.kubernetesNetwork, links.roles],
    },
    fixKind: 'guided',
    undo: 'exact',
    fix: (finding, judgement, answers) =>
      proposalsOn(finding, judgement, (compute) => {
        const one = attachedOf(compute, judgement.world);
        return one === undefined || one === 'gone' ? 'The cluster does not exist.' : give(one, judgement, answers);
      }),
  },
  (one, judgement) => {
    const nowhere = placeless(one);
    if (nowhere) return nowhere;
    const { principal } = one.view;
    if (principal === undefined) {
      return unknown(
        `The ${one.name} acts as a service principal or as several identities, whose object id is not shown, so its roles are not known.`,
        identityOf(one),
      );
    }
    return together(
      'high',
      nodeSubnets(one).map((subnet) => () => judgeSubnet(subnet, principal, one, judgement)),
    );
  },
);
