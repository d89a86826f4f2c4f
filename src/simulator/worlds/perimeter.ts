// World "perimeter": closed by service endpoints, then put behind a network security perimeter without access rules: one account and
// the vault are enforced, one account is in Learning mode, one is secured by a perimeter that it is not associated with. Its closed
// twin uses private endpoints, and an access rule allows the subscription of the workspace.
import { closedByPrivateEndpoints, closedByServiceEndpoints } from './bases.ts';
import { ofAccount, ofRegistry, ofVault, ofWorkspace, setAccount } from './faults.ts';
import { account, gpuSubnet, subscription, trainSubnet, vault } from './names.ts';
import { perimeterBodies } from './perimeter-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const dead = 'Its rule for this subnet has no effect.';
const blocked = 'No access rule allows the workspace.';
const used = [trainSubnet, gpuSubnet];

const secured = setAccount('lakemlsim', { publicNetworkAccess: 'SecuredByPerimeter' });

const faults: readonly PlantedFault[] = [
  ofAccount('stmlsim')('storage.perimeter-override', blocked, (draft) => {
    draft.bodies = [
      ...draft.bodies,
      ...perimeterBodies([
        { resource: account('stmlsim'), mode: 'Enforced' },
        { resource: account('stmldata'), mode: 'Learning' },
        { resource: vault, mode: 'Enforced' },
      ]),
    ];
  }),
  ofVault('keyvault.perimeter-override', blocked),
  ...used.flatMap((where) => [
    ofAccount('stmlsim', where)('storage.vnet-rule-compute-subnet', dead),
    ofAccount('lakemlsim', where)('storage.vnet-rule-compute-subnet', dead),
    faultsOf(vault, where)('keyvault.vnet-rule-compute-subnet', dead),
  ]),
  ofAccount('lakemlsim')('storage.nondefault-accounts', 'It is secured by a perimeter.'),
  ofAccount('lakemlsim')('storage.adls2-network-rules', 'It is secured by a perimeter.'),
  ofAccount('lakemlsim')('storage.adls2-compute-same-vnet', 'Its subnet rules have no effect.'),
  ...['stmlsim', 'lakemlsim'].map((name) =>
    ofAccount(name)('storage.same-vnet-as-compute', 'Its subnet rules have no effect.'),
  ),
  ofRegistry('acr.same-vnet-subnet', 'The account allows no compute subnet.'),
  ofRegistry('acr.build-cluster-same-subnet', 'The account does not allow the subnet in which images are built.'),
  ofWorkspace('workspace.studio-blocked-by-secured-storage', 'The perimeter blocks the workspace.'),
  ofAccount('lakemlsim')('storage.public-network-access', 'Its subnet rules have no effect.', secured),
  ofAccount('lakemlsim')('storage.perimeter-override', 'It is in no perimeter that could allow the workspace.'),
];

export const perimeterWorld = world({
  name: 'perimeter',
  title: 'Network security perimeter without access rules',
  base: closedByServiceEndpoints(),
  setup: (draft) => {
    draft.computes = { 'cpu-cluster': draft.compute('cpu-cluster'), 'gpu-cluster': draft.compute('gpu-cluster') };
    draft.hasKubernetes = false;
  },
  faults,
});

export const closedPerimeter = world({
  name: 'closed-perimeter',
  title: 'Private endpoints and a network security perimeter, no faults',
  base: closedByPrivateEndpoints,
  setup: (draft) => {
    secured(draft);
    draft.bodies = [
      ...draft.bodies,
      ...perimeterBodies(
        [
          { resource: account('stmlsim'), mode: 'Enforced' },
          { resource: account('stmldata'), mode: 'Learning' },
          { resource: account('lakemlsim'), mode: 'Enforced' },
          { resource: vault, mode: 'Enforced' },
        ],
        [{ name: 'allow-subscription', subscriptions: [`/subscriptions/${subscription}`] }],
      ),
    ];
  },
});
