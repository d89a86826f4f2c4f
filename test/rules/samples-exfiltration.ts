// Samples of `storage.exfiltration-policy`: the training subnet of a limited workspace, with and without a policy.
import { group, ids, type Loose, refused, type Scene } from '../support/snapshot.ts';
import type { Sample, SampleChange } from './sampling.ts';

const policy = `${group}/providers/Microsoft.Network/serviceEndpointPolicies/sep-train`;
const alias = '/services/Azure/MachineLearning';

const subnetIn = (scene: Scene): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train).properties;

const limited =
  (more: SampleChange = () => {}): SampleChange =>
  (scene) => {
    scene.intents = { ...scene.intents, outboundMode: 'limited' };
    more(scene);
  };
/** The policy on the subnet, allowing these. */
const policed = (resources: readonly string[], more: SampleChange = () => {}): SampleChange =>
  limited((scene) => {
    subnetIn(scene).serviceEndpointPolicies = [{ id: policy.toUpperCase() }];
    scene.bodies[policy] = {
      ...{ id: policy, name: 'sep-train', type: 'Microsoft.Network/serviceEndpointPolicies', location: 'westeurope' },
      properties: {
        serviceEndpointPolicyDefinitions: [
          { name: 'all', properties: { service: 'Microsoft.Storage', serviceResources: [...resources] } },
        ],
      },
    };
    more(scene);
  });

const sample = (says: Sample['says'], when: string, change: SampleChange): Sample => ({
  ...{ rule: 'storage.exfiltration-policy', says, when, change, on: ids.train },
});

export const exfiltrationSamples: readonly Sample[] = [
  sample('notApplicable', 'outbound is open', (scene) => {
    scene.intents = { ...scene.intents, outboundMode: 'open' };
  }),
  sample('fail', 'limited, no policy', limited()),
  sample('fail', 'the account without the alias', policed([ids.account])),
  sample('fail', 'the alias without the account', policed([alias])),
  sample('pass', 'alias and account', policed([alias.toLowerCase(), ids.account.toUpperCase()])),
  sample('pass', 'alias and the whole group', policed([alias, group])),
  sample(
    'fail',
    'a policy on a subnet without service endpoint',
    policed([alias, ids.account], (scene) => {
      subnetIn(scene).serviceEndpoints = [];
    }),
  ),
  sample(
    'unknown',
    'the policy may not be read',
    policed([alias, ids.account], (scene) => {
      Reflect.deleteProperty(scene.bodies, policy);
      scene.gaps.push(refused(policy));
    }),
  ),
];
