// Samples of the rules of attached machines: one virtual machine, or one HDInsight cluster, in the training subnet.
import { group, ids, type Loose, missing, refused, type Scene } from '../support/snapshot.ts';
import { into, out } from './samples-nsg.ts';
import { both, type Sample, type SampleChange } from './sampling.ts';

const at = (type: string, name: string): string => `${group}/providers/${type}/${name}`;
const machine = at('Microsoft.Compute/virtualMachines', 'vm-one');
const card = at('Microsoft.Network/networkInterfaces', 'nic-one');
const cluster = at('Microsoft.HDInsight/clusters', 'hdi-one');
const address = at('Microsoft.Network/publicIPAddresses', 'pip-one');
const subnetGroup = at('Microsoft.Network/networkSecurityGroups', 'nsg-subnet');
const cardGroup = at('Microsoft.Network/networkSecurityGroups', 'nsg-card');
const compute = `${ids.workspace}/computes/attached-one`;

const resource = (id: string, properties: Loose, more: Loose = {}): Loose => ({
  ...{ id, name: id.split('/').at(-1), location: 'westeurope', ...more },
  properties: { provisioningState: 'Succeeded', ...properties },
});
const attach = (computeType: string, resourceId: string, settings: Loose): Loose => ({
  ...resource(compute, { computeType, resourceId, isAttachedCompute: true, properties: settings }),
  type: 'Microsoft.MachineLearningServices/workspaces/computes',
});
const subnetIn = (scene: Scene): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train).properties;
const ubuntu = { publisher: 'Canonical', offer: '0001-com-ubuntu-server-jammy', sku: '22_04-lts' };

const vm: SampleChange = ({ bodies }) => {
  bodies[compute] = attach('VirtualMachine', machine, { sshPort: 22, address: '10.0.1.4' });
  bodies[machine] = resource(machine, {
    storageProfile: { imageReference: ubuntu, osDisk: { osType: 'Linux' } },
    networkProfile: { networkInterfaces: [{ id: card }] },
  });
  bodies[card] = resource(card, {
    ipConfigurations: [
      { name: 'one', properties: { primary: true, privateIPAddress: '10.0.1.4', subnet: { id: ids.train } } },
    ],
  });
};
const hdi: SampleChange = ({ bodies }) => {
  const role = (name: string) => ({ name, virtualNetworkProfile: { id: ids.vnet, subnet: ids.train } });
  bodies[compute] = attach('HDInsight', cluster, { sshPort: 22, address: 'hdi-one-ssh.azurehdinsight.net' });
  bodies[cluster] = resource(cluster, { computeProfile: { roles: [role('headnode'), role('workernode')] } });
};
const made =
  (image: Loose, more: Loose = {}): SampleChange =>
  ({ bodies }) => {
    Object.assign(bodies[machine].properties.storageProfile, { imageReference: image });
    Object.assign(bodies[machine].properties, more);
  };
const own = { id: at('Microsoft.Compute/images', 'img') };
const port =
  (value: Loose): SampleChange =>
  ({ bodies }) => {
    bodies[compute].properties.properties.sshPort = value;
  };
const unread =
  (id: string): SampleChange =>
  (scene) => {
    Reflect.deleteProperty(scene.bodies, id);
    scene.gaps.push(refused(id));
  };
const gone =
  (id: string): SampleChange =>
  (scene) => {
    Reflect.deleteProperty(scene.bodies, id);
    scene.gaps.push(missing(id));
  };
const groupOf =
  (id: string, rules: readonly Loose[]): SampleChange =>
  ({ bodies }) => {
    const securityRules = rules.map((rule) => ({ ...rule, id: `${id}/securityRules/${rule.name}` }));
    bodies[id] = resource(id, { securityRules });
  };
/** A group on the subnet. */
const onSubnet = (...rules: readonly Loose[]): SampleChange =>
  both(groupOf(subnetGroup, rules), (scene) => {
    subnetIn(scene).networkSecurityGroup = { id: subnetGroup };
  });
/** A group on the interface. */
const onCard = (...rules: readonly Loose[]): SampleChange =>
  both(groupOf(cardGroup, rules), ({ bodies }) => {
    bodies[card].properties.networkSecurityGroup = { id: cardGroup };
  });
