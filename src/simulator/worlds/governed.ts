// World "governed": closed by service endpoints, its security groups as the article asks, and a network manager of the organisation
// whose security admin rules apply first. deny-lab is deployed to another region only and has no effect here. A machine runs in
// snet-train and can be asked for its effective rules.
import { networkWatcher } from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import { etag, guidOf } from './bodies.ts';
import { devSubnet, gpuSubnet, inGroup, network, region, subscription, trainGroup, trainSubnet } from './names.ts';
import { inboundRules } from './network-bodies.ts';
import { faultsOf, in2020, type PlantedFault, world } from './world.ts';

const home = `/subscriptions/${subscription}/resourceGroups/rg-hub`;
const manager = `${home}/providers/Microsoft.Network/networkManagers/avnm-org`;
const everything = `${manager}/networkGroups/ng-workloads`;
const configuration = (name: string): string => `${manager}/securityAdminConfigurations/${name}`;
const baseline = configuration('sac-baseline');
const lab = configuration('sac-lab');
const gpuGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-gpu');
const devGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-dev');

const body = (id: string, type: string, properties: string, more = ''): string =>
  `{"id": "${id}", "name": "${id.slice(id.lastIndexOf('/') + 1)}", "type": "Microsoft.Network/networkManagers${type}", "etag": "${etag}"${more},
    "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}", ${properties}}}`;

type Side = readonly [prefix: string, type: 'IPPrefix' | 'ServiceTag'];
const anywhere: Side = ['*', 'IPPrefix'];
const sideText = ([prefix, type]: Side): string => `[{"addressPrefix": "${prefix}", "addressPrefixType": "${type}"}]`;

interface AdminRuleText {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny' | 'AlwaysAllow';
  readonly protocol: string;
  readonly source?: Side;
  readonly destination?: Side;
  readonly ports: string;
}

/** A configuration with one rule collection, for the group of all networks. */
const configured = (id: string, description: string, rules: readonly AdminRuleText[]): string[] => {
  const collection = `${id}/ruleCollections/rc-all`;
  const kind = '/securityAdminConfigurations';
  return [
    body(id, kind, `"description": "${description}", "applyOnNetworkIntentPolicyBasedServices": ["None"]`),
    body(
      collection,
      `${kind}/ruleCollections`,
      `"description": "For all workloads.", "appliesToGroups": [{"networkGroupId": "${everything}"}]`,
    ),
    ...rules.map(({ name, source = anywhere, destination = anywhere, ports, ...rule }) =>
      body(
        `${collection}/rules/${name}`,
        `${kind}/ruleCollections/rules`,
        `"description": "", "protocol": "${rule.protocol}", "sources": ${sideText(source)}, "destinations": ${sideText(destination)},
          "sourcePortRanges": ["0-65535"], "destinationPortRanges": ["${ports}"], "access": "${rule.access}",
          "priority": ${rule.priority}, "direction": "${rule.direction}"`,
        ', "kind": "Custom"',
      ),
    ),
  ];
};

const groups: Readonly<Record<string, string>> = {
  [trainSubnet]: trainGroup,
  [gpuSubnet]: gpuGroup,
  [devSubnet]: devGroup,
};
/** The admin rule that stops each flow. */
const stoppedBy: Readonly<Record<string, string>> = {
  ...{ 'inbound-batch': 'deny-internet-in', 'inbound-azureml-44224': 'deny-internet-in' },
  ...{ 'outbound-vnet': 'deny-smb-out', 'outbound-storage-445': 'deny-smb-out' },
};
const faults: readonly PlantedFault[] = Object.entries(groups).flatMap(([where, securityGroup]) =>
  Object.entries(stoppedBy).map(([rule, adminRule]) => {
    const fault = faultsOf(where, securityGroup)(`nsg.${rule}`, `The security admin rule ${adminRule} denies it.`);
    return rule === 'inbound-batch' ? in2020(fault) : fault;
  }),
);

const managerBodies = (): string[] => [
  body(
    manager,
    '',
    `"description": "The organisation's network manager.", "networkManagerScopeAccesses": ["SecurityAdmin"],
          "networkManagerScopes": {"managementGroups": [], "subscriptions": ["/subscriptions/${subscription}"]},
          "committed": [{"region": "${region}", "ids": ["${baseline}"]}, {"region": "swedencentral", "ids": ["${lab}"]}]`,
    `, "location": "${region}"`,
  ),
  body(everything, '/networkGroups', '"description": "Every workload.", "memberType": "VirtualNetwork"'),
  body(
    `${everything}/staticMembers/vnet-ml`,
    '/networkGroups/staticMembers',
    `"resourceId": "${network}", "region": "${region}"`,
  ),
  ...configured(baseline, 'What every network of the organisation keeps to.', [
    {
      ...{ name: 'deny-internet-in', priority: 100, direction: 'Inbound', access: 'Deny', protocol: 'Any' },
      ...{ source: ['Internet', 'ServiceTag'], ports: '0-65535' },
    },
    { name: 'deny-smb-out', priority: 110, direction: 'Outbound', access: 'Deny', protocol: 'Tcp', ports: '445' },
    {
      ...{ name: 'always-monitor', priority: 120, direction: 'Outbound', access: 'AlwaysAllow', protocol: 'Tcp' },
      ...{ destination: ['AzureMonitor', 'ServiceTag'], ports: '443' },
    },
  ]),
  ...configured(lab, 'For the laboratory in the north.', [
    { name: 'deny-lab', priority: 10, direction: 'Outbound', access: 'Deny', protocol: 'Any', ports: '0-65535' },
  ]),
];

export const governed = world({
  name: 'governed',
  aliases: ['network-manager'],
  title: 'Security admin rules of a network manager',
  base: closedByServiceEndpoints({ accounts: ['stmlsim', 'stmldata'] }),
  setup: (draft) => {
    draft.groups.push(home);
    // nsg-dev has no rule; always-monitor allows Azure Monitor all the same.
    draft.securityGroups = { [trainGroup]: [...inboundRules], [gpuGroup]: [...inboundRules], [devGroup]: [] };
    for (const [where, securityGroup] of Object.entries(groups)) draft.subnet(where).securityGroup = securityGroup;
    draft.machines = [{ name: 'vm-jump', subnet: trainSubnet, address: '10.0.1.8', power: 'running' }];
    draft.bodies = [...managerBodies(), networkWatcher()];
  },
  faults,
});
