// Files that hold computes or an HDInsight cluster and no workspace: what they hold is checked, and an architecture that only
// the workspace shows is not guessed.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/index.ts';

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

test('an HDInsight cluster that nothing attaches is checked by itself', () => {
  expect(outcomes(spark())('vm.in-vnet')).toEqual(['fail']);
  const inside = outcomes(spark({ id: subnet.replace(/\/subnets.*/, ''), subnet }));
  expect(inside('vm.in-vnet')).toEqual(['pass']);
  expect(inside('vm.attached')).toEqual(['notApplicable']);
});