const outside =
  (sku: Loose): SampleChange =>
  ({ bodies }) => {
    bodies[card].properties.ipConfigurations[0].properties.publicIPAddress = { id: address };
    bodies[address] = resource(address, { ipAddress: '203.0.113.9' }, sku === null ? {} : { sku: { name: sku } });
  };
const answered =
  (outboundMode: string): SampleChange =>
  ({ intents }) => {
    Object.assign(intents, { outboundMode });
  };
const far: SampleChange = ({ bodies }) => {
  bodies[card].properties.ipConfigurations[0].properties.subnet = { id: ids.far };
};
const open: SampleChange = ({ bodies }) => {
  bodies[ids.account].properties.networkAcls.defaultAction = 'Allow';
};

const service = 'AzureMachineLearning';
const ssh = into(100, service, '22');
const toInternet = (ports = '*', protocol = '*') => out(4000, 'Internet', ports, protocol, 'Deny');
const exceptions = [
  out(100, 'Storage.WestEurope', '*', '*'),
  out(110, 'AzureContainerRegistry.WestEurope', '*', '*'),
  out(120, service, '*', '*'),
  out(130, 'AzureResourceManager', '*', '*'),
  out(140, 'AzureActiveDirectory', '*', '*'),
  out(150, 'MicrosoftContainerRegistry', '*', '*'),
];

const on =
  (base: SampleChange) =>
  (id: string, says: Sample['says'], when: string, change: SampleChange = () => {}): Sample => ({
    ...{ rule: `vm.${id}`, says, when, on: compute },
    change: both(base, change),
  });
const sample = on(vm);
const spark = on(hdi);
const every = [
  ...['ubuntu-only', 'in-vnet', 'ssh-inbound-azureml', 'ssh-port-matches', 'outbound-default', 'outbound-limited'],
  ...['attached', 'hdinsight-same-rules', 'hdinsight-management-inbound'],
];

