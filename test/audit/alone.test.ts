// Files that hold computes or an HDInsight cluster and no workspace: what they hold is checked, and an architecture that only
// the workspace shows is not guessed. And what lies beside a workspace in a file: checked with all resources, named without.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { checkedAlone } from '../../src/facts/links.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession, snapshotFromTexts } from '../../src/session/index.ts';
import { forFiles } from '../support/sandbox.ts';

const group = '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg';
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/train`;
const clock = { now: () => new Date(0), newId: () => 'id' };
const outcomes = (...resources: readonly object[]) => {
  const text = JSON.stringify(resources);
  const { findings } = audit(
    snapshotFromTexts([{ path: 'file.json', text }], { allResources: false, ...clock }),
    rules,
  );
  return (rule: string) => findings.filter((finding) => finding.rule === rule).map(({ outcome }) => outcome);
};
const cluster = (properties: object) => ({
  id: `${group}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/cpu`,
  ...{ name: 'cpu', type: 'Microsoft.MachineLearningServices/workspaces/computes', location: 'westeurope' },
  properties: {
    ...{ computeType: 'AmlCompute', provisioningState: 'Succeeded' },
    properties: { vmSize: 'STANDARD_DS3_V2', scaleSettings: { minNodeCount: 0, maxNodeCount: 4 }, ...properties },
  },
});
const spark = (network?: object) => ({
  id: `${group}/providers/Microsoft.HDInsight/clusters/spark`,
  ...{ name: 'spark', type: 'Microsoft.HDInsight/clusters', location: 'westeurope' },
  properties: {
    computeProfile: { roles: [{ name: 'headnode', ...(network ? { virtualNetworkProfile: network } : {}) }] },
  },
});

test('a compute without a subnet may be in a managed network; SSH is open in any case', () => {
  const of = outcomes(cluster({ subnet: null, remoteLoginPortPublicAccess: 'Enabled' }));
  expect(of('compute.placed-in-vnet')).toEqual(['unknown']);
  expect(of('compute.ssh-public-access')).toEqual(['fail']);
});

test('a compute in a subnet is in no managed network', () => {
  const of = outcomes(cluster({ subnet: { id: subnet }, enableNodePublicIp: true }));
  expect(of('compute.placed-in-vnet')).toEqual(['pass']);
  expect(of('compute.managed-network-conflict')).toEqual(['notApplicable']);
  // Retired, whatever was read.
  expect(of('nsg.inbound-batch')).toEqual(['notApplicable']);
});

test('what is the same in every architecture is decided without one', () => {
  const of = outcomes(cluster({ subnet: null, remoteLoginPortPublicAccess: 'Disabled' }));
  expect(of('compute.placed-in-vnet')).toEqual(['unknown']);
  expect(of('compute.ssh-public-access')).toEqual(['pass']);
  // A workspace whose managed network is not known: with or without it, these are the same.
  const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/w`;
  const open = { $unresolved: "[parameters('network')]", because: 'the parameter network has no value' };
  const workspace = { id, name: 'w', type: 'Microsoft.MachineLearningServices/workspaces', location: 'westeurope' };
  const properties = { managedNetwork: open, v1LegacyMode: true };
  const both = outcomes(
    { ...workspace, properties },
    cluster({ subnet: { id: subnet }, remoteLoginPortPublicAccess: 'Disabled', enableNodePublicIp: false }),
  );
  expect(both('compute.ssh-public-access')).toEqual(['pass']);
  expect(both('workspace.v1-legacy-mode')).toEqual(['fail']);
  expect(both('workspace.managed-network-mode')).toEqual(['unknown']);
});

test('resources without a workspace are checked by themselves', () => {
  const one = (type: string, properties: object) => ({
    ...{ id: `${group}/providers/${type}/x`, name: 'x', type, location: 'westeurope' },
    properties,
  });
  const cluster2 = one('Microsoft.ContainerService/managedClusters', {
    networkProfile: { serviceCidr: '10.0.0.0/16', dnsServiceIP: '10.1.0.10' },
  });
  const of = outcomes(one('Microsoft.Databricks/workspaces', {}), cluster2);
  expect(of('databricks.vnet-injected')).toEqual(['fail']);
  expect(of('aks.dns-service-ip')).toEqual(['fail']);
  expect(of('aks.private-link-unsupported')).toEqual([]);
});

test('an HDInsight cluster that nothing attaches is checked by itself', () => {
  expect(outcomes(spark())('vm.in-vnet')).toEqual(['fail']);
  const inside = outcomes(spark({ id: subnet.replace(/\/subnets.*/, ''), subnet }));
  expect(inside('vm.in-vnet')).toEqual(['pass']);
  expect(inside('vm.attached')).toEqual(['notApplicable']);
});

test('what lies beside a workspace is named where it is not checked, and checked with all resources', () => {
  const id = (type: string, name: string) => `${group}/providers/${type}/${name}`;
  const account = id('Microsoft.Storage/storageAccounts', 'own');
  const resource = (type: string, name: string, properties: object) => ({
    ...{ id: id(type, name), name, type, location: 'westeurope' },
    properties,
  });
  const types = [...checkedAlone];
  const open = {
    ...{ direction: 'Inbound', access: 'Allow', protocol: 'Tcp', priority: 100, sourceAddressPrefix: '*' },
    ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRanges: ['22', '3389'] },
  };
  const securityRules = [{ name: 'open', properties: open }];
  const text = JSON.stringify([
    resource('Microsoft.MachineLearningServices/workspaces', 'w', { storageAccount: account }),
    resource('Microsoft.Storage/storageAccounts', 'own', {}),
    ...types.map((type, at) => resource(type, `beside${at}`, { securityRules, routes: [] })),
  ]);
  const shown = (allResources: boolean) => {
    const snapshot = snapshotFromTexts([{ path: 'file.json', text }], { allResources, ...clock });
    const session = createFileSession({ snapshot, rules, ...forFiles });
    return session.report(snapshot, 'all');
  };
  const beside = types.map((type, at) => id(type, `beside${at}`));
  const own = shown(false);
  expect(own.outside?.map((one) => one.toLowerCase()).toSorted()).toEqual(
    beside.map((one) => one.toLowerCase()).toSorted(),
  );
  const every = shown(true);
  expect(every.outside).toBeUndefined();
  const decided = every.findings.filter(({ outcome }) => outcome !== 'notApplicable');
  const about = new Set(decided.map(({ resource: one }) => one.toLowerCase()));
  for (const one of beside) expect([...about]).toContain(one.toLowerCase());
  expect(decided.find(({ rule }) => rule === 'nsg.management-ports')).toMatchObject({ outcome: 'fail' });
});
