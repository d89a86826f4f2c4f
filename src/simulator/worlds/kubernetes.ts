// World "kubernetes": a workspace closed by service endpoints that was given a cluster to serve models, and nobody thought of what
// that takes. Its subnet is in the network and nowhere else: not in the rules of the account and the vault, not in the roles of
// the cluster; its security group denies the Internet. World "scoring" is the same with callers from outside, whom the group stops, and an online endpoint beside.
import { clusterAttached, clusterBodies, clusterRole } from './attached-compute-bodies.ts';
import {
  insightsBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  storageRule,
  vaultBody,
  vaultRule,
} from './bodies.ts';
import { account, cluster, group, inGroup, network, services, subnet, trainSubnet, vault, workspace } from './names.ts';
import { networkBody, type RuleText, securityGroupWith, subnetBody } from './network-bodies.ts';
import { clusterCompute, defaultDatastores, onlineEndpoints, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const nodeSubnet = subnet('snet-aks');
const nodeGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-aks');
const compute = `${workspace}/computes/aks-serve`;
const store = account('stmlsim');
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';

interface Plan {
  /** Ids of the subnets that the account and the vault admit. */
  readonly admitted: readonly string[];
  readonly role: string;
  readonly maxCount: number;
  readonly rules: readonly RuleText[];
  /** Bodies of what else serves models. */
  readonly more?: readonly string[];
}

const bodies = ({ admitted, role, maxCount, rules, more = [] }: Plan): string =>
  list([
    resourceGroup(),
    workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
    clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
    clusterAttached('aks-serve'),
    ...clusterBodies(cluster, [{ name: 'nodepool1', subnet: nodeSubnet, count: 1, maxCount }]),
    clusterRole(group, role, 'cccccccc-cccc-cccc-cccc-cccccccccccc'),
    ...defaultDatastores(),
    storageAccount('stmlsim', {
      bypass: 'AzureServices',
      defaultAction: 'Deny',
      rules: admitted.map((where) => storageRule(where)),
    }),
    vaultBody({ bypass: 'AzureServices', defaultAction: 'Deny', rules: admitted.map((where) => vaultRule(where)) }),
    registryBody('Premium', [trainSubnet, nodeSubnet]),
    insightsBody(),
    ...more,
    securityGroupWith(nodeGroup, rules),
    networkBody(network, '10.0.0.0/16', [
      subnetBody(trainSubnet, '10.0.1.0/24', { services, uses: 1 }),
      subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
      subnetBody(nodeSubnet, '10.0.8.0/25', {
        ...{ services, uses: 1 },
        extra: `, "networkSecurityGroup": {"id": "${nodeGroup}"}`,
      }),
    ]),
  ]);

const denyInternet: RuleText = {
  ...{ name: 'DenyInternet', priority: 4000, direction: 'Outbound', access: 'Deny' },
  ...{ protocol: '*', source: '*', destination: 'Internet', ports: '*' },
};
const of =
  (resource: string) =>
  (rule: string, says: string, where?: string): WorldFault => ({
    rule,
    resource,
    ...(where === undefined ? {} : { where }),
    says,
  });
const served = of(compute);

export const kubernetes: WorldFile = {
  name: 'kubernetes',
  aliases: ['aks'],
  title: 'A cluster to serve models, and nothing made ready for it',
  faults: [
    of(store)('storage.vnet-rule-compute-subnet', 'The account does not name the subnet of the cluster.', nodeSubnet),
    served('aks.storage-same-vnet', 'The account is not tied to the subnet of its nodes.', store),
    served('aks.dependencies-same-vnet', 'The account does not admit its nodes.', store),
    served('aks.dependencies-same-vnet', 'The vault does not admit its nodes.', vault),
    served('aks.ip-plan', 'Five nodes with their pods do not fit into a /25.'),
    served('aks.identity-network-contributor', 'Its identity is a reader of the network.'),
    served('aks.outbound-default', 'Its security group denies the Internet.', nodeSubnet),
    served('aks.outbound-acr', 'The deny stops images as well.', nodeSubnet),
    served('aks.internal-load-balancer', 'Nobody from outside is to call it, and its address is public.'),
  ],
  intents: { devClientIps: [], externalScoring: false },
  resources: () => bodies({ admitted: [trainSubnet], role: reader, maxCount: 5, rules: [denyInternet] }),
};

export const scoring: WorldFile = {
  name: 'scoring',
  aliases: [],
  title: 'Models called from outside, and a security group that stops the callers',
  faults: [served('aks.scoring-inbound', 'No rule lets callers from outside in.', nodeSubnet)],
  intents: { devClientIps: [], externalScoring: true },
  resources: () =>
    bodies({
      admitted: [trainSubnet, nodeSubnet],
      ...{ role: networkContributor, maxCount: 2, rules: [] },
      more: onlineEndpoints({ 'churn-sim': 'Enabled' }),
    }),
};
