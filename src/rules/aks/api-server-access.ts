// aks.api-server-access: Azure Machine Learning can call the API server of an attached cluster that limits who may.

import { workspaceInHand } from '../../facts/links.ts';
import type { Change } from '../../model/change.ts';
import { nameOf, parentId, sameId } from '../../model/resource-id.ts';
import {
  apiServerPointer,
  authorizedRanges,
  hasNoLocalAccounts,
  limitsCallers,
} from '../../resource-types/managed-cluster-view.ts';
import {
  trustedAccessOf,
  trustedAccessType,
  trustedAccessView,
} from '../../resource-types/trusted-access-role-binding.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { numberedName, placeToMake } from '../parts/naming.ts';
import { evidenceAt, fail, notApplicable, noted, pass } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { type AttachedCluster, aksRule, attachedClusters } from './parts/clusters.ts';

const machineLearningRole = 'Microsoft.MachineLearningServices/workspaces/mlworkload';

function check({ cluster, view, name }: AttachedCluster, { index }: RuleContext): CheckResult {
  const evidence = [
    evidenceAt(cluster, `${apiServerPointer}/authorizedIPRanges`, 'authorized IP ranges'),
    evidenceAt(cluster, '/properties/disableLocalAccounts', 'local accounts disabled'),
  ];
  if (view.isPrivate)
    return notApplicable(`The API server of ${name} is private; see aks.private-link-unsupported.`, evidence);
  if (!limitsCallers(cluster))
    return pass(`The API server of ${name} has no authorized IP ranges and allows local accounts.`, evidence);
  const workspace = index.snapshot.workspace ?? '';
  const own = index
    .ofType(trustedAccessType)
    .find(
      (one) =>
        sameId(parentId(one.id), cluster.id) &&
        sameId(trustedAccessView(one).source, workspace) &&
        trustedAccessView(one).roles.some((role) => sameId(role, machineLearningRole)),
    );
  const why = [
    ...(authorizedRanges(cluster).length > 0 ? ['has authorized IP ranges'] : []),
    ...(hasNoLocalAccounts(cluster) ? ['disables local accounts'] : []),
  ].join(' and ');
  if (own)
    return pass(`${name} ${why}, and a Trusted Access role binding names this workspace.`, [
      ...evidence,
      evidenceAt(own, '/properties/roles', 'roles of the workspace'),
    ]);
  const bindings = index.list(trustedAccessOf(cluster.id));
  return fail(`${name} ${why}, and no Trusted Access role binding names this workspace.`, [
    ...evidence,
    noted(cluster.id, bindings.length, 'Trusted Access role bindings'),
  ]);
}

export const aksApiServerAccess = defineRule({
  ...aksRule,
  id: 'aks.api-server-access',
  title: 'API server allows Azure Machine Learning',
  problem: 'API server does not allow Azure Machine Learning',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'Azure Machine Learning calls the API server of the cluster to place jobs and models. Authorized IP ranges do not include its addresses, and without local accounts its sign-in is refused. A Trusted Access role binding allows it in both cases.',
    fix: `Creates a Trusted Access role binding for the workspace, with the role ${nameOf(machineLearningRole)}.`,
    breaks: 'Nothing stops working. The workspace may call the API server.',
    links: [links.kubernetesTrustedAccess],
  },
  fixKind: 'guided',
  subjects: attachedClusters,
  check,
  fix({ cluster }, { index }) {
    const here = workspaceInHand(index);
    if (!here) return 'There is no workspace.';
    const parts = ['bastide', nameOf(here.workspace.id).replaceAll('_', '-')];
    const idFor = (position: number) => `${trustedAccessOf(cluster.id)}/${numberedName(parts, 24, position)}`;
    const change: Change = {
      ...{ kind: 'create', resource: placeToMake(idFor, index).id, edits: [] },
      body: { properties: { sourceResourceId: here.workspace.id, roles: [machineLearningRole] } },
    };
    return { change, phase: 2 };
  },
});
