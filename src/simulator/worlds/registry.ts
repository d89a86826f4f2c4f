// World "registry": closed by service endpoints, the registry too, without what that requires: the workspace has no cluster that
// could build images, and its private link to the registry is pending. The account refuses the keys that its datastores use.
import { closedByServiceEndpoints, workspaceEndpoint } from './bases.ts';
import { ofAccount, ofRegistry, ofWorkspace, setProperties, setWorkspace } from './faults.ts';
import { account, devSubnet, services, zoneGroup } from './names.ts';
import { world } from './world.ts';

export const registryWorld = world({
  name: 'registry',
  title: 'Closed registry, no compute to build images',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim'],
    subnets: () => ({
      'snet-dev': { prefix: '10.0.3.0/24', services, uses: 1 },
      'snet-pe': { prefix: '10.0.4.0/24', services },
    }),
  }),
  setup: (draft) => {
    draft.groups.push(zoneGroup);
    draft.endpoints = [workspaceEndpoint()];
    draft.vault.subnets = [devSubnet];
    draft.registry.subnets = [devSubnet];
    draft.hasKubernetes = false;
  },
  faults: [
    ofWorkspace('workspace.v1-legacy-mode', 'It refuses the v2 API.', setWorkspace({ v1LegacyMode: true })),
    ofAccount('stmlsim')('storage.shared-key-access', 'Its datastores sign in with the account key.', (draft) => {
      setProperties(account('stmlsim'), { allowSharedKeyAccess: false })(draft);
      draft.workspace.members.push('"systemDatastoresAuthMode": "AccessKey"');
    }),
    ofRegistry('acr.workspace-has-cluster', 'The workspace has an instance and no cluster.', (draft) => {
      draft.computes = { 'ci-anna': draft.compute('ci-anna') };
    }),
    ofRegistry(
      'acr.image-build-compute',
      'No compute is set to build images.',
      setWorkspace({ imageBuildCompute: undefined }),
    ),
    ofRegistry(
      'acr.shared-private-link-approved',
      'The private link of the workspace is pending.',
      setWorkspace({ sharedLink: 'Pending' }),
    ),
  ],
});
