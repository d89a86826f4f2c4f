// World "machines": closed by service endpoints, with attached virtual machines and HDInsight clusters; the security groups of
// subnets and of network interfaces allow the service, or not, each in a different manner. vm-web is made from a custom image.
import {
  addressId,
  hdinsightBody,
  hdinsightId,
  type MachineSpec,
  machineAddress,
  machineId,
} from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import type { SubnetSpec, WorldDraft } from './draft.ts';
import { ofCompute } from './faults.ts';
import { inGroup, services, subnet, trainSubnet } from './names.ts';
import { denyInternet, type RuleText } from './network-bodies.ts';
import { attachedCompute, sshAt } from './workspace-bodies.ts';
import { type PlantedFault, world } from './world.ts';

const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const ssh: RuleText = {
  ...{ name: 'AllowService', priority: 200, direction: 'Inbound', access: 'Allow', protocol: '*' },
  ...{ source: 'AzureMachineLearning', destination: '*', ports: '22' },
};

const [tools, port, web, spark] = [
  ofCompute('vm-tools'),
  ofCompute('vm-port'),
  ofCompute('vm-web'),
  ofCompute('hdi-spark'),
];
const addRule =
  (securityGroup: string, rule: RuleText) =>
  (draft: WorldDraft): unknown =>
    draft.rules(groupId(securityGroup)).push(rule);

const faults: readonly PlantedFault[] = [
  tools('vm.ssh-inbound-azureml', 'The security group of its subnet does not allow the service.'),
  tools(
    'vm.outbound-limited',
    'The security group of its NIC denies the Internet, and no rule allows what it needs.',
    addRule('nsg-nic-tools', denyInternet(3000)),
  ),
  port('vm.ubuntu-only', 'It was created from a Red Hat image.', (draft) => {
    draft.machines = draft.machines.map((one) =>
      one.name === 'vm-port' ? { ...one, image: ['RedHat', 'RHEL', '9-lvm-gen2'] } : one,
    );
  }),
  port('vm.ssh-inbound-azureml', 'No rule allows port 5022.'),
  port('vm.ssh-port-matches', 'Port 22 is allowed, and it listens on 5022.'),
  web(
    'vm.outbound-default',
    'A rule denies port 443, and outbound traffic is not to be limited.',
    addRule('nsg-nic-web', denyInternet(3000, { name: 'DenyWeb', protocol: 'Tcp', ports: '443' })),
  ),
  ofCompute('vm-bare')(
    'vm.ssh-inbound-azureml',
    'A Standard public address allows no inbound traffic without a security group.',
  ),
  ofCompute('vm-gone')('vm.attached', 'The machine was deleted.', (draft) =>
    draft.bodies.push(attachedCompute('vm-gone', 'VirtualMachine', machineId('vm-gone'), sshAt('203.0.113.63'))),
  ),
  ofCompute('hdi-loose')('vm.in-vnet', 'Its roles are in no virtual network.', (draft) =>
    draft.bodies.push(
      attachedCompute('hdi-loose', 'HDInsight', hdinsightId('hdi-loose')),
      hdinsightBody('hdi-loose', null),
    ),
  ),
  spark('vm.hdinsight-same-rules', 'The security group of its subnet does not allow the service.'),
  spark('vm.hdinsight-management-inbound', 'The HDInsight service itself is blocked.'),
];

const machine = (name: string, where: string, address: string, more: Partial<MachineSpec> = {}): MachineSpec => ({
  ...{ name, subnet: subnet(where), address, power: 'running' },
  ...more,
});

export const machinesWorld = world({
  name: 'machines',
  title: 'Attached machines, half of them unreachable',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim'],
    computes: { 'cpu-cluster': { subnet: trainSubnet } },
    subnets: (): Record<string, SubnetSpec> => ({
      'snet-train': { prefix: '10.0.1.0/24', services },
      'snet-tools': { prefix: '10.0.2.0/24', services, securityGroup: groupId('nsg-tools') },
      'snet-port': { prefix: '10.0.3.0/24', services, securityGroup: groupId('nsg-port') },
      'snet-web': { prefix: '10.0.5.0/24', services },
      'snet-bare': { prefix: '10.0.6.0/24', services },
      'snet-spark': { prefix: '10.0.7.0/24', services, uses: 5, securityGroup: groupId('nsg-spark') },
    }),
  }),
  setup: (draft) => {
    draft.hasKubernetes = false;
    draft.machines = [
      machine('vm-tools', 'snet-tools', '10.0.2.4', { group: groupId('nsg-nic-tools') }),
      machine('vm-port', 'snet-port', '10.0.3.4'),
      machine('vm-web', 'snet-web', '10.0.5.4', {
        ...{ group: groupId('nsg-nic-web'), publicAddress: addressId('vm-web'), ownImage: 'ubuntu' },
      }),
      machine('vm-bare', 'snet-bare', '10.0.6.4', { publicAddress: addressId('vm-bare') }),
    ];
    draft.securityGroups = {
      [groupId('nsg-tools')]: [],
      [groupId('nsg-nic-tools')]: [ssh],
      [groupId('nsg-port')]: [ssh],
      [groupId('nsg-nic-web')]: [ssh],
      [groupId('nsg-spark')]: [],
    };
    draft.bodies = [
      attachedCompute('vm-tools', 'VirtualMachine', machineId('vm-tools'), sshAt('10.0.2.4')),
      attachedCompute('vm-port', 'VirtualMachine', machineId('vm-port'), sshAt('10.0.3.4', 5022)),
      attachedCompute('vm-web', 'VirtualMachine', machineId('vm-web'), sshAt('203.0.113.61')),
      attachedCompute('vm-bare', 'VirtualMachine', machineId('vm-bare'), sshAt('203.0.113.62')),
      attachedCompute('hdi-spark', 'HDInsight', hdinsightId('hdi-spark')),
      machineAddress('vm-web', 'Standard', '203.0.113.61'),
      machineAddress('vm-bare', 'Standard', '203.0.113.62'),
      hdinsightBody('hdi-spark', subnet('snet-spark')),
    ];
  },
  faults,
});
