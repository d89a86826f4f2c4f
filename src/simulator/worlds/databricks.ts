// World "databricks": closed by service endpoints, with a Databricks workspace in a second network, for which the account was not
// prepared.
import {
  associationLinkBody,
  boundSubnet,
  databricks,
  databricksBody,
  databricksNic,
} from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import { insertBefore, type SubnetSpec, type WorldDraft } from './draft.ts';
import { account, inGroup, network, subnet, workspace } from './names.ts';
import { attachedCompute } from './workspace-bodies.ts';
import { faultsOf, world } from './world.ts';

export const databricksNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-dbw');
const databricksSecurityGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-dbw');
const [host, container] = ['databricks-public', 'databricks-private'];
const compute = `${workspace}/computes/dbw`;
const oldSubnet = subnet('snet-aci-old');
/** As the service names them (Azure/azure-quickstart-templates pull request 8931, read 2026). */
const owned = 'Microsoft.Databricks-workspaces_UseOnly_databricks';
const inside = { source: 'VirtualNetwork', access: 'Allow' } as const;

/** A Databricks workspace that is attached as `dbw`, and its network. */
export function addDatabricks(draft: WorldDraft, more: Record<string, SubnetSpec> = {}): void {
  const delegated = { delegation: 'Microsoft.Databricks/workspaces', securityGroup: databricksSecurityGroup };
  draft.networks[databricksNetwork] = {
    space: '10.1.0.0/20',
    subnets: {
      [host]: { prefix: '10.1.0.0/26', ...delegated, nicConfigurations: [0, 1].map(databricksNic) },
      [container]: { prefix: '10.1.0.64/26', ...delegated, nicConfigurations: [2, 3].map(databricksNic) },
      ...more,
    },
  };
  draft.securityGroups[databricksSecurityGroup] = [];
  draft.bodies.push(
    attachedCompute('dbw', 'Databricks', databricks, { workspaceUrl: 'adb-1234567890123456.7.azuredatabricks.net' }),
    databricksBody({ network: databricksNetwork, host, container }),
  );
}

export const databricksWorld = world({
  name: 'databricks',
  title: 'Databricks next to a closed workspace',
  base: closedByServiceEndpoints({ accounts: ['stmlsim'] }),
  setup: (draft) => {
    addDatabricks(draft, { 'snet-pe': { prefix: '10.1.1.0/26' } });
    draft.securityGroups[databricksSecurityGroup] = [
      {
        ...{ name: `${owned}-worker-to-worker-inbound`, priority: 100, direction: 'Inbound', ...inside },
        ...{ protocol: '*', destination: 'VirtualNetwork', ports: '*' },
      },
      {
        ...{ name: `${owned}-worker-to-worker-outbound`, priority: 100, direction: 'Outbound', ...inside },
        ...{ protocol: '*', destination: 'VirtualNetwork', ports: '*' },
      },
      {
        ...{ name: `${owned}-worker-to-storage`, priority: 101, direction: 'Outbound', ...inside },
        ...{ protocol: 'tcp', destination: 'Storage', ports: '443' },
      },
    ];
  },
  faults: [
    faultsOf(compute, account('stmlsim'))(
      'databricks.storage-same-vnet',
      'The account allows the host subnet of Databricks, and not the container subnet.',
      (draft) => {
        const hostSubnet = `${databricksNetwork}/subnets/${host}`;
        draft.subnet(hostSubnet).services = ['Microsoft.Storage'];
        draft.account('stmlsim').subnets.push(hostSubnet);
      },
    ),
    faultsOf(compute)('databricks.default-subnet', 'The network of Databricks has no subnet named default.'),
    faultsOf(oldSubnet)(
      'aci.delegation-removable',
      'The last container group was deleted, and its service association link remains.',
      (draft) => {
        const here = draft.network(network);
        here.subnets = insertBefore(here.subnets, 'snet-aks', {
          'snet-aci-old': {
            ...{ prefix: '10.0.5.0/24', delegation: 'Microsoft.ContainerInstance/containerGroups' },
            extra: boundSubnet(oldSubnet),
          },
        });
        draft.bodies.push(associationLinkBody(oldSubnet));
      },
    ),
  ],
  intents: { devClientIps: [], usesAci: false },
});
