// World "governed": closed by service endpoints, its groups as the article has them, and a network manager of the whole organisation
// whose rules come first.
//
//   deny-internet-in    everything from the Internet, before the groups that let Batch and the service in are asked
//   deny-smb-out        port 445 to anywhere, which file shares are mounted by
//   always-monitor      Azure Monitor, whatever the groups say: nsg-dev denies the Internet, and is not asked about it
//   deny-lab            in force in another region only: it decides nothing here
//
// A machine runs in snet-train: what is in effect can be asked of it.
import { machineBodies, networkWatcher, nicConfiguration } from './attached-compute-bodies.ts';
import { etag, guidOf, kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import {
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  region,
  services,
  subnet,
  subscription,
  trainGroup,
  trainSubnet,
} from './names.ts';
import { networkBody, securityGroupBody, securityGroupWith, subnetBody } from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

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

/** A configuration of one collection that holds for the group of all networks. */
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
const stopped: Readonly<Record<string, string>> = {
  ...{ 'inbound-batch': 'deny-internet-in stops it', 'inbound-azureml-44224': 'deny-internet-in stops it' },
  ...{ 'outbound-vnet': 'deny-smb-out stops port 445', 'outbound-storage-445': 'deny-smb-out stops it' },
};
const faults: readonly WorldFault[] = Object.entries(groups).flatMap(([resource, where]) =>
  Object.entries(stopped).map(([rule, by]) => ({
    ...{ rule: `nsg.${rule}`, resource, where },
    says: `${by} before any group is asked.`,
  })),
);

const hung = (group: string): string => `, "networkSecurityGroup": {"id": "${group}"}`;

export const governed: WorldFile = {
  name: 'governed',
  aliases: ['network-manager'],
  title: 'Under a network manager whose rules come first',
  faults,
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(home),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      ...shutBut([trainSubnet, gpuSubnet, devSubnet], ['stmlsim', 'stmldata']),
      kubernetesBody(),
      securityGroupBody(trainGroup),
      securityGroupBody(gpuGroup),
      securityGroupWith(devGroup, []),
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
      ...machineBodies({ name: 'vm-jump', subnet: trainSubnet, address: '10.0.1.8', power: 'running' }),
      networkWatcher(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', {
          ...{ services, uses: 2, extra: hung(trainGroup) },
          nicConfigurations: [nicConfiguration('vm-jump')],
        }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services, extra: hung(gpuGroup) }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1, extra: hung(devGroup) }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
    ]),
};
