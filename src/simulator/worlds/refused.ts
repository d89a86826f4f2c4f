// World "refused": mostly right, and read by a caller with missing permissions. The caller may not read the vault, the datastores,
// the online endpoints and the private endpoints, may not join a subnet to a firewall, and meets a lock and a policy. The resource
// provider of the attached cluster hdi-spark is not registered any more, so that its subnet is not known.
import { closedByServiceEndpoints, standardSubnets, workspaceEndpoint } from './bases.ts';
import { accountWithoutSubnet, clientIp, clientIpBlocked } from './faults.ts';
import {
  account,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  services,
  subnet,
  subscription,
  trainSubnet,
  zoneGroup,
} from './names.ts';
import { attachedCompute } from './workspace-bodies.ts';
import { faultsOf, world } from './world.ts';

const main = account('stmlsim');
const data = account('stmldata');
const allowed = [trainSubnet, devSubnet, subnet('snet-pe')];
const scope = `/subscriptions/${subscription}`;

const lock = (): string =>
  `{"properties": {"level": "ReadOnly", "notes": "Frozen until the audit of 30 June is closed. Ask data-office@example.org first."},
    "id": "${main}/providers/Microsoft.Authorization/locks/audit-freeze", "type": "Microsoft.Authorization/locks", "name": "audit-freeze"}`;

/** No storage account may list an address: enforced once, and once in trial mode. */
function policies(): string[] {
  const definition = `${scope}/providers/Microsoft.Authorization/policyDefinitions/no-storage-addresses`;
  const assignment = (name: string, title: string, mode: string): string =>
    `{"id": "${scope}/providers/Microsoft.Authorization/policyAssignments/${name}", "type": "Microsoft.Authorization/policyAssignments",
      "name": "${name}", "properties": {"displayName": "${title}", "policyDefinitionId": "${definition}", "scope": "${scope}", "notScopes": [],
        "parameters": {"effect": {"value": "Deny"}}, "metadata": {"createdBy": "77777777-7777-7777-7777-777777777777"}, "enforcementMode": "${mode}"}}`;
  return [
    `{"id": "${definition}", "type": "Microsoft.Authorization/policyDefinitions", "name": "no-storage-addresses",
      "properties": {"displayName": "Storage accounts list no addresses", "policyType": "Custom", "mode": "All",
        "description": "Reach storage through the network, not from single machines.", "metadata": {"category": "Storage", "version": "1.0.0"},
        "parameters": {"effect": {"type": "String", "allowedValues": ["Deny", "Audit", "Disabled"], "defaultValue": "Audit"}},
        "policyRule": {"if": {"allOf": [{"field": "type", "equals": "Microsoft.Storage/storageAccounts"},
          {"count": {"field": "Microsoft.Storage/storageAccounts/networkAcls.ipRules[*]"}, "greater": 0}]},
          "then": {"effect": "[parameters('effect')]"}}}}`,
    assignment('no-addresses', 'Storage accounts list no addresses', 'Default'),
    assignment('no-addresses-soon', 'Storage accounts list no addresses (trial)', 'DoNotEnforce'),
  ];
}

export const refused = world({
  name: 'refused',
  title: 'Missing permissions, a lock and a policy',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim', 'stmldata'],
    subnets: () => {
      const { 'snet-aks': _, ...others } = standardSubnets();
      return { ...others, 'snet-pe': { prefix: '10.0.4.0/24', services } };
    },
  }),
  setup: (draft) => {
    draft.groups.push(zoneGroup);
    draft.endpoints = [workspaceEndpoint()];
    draft.workspace.sharedLink = 'Approved';
    draft.account(main).addresses = [clientIp];
    draft.vault.addresses = [clientIp];
    draft.vault.subnets = [...computeSubnets];
    draft.hasKubernetes = false;
    draft.bodies.push(
      attachedCompute('hdi-spark', 'HDInsight', inGroup('Microsoft.HDInsight/clusters', 'hdi-spark')),
      lock(),
      ...policies(),
    );
  },
  faults: [
    faultsOf(network)('compute.caller-can-join', 'The caller may not join a compute to one subnet.'),
    accountWithoutSubnet('stmlsim', gpuSubnet),
    accountWithoutSubnet('stmldata', gpuSubnet),
    faultsOf(data)('storage.nondefault-accounts', 'It has no rule for one compute subnet.'),
    clientIpBlocked('stmldata', `${clientIp} is in no IP rule, and a policy denies IP rules.`),
  ],
  intents: { devClientIps: [clientIp], storageAccounts: [data] },
  permissions: [
    {
      scope,
      actions: ['*'],
      notActions: [
        'Microsoft.KeyVault/vaults/read',
        'Microsoft.MachineLearningServices/workspaces/datastores/read',
        'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read',
        'Microsoft.Network/privateEndpoints/read',
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
        'Microsoft.Authorization/*/write',
        'Microsoft.Authorization/*/delete',
      ],
    },
    // Subnets that are allowed already may be named again; others may not.
    ...allowed.map((where) => ({
      scope: where,
      actions: ['Microsoft.Network/virtualNetworks/subnets/*'],
      notActions: [],
    })),
  ],
  unregistered: ['Microsoft.HDInsight'],
});
