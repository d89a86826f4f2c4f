// A name that is taken: what the request would send matches it, and any other setting of the request is named.
import { expect, test } from 'vitest';
import { existingCompute } from '../../commands/parts/existing-compute.ts';
import { type ComputeArgs, computeBody } from '../../commands/parts/new-compute.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

const workspace = '/subscriptions/1/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/mlw';
const subnet = '/subscriptions/1/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/vnet/subnets/train';
const user = '/subscriptions/1/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-x';
type Asked = Required<ComputeArgs> & { readonly subnet: string };
const asked: Asked = {
  ...{ what: 'cluster', name: 'cpu', size: 'STANDARD_DS3_V2', min: 0, max: 4, publicIp: false },
  ...{ ssh: 'disabled', identity: 'system', subnet: 'vnet/train' },
};

/** As it stands: made by this request. */
function differs(made: Asked, args: Asked): string[] {
  const id = `${workspace}/computes/cpu`;
  const type = 'Microsoft.MachineLearningServices/workspaces/computes';
  const body = computeBody(made, made.subnet === asked.subnet ? subnet : `${subnet}-b`, 'westeurope', made.publicIp);
  const resources = [{ id, type, apiVersion: '2026-05-01', body }];
  const snapshot = { workspace, resources } as unknown as Snapshot;
  return existingCompute(snapshot, args)?.differs.map(({ setting }) => setting) ?? ['none'];
}

test.each([asked, { ...asked, identity: user }, { ...asked, what: 'instance' as const }])(
  'what it asked for matches',
  (args) => expect(differs(args, args)).toEqual([]),
);

test.each<readonly [Partial<Asked>, string]>([
  [{ what: 'instance' }, 'type'],
  [{ size: 'STANDARD_DS4_V2' }, 'size'],
  [{ min: 1 }, 'minimum nodes'],
  [{ max: 5 }, 'maximum nodes'],
  [{ publicIp: true }, 'public IP address'],
  [{ ssh: 'enabled' }, 'SSH'],
  [{ identity: user }, 'identity'],
  [{ subnet: 'vnet-old/train' }, 'subnet'],
])('%j is another one', (other, setting) => {
  expect(differs(asked, { ...asked, ...other })).toContain(setting);
});

test.each([
  ['outside a network', null, 'NotSpecified', ['SSH']],
  ['in a subnet', subnet, 'NotSpecified', []],
  ['outside a network', null, undefined, ['SSH']],
  ['in a subnet', subnet, 'Enabled', ['SSH']],
])('SSH of a cluster %s (%s) that is %s', (_where, at, remoteLoginPortPublicAccess, differing) => {
  const type = 'Microsoft.MachineLearningServices/workspaces/computes';
  const inner = { subnet: at === null ? null : { id: at }, remoteLoginPortPublicAccess };
  const body = { properties: { computeType: 'AmlCompute', properties: inner } };
  const resources = [{ id: `${workspace}/computes/cpu`, type, apiVersion: '2026-05-01', body }];
  const found = existingCompute(
    { workspace, resources } as unknown as Snapshot,
    {
      ...{ what: 'cluster', name: 'cpu', ssh: 'disabled' },
    } as Asked,
  );
  expect(found?.differs.map(({ setting }) => setting)).toEqual(differing);
});

test('an identity that is asked for and is not there is named', () => {
  const { identity: _none, ...without } = asked;
  expect(differs(without as Asked, asked)).toEqual(['identity']);
});
