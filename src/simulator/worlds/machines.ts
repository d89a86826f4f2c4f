// World "machines": closed by service endpoints, and machines and an HDInsight cluster of one's own are attached to the
// workspace; the security groups of subnets and of interfaces let the service in, or not, each in a way of its own.
//
//   vm-tools   its interface lets the service in and the group of its subnet does not; the way out is limited at the interface
//              and none of the exceptions is there
//   vm-port    attached with port 5022, while 22 is open; made from an image that is not Ubuntu
//   vm-web     everything is right but a deny of the web, which nobody asked for; made from an image of its owner's
//   vm-bare    no security group anywhere, and an address that lets nothing in without one
//   vm-gone    attached, and deleted since
//   hdi-spark  in a subnet whose group has nothing but Azure's own rules
//   hdi-loose  in no network
import {
  addressId,
  hdinsightBody,
  hdinsightId,
  machineAddress,
  machineBodies,
  machineId,
  nicConfiguration,
} from './attached-compute-bodies.ts';
import { list, resourceGroup, shutBut } from './bodies.ts';
import { inGroup, network, services, subnet, trainSubnet, workspace } from './names.ts';
import { networkBody, type RuleText, securityGroupWith, subnetBody } from './network-bodies.ts';
import { attachedCompute, clusterCompute, defaultDatastores, sshAt, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const [toolsSubnet, portSubnet, webSubnet, bareSubnet, sparkSubnet] = [
  'snet-tools',
  'snet-port',
  'snet-web',
  'snet-bare',
  'snet-spark',
].map(subnet) as [string, string, string, string, string];
const subnets = [trainSubnet, toolsSubnet, portSubnet, webSubnet, bareSubnet, sparkSubnet];
const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const hung = (name: string): string => `, "networkSecurityGroup": {"id": "${groupId(name)}"}`;

const ssh: RuleText = {
  ...{ name: 'AllowService', priority: 200, direction: 'Inbound', access: 'Allow', protocol: '*' },
  ...{ source: 'AzureMachineLearning', destination: '*', ports: '22' },
};
const deny = (name: string, protocol: string, ports: string): RuleText => ({
  ...{ name, priority: 3000, direction: 'Outbound', access: 'Deny', protocol, source: '*' },
  ...{ destination: 'Internet', ports },
});

const of =
  (compute: string) =>
  (rule: string, says: string): WorldFault => ({
    rule: `vm.${rule}`,
    resource: `${workspace}/computes/${compute}`,
    says,
  });
const [tools, port, web, bare, spark] = ['vm-tools', 'vm-port', 'vm-web', 'vm-bare', 'hdi-spark'].map(of) as [
  ReturnType<typeof of>,
  ReturnType<typeof of>,
  ReturnType<typeof of>,
  ReturnType<typeof of>,
  ReturnType<typeof of>,
];
const faults: readonly WorldFault[] = [
  tools('ssh-inbound-azureml', 'The group of its subnet lets the service in nowhere.'),
  tools('outbound-limited', 'Its interface denies the Internet, and no exception is there.'),
  port('ubuntu-only', 'It was made from Red Hat’s image.'),
  port('ssh-inbound-azureml', 'Port 5022 is shut.'),
  port('ssh-port-matches', 'Port 22 is open, and it listens on 5022.'),
  web('outbound-default', 'A rule denies the web, and nobody asked for limits.'),
  bare('ssh-inbound-azureml', 'A Standard address lets nothing in without a security group.'),
  of('vm-gone')('attached', 'The machine was deleted.'),
  of('hdi-loose')('in-vnet', 'Its roles are in no network.'),
  spark('hdinsight-same-rules', 'The group of its subnet lets the service in nowhere.'),
  spark('hdinsight-management-inbound', 'HDInsight’s own service is shut out.'),
];

export const machinesWorld: WorldFile = {
  name: 'machines',
  aliases: [],
  title: 'Machines of one’s own attached, and half of them out of reach',
  faults,
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      attachedCompute('vm-tools', 'VirtualMachine', machineId('vm-tools'), sshAt('10.0.2.4')),
      attachedCompute('vm-port', 'VirtualMachine', machineId('vm-port'), sshAt('10.0.3.4', 5022)),
      attachedCompute('vm-web', 'VirtualMachine', machineId('vm-web'), sshAt('203.0.113.61')),
      attachedCompute('vm-bare', 'VirtualMachine', machineId('vm-bare'), sshAt('203.0.113.62')),
      attachedCompute('vm-gone', 'VirtualMachine', machineId('vm-gone'), sshAt('203.0.113.63')),
      attachedCompute('hdi-spark', 'HDInsight', hdinsightId('hdi-spark')),
      attachedCompute('hdi-loose', 'HDInsight', hdinsightId('hdi-loose')),
      ...defaultDatastores(),
      ...shutBut(subnets),
      ...machineBodies({
        ...{ name: 'vm-tools', subnet: toolsSubnet, address: '10.0.2.4', power: 'running' },
        group: groupId('nsg-card-tools'),
      }),
      ...machineBodies({
        ...{ name: 'vm-port', subnet: portSubnet, address: '10.0.3.4', power: 'running' },
        image: ['RedHat', 'RHEL', '9-lvm-gen2'],
      }),
      ...machineBodies({
        ...{ name: 'vm-web', subnet: webSubnet, address: '10.0.5.4', power: 'running' },
        ...{ group: groupId('nsg-card-web'), publicAddress: addressId('vm-web'), ownImage: 'ubuntu' },
      }),
      machineAddress('vm-web', 'Standard', '203.0.113.61'),
      ...machineBodies({
        ...{ name: 'vm-bare', subnet: bareSubnet, address: '10.0.6.4', power: 'running' },
        publicAddress: addressId('vm-bare'),
      }),
      machineAddress('vm-bare', 'Standard', '203.0.113.62'),
      hdinsightBody('hdi-spark', sparkSubnet),
      hdinsightBody('hdi-loose', null),
      securityGroupWith(groupId('nsg-tools'), []),
      securityGroupWith(groupId('nsg-card-tools'), [ssh, deny('DenyInternet', '*', '*')]),
      securityGroupWith(groupId('nsg-port'), [ssh]),
      securityGroupWith(groupId('nsg-card-web'), [ssh, deny('DenyWeb', 'Tcp', '443')]),
      securityGroupWith(groupId('nsg-spark'), []),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { services }),
        subnetBody(toolsSubnet, '10.0.2.0/24', {
          ...{ services, extra: hung('nsg-tools'), nicConfigurations: [nicConfiguration('vm-tools')] },
        }),
        subnetBody(portSubnet, '10.0.3.0/24', {
          ...{ services, extra: hung('nsg-port'), nicConfigurations: [nicConfiguration('vm-port')] },
        }),
        subnetBody(webSubnet, '10.0.5.0/24', { services, nicConfigurations: [nicConfiguration('vm-web')] }),
        subnetBody(bareSubnet, '10.0.6.0/24', { services, nicConfigurations: [nicConfiguration('vm-bare')] }),
        subnetBody(sparkSubnet, '10.0.7.0/24', { services, uses: 5, extra: hung('nsg-spark') }),
      ]),
    ]),
};