export const vmSamples: readonly Sample[] = [
  ...every.map(
    (id): Sample => ({
      ...{ rule: `vm.${id}`, says: 'notApplicable', when: 'nothing is attached', change: () => {}, on: ids.workspace },
    }),
  ),
  ...every
    .filter((id) => !id.startsWith('hdinsight'))
    .map((id) => sample(id, 'unknown', 'the machine may not be read', unread(machine))),
  ...['hdinsight-same-rules', 'hdinsight-management-inbound', 'in-vnet', 'attached'].map((id) =>
    spark(id, 'unknown', 'the cluster may not be read', unread(cluster)),
  ),

  sample('ubuntu-only', 'pass', 'an image of Canonical'),
  sample('ubuntu-only', 'fail', 'Red Hat', made({ publisher: 'RedHat', offer: 'RHEL', sku: '9_4' })),
  sample('ubuntu-only', 'fail', 'Windows', ({ bodies }) => {
    bodies[machine].properties.storageProfile.osDisk.osType = 'WINDOWS';
  }),
  sample(
    'ubuntu-only',
    'pass',
    'a Data Science VM',
    made({ publisher: 'microsoft-dsvm', offer: 'ubuntu-hpc', sku: '2204' }),
  ),
  sample(
    'ubuntu-only',
    'pass',
    'an image of one’s own, and its agent says so',
    made(own, { instanceView: { osName: 'Ubuntu' } }),
  ),
  sample(
    'ubuntu-only',
    'fail',
    'an image of one’s own, and its agent says otherwise',
    made(own, { instanceView: { osName: 'centos' } }),
  ),
  sample(
    'ubuntu-only',
    'unknown',
    'an image of one’s own, and no agent',
    both(made(own), ({ bodies }) => {
      bodies[`${machine}/instanceView`] = { id: `${machine}/instanceView`, statuses: [] };
    }),
  ),
  sample(
    'ubuntu-only',
    'unknown',
    'an image of one’s own, and the agent may not be asked',
    both(made(own), unread(`${machine}/instanceView`)),
  ),
  sample(
    'ubuntu-only',
    'pass',
    'an image of one’s own, and the agent was asked',
    both(made(own), ({ bodies }) => {
      bodies[`${machine}/instanceView`] = { id: `${machine}/instanceView`, osName: 'ubuntu' };
    }),
  ),
  spark('ubuntu-only', 'notApplicable', 'an HDInsight cluster'),

  sample('in-vnet', 'pass', 'in the account’s network'),
  sample('in-vnet', 'fail', 'in a network the account does not admit', far),
  sample('in-vnet', 'pass', 'the account is open', both(far, open)),
  spark('in-vnet', 'pass', 'an HDInsight cluster in the account’s network'),
  spark('in-vnet', 'fail', 'a role without a network', ({ bodies }) => {
    Reflect.deleteProperty(bodies[cluster].properties.computeProfile.roles[1], 'virtualNetworkProfile');
  }),
  sample('in-vnet', 'unknown', 'the interface may not be read', unread(card)),
  sample('in-vnet', 'notApplicable', 'the machine is gone', gone(machine)),

  sample('ssh-inbound-azureml', 'unknown', 'neither a group nor a public address'),
  sample('ssh-inbound-azureml', 'pass', 'no group, and a Basic address', outside('basic')),
  sample('ssh-inbound-azureml', 'pass', 'no group, and an address that shows no tier', outside(null)),
  sample('ssh-inbound-azureml', 'fail', 'no group, and a Standard address', outside('Standard')),
  sample(
    'ssh-inbound-azureml',
    'unknown',
    'no group, and an address that may not be read',
    both(outside('Basic'), unread(address)),
  ),
  sample('ssh-inbound-azureml', 'fail', 'the interface allows, the subnet does not', both(onCard(ssh), onSubnet())),
  sample('ssh-inbound-azureml', 'fail', 'the subnet allows, the interface does not', both(onCard(), onSubnet(ssh))),
  sample('ssh-inbound-azureml', 'pass', 'both allow', both(onCard(ssh), onSubnet(ssh))),
  sample('ssh-inbound-azureml', 'pass', 'everybody may come', onSubnet(into(100, '*', '22'))),
  sample(
    'ssh-inbound-azureml',
    'pass',
    'for its own address alone',
    onCard({ ...ssh, properties: { ...ssh.properties, destinationAddressPrefix: '10.0.1.4' } }),
  ),
  sample(
    'ssh-inbound-azureml',
    'fail',
    'for its neighbour',
    onCard({ ...ssh, properties: { ...ssh.properties, destinationAddressPrefix: '10.0.1.5' } }),
  ),
  sample(
    'ssh-inbound-azureml',
    'unknown',
    'the group of the interface may not be read',
    both(onCard(ssh), unread(cardGroup)),
  ),
  sample(
    'ssh-inbound-azureml',
    'fail',
    'one group may not be read, and the other stops it',
    both(onCard(ssh), onSubnet(), unread(cardGroup)),
  ),
  spark('ssh-inbound-azureml', 'notApplicable', 'an HDInsight cluster', onSubnet()),

  sample('ssh-port-matches', 'notApplicable', 'no group'),
  sample('ssh-port-matches', 'pass', 'attached with 22, and 22 is open', onSubnet(ssh)),
  sample('ssh-port-matches', 'fail', 'attached with 5022, and 22 is open', both(port(5022), onSubnet(ssh))),
  sample('ssh-port-matches', 'fail', 'attached with 22, and 5022 is open', onSubnet(into(100, service, '5022'))),
  sample(
    'ssh-port-matches',
    'pass',
    'attached with 5022, and a range holds it',
    both(port(5022), onSubnet(into(100, service, '5000-6000'))),
  ),
  sample('ssh-port-matches', 'notApplicable', 'nothing is open', both(port(5022), onSubnet())),
  sample('ssh-port-matches', 'unknown', 'no port is told', both(port(null), onSubnet(ssh))),
  sample('ssh-port-matches', 'unknown', 'the port is a text', both(port('22'), onSubnet(ssh))),

  sample('outbound-default', 'pass', 'no group'),
  sample('outbound-default', 'pass', 'Azure’s own rules', onSubnet(ssh)),
  sample('outbound-default', 'fail', 'open, and a deny of everything', both(answered('open'), onCard(toInternet()))),
  sample(
    'outbound-default',
    'fail',
    'nobody asked for limits, and a deny of the web',
    onSubnet(toInternet('443', 'Tcp')),
  ),
  sample(
    'outbound-default',
    'fail',
    'a deny of the network',
    both(answered('open'), onSubnet(out(300, 'VirtualNetwork', '*', '*', 'Deny'))),
  ),
  sample('outbound-default', 'pass', 'a deny of mail', onSubnet(toInternet('25', 'Tcp'))),
  sample('outbound-default', 'fail', 'a deny of a required service', onSubnet(out(300, service, '443', 'Tcp', 'Deny'))),
  sample(
    'outbound-default',
    'unknown',
    'a deny of a range, and no service tags',
    onSubnet(out(300, '185.220.101.0/24', '443', 'Tcp', 'Deny')),
  ),
  sample('outbound-default', 'notApplicable', 'limited on purpose', both(answered('limited'), onCard(toInternet()))),
  sample('outbound-default', 'notApplicable', 'limited by what is there', onCard(toInternet())),
  sample('outbound-default', 'unknown', 'a group may not be read', both(onSubnet(), unread(subnetGroup))),

  sample('outbound-limited', 'notApplicable', 'no group', answered('limited')),
  sample('outbound-limited', 'notApplicable', 'outbound is open', onSubnet(ssh)),
  sample(
    'outbound-limited',
    'fail',
    'the interface denies, the subnet is open',
    both(onCard(toInternet()), onSubnet()),
  ),
  sample(
    'outbound-limited',
    'fail',
    'the allows stand at the interface alone',
    both(onCard(...exceptions, toInternet()), onSubnet(toInternet())),
  ),
  sample(
    'outbound-limited',
    'pass',
    'the allows stand at both',
    both(onCard(...exceptions, toInternet()), onSubnet(...exceptions, toInternet())),
  ),
  sample('outbound-limited', 'unknown', 'a group may not be read', both(onCard(), unread(cardGroup))),

  sample('attached', 'pass', 'Succeeded'),
  sample('attached', 'fail', 'Failed', ({ bodies }) => {
    bodies[compute].properties.provisioningState = 'failed';
  }),
  sample('attached', 'fail', 'errors', ({ bodies }) => {
    bodies[compute].properties.provisioningErrors = [{ error: { code: 'X', message: 'no \u001b[31mlogin' } }];
  }),
  sample('attached', 'fail', 'the machine is gone', gone(machine)),
  sample('attached', 'unknown', 'Updating', ({ bodies }) => {
    bodies[compute].properties.provisioningState = 'Updating';
  }),

  sample('hdinsight-same-rules', 'notApplicable', 'a virtual machine', onSubnet()),
  spark('hdinsight-same-rules', 'pass', 'no group'),
  spark('hdinsight-same-rules', 'fail', 'Azure’s own rules', onSubnet()),
  spark('hdinsight-same-rules', 'pass', 'an allow of the service', onSubnet(ssh)),
  spark('hdinsight-same-rules', 'unknown', 'a group may not be read', both(onSubnet(), unread(subnetGroup))),

  sample('hdinsight-management-inbound', 'notApplicable', 'a virtual machine', onSubnet()),
  spark('hdinsight-management-inbound', 'notApplicable', 'no group'),
  spark('hdinsight-management-inbound', 'fail', 'Azure’s own rules', onSubnet()),
  spark('hdinsight-management-inbound', 'pass', 'an allow of HDInsight', onSubnet(into(100, 'HDInsight', '443'))),
  spark(
    'hdinsight-management-inbound',
    'pass',
    'an allow of the region’s tag',
    onSubnet(into(100, 'HDInsight.WestEurope', '443')),
  ),
  spark(
    'hdinsight-management-inbound',
    'fail',
    'a deny of Azure’s name servers',
    onSubnet(into(100, 'HDInsight', '443'), out(200, 'AzurePlatformDNS', '53', '*', 'Deny')),
  ),
  spark(
    'hdinsight-management-inbound',
    'notApplicable',
    'the cluster calls its service',
    both(onSubnet(), ({ bodies }) => {
      bodies[cluster].properties.networkProperties = { resourceProviderConnection: 'outbound' };
    }),
  ),
];
