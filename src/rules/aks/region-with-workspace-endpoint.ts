// aks.region-with-workspace-endpoint: beside a private endpoint of the workspace, the cluster lies in the workspace's region.

import { workspaceView } from '../../kinds/workspace-view.ts';
import { clean } from '../../model/text.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { regionOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, pass, seen, unknown } from '../parts/verdict.ts';
import { connectionsPointer } from '../parts/workspace.ts';

export const aksRegionWithWorkspaceEndpoint = clusterRule(
  {
    id: 'aks.region-with-workspace-endpoint',
    title: "AKS in the workspace's region when the workspace has a private endpoint",
    severity: 'high',
    profiles: ['current'],
    explain: {
      why: 'A workspace that is reached through a private endpoint serves models only on clusters in its own region.',
      fix: 'None: a cluster does not move. Make one in the region of the workspace and attach that.',
      breaks: 'Nothing.',
      links: [links.secureInference, links.workspacePrivateLink],
    },
    fixKind: 'none',
  },
  ({ cluster, view, name }, { world }) => {
    const workspace = world.workspace();
    if (!workspace) return notApplicable('There is no workspace; workspace.exists speaks of that.');
    const evidence = [
      seen(workspace, connectionsPointer, 'private endpoint connections of the workspace'),
      seen(workspace, '/location', 'region of the workspace'),
      seen(cluster, '/location', 'region of the cluster'),
    ];
    if (customerEndpoints(workspace.id, world).length === 0) {
      return notApplicable('The workspace has no private endpoint.', evidence);
    }
    const [own, other] = [workspaceView(workspace).location, view.location].map((one) => clean(regionOf(one), 60));
    if (own === '' || other === '')
      return unknown(`The region of the workspace or of the ${name} is not shown.`, evidence);
    return own === other
      ? pass(`The ${name} is in the workspace’s region, ${own}.`, evidence)
      : fail(`The ${name} is in ${other}, and the workspace, which has a private endpoint, in ${own}.`, evidence);
  },
);
