// workspace.tooling-retired: the Python snippets of the 2020 article use an SDK that is no longer supported. A note, never a
// failure: no configuration can break it.
import { workspaceType } from '../../kinds/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import { noted, pass } from '../parts/verdict.ts';

/** What the article writes, and what says the same today. */
const successors: readonly (readonly [string, string])[] = [
  ['AmlCompute.provisioning_configuration(…)', 'az ml compute create --type AmlCompute'],
  ['AksCompute.provisioning_configuration(…)', 'az aks create, then az ml compute attach --type Kubernetes'],
  [
    "AksUpdateConfiguration(load_balancer_type='InternalLoadBalancer')",
    'az k8s-extension create --extension-type Microsoft.AzureML.Kubernetes --config internalLoadBalancerProvider=azure',
  ],
  ['AciWebservice.deploy_configuration(…)', 'az ml online-endpoint create, then az ml online-deployment create'],
  ['Dataset.File.from_files(…, validate=False)', 'az ml data create'],
];

export const workspaceToolingRetired = defineRule({
  id: 'workspace.tooling-retired',
  title: 'Python SDK v1 instructions no longer hold',
  severity: 'info',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'Every Python snippet of the 2020 article is for SDK v1, deprecated on 31 March 2025 and supported until 30 June 2026.',
    fix: 'None: write new scripts for SDK v2 or the ml extension of the Azure CLI; what stands in Azure is not concerned.',
    breaks: 'Nothing.',
    links: [links.sdkLifetime],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: ({ resource }) =>
    pass(
      'Scripts written after the 2020 article use SDK v1, supported until 30 June 2026; the evidence names what says the same today.',
      successors.map(([snippet, successor]) => noted(resource, successor, `instead of ${snippet}`)),
    ),
});
