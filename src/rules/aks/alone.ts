// Kubernetes clusters in files without a selected workspace: who can reach their API server.

import {
  apiServerPointer,
  authorizedRanges,
  managedClusterType,
  managedClusterView,
} from '../../resource-types/managed-cluster-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { alone } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, few, pass, quoted } from '../parts/verdict.ts';

export const aksPublicApiServer = defineRule({
  id: 'aks.public-api-server',
  title: 'API server is not open to the Internet',
  problem: 'API server is open to the Internet',
  severity: 'medium',
  profiles: ['current'],
  about: managedClusterType,
  explain: {
    why: 'Only sign-in protects an API server that is reachable from the Internet. This rule applies to files without a selected workspace.',
    fix: 'None: set authorizedIPRanges, or create the cluster as a private cluster.',
    links: [links.kubernetesTrustedAccess],
  },
  subjects: alone(managedClusterType),
  check(cluster) {
    const name = `Kubernetes cluster ${displayName(cluster.id)}`;
    const evidence = [
      evidenceAt(cluster, `${apiServerPointer}/enablePrivateCluster`, 'private cluster'),
      evidenceAt(cluster, `${apiServerPointer}/authorizedIPRanges`, 'authorized IP ranges'),
    ];
    if (managedClusterView(cluster).isPrivate) return pass(`The API server of ${name} is private.`, evidence);
    const ranges = authorizedRanges(cluster);
    const open = ranges.filter((range) => /^0\.0\.0\.0\/[01]$/.test(range));
    if (ranges.length > 0 && open.length === 0)
      return pass(`The API server of ${name} allows ${few(ranges.map(quoted))} only.`, evidence);
    return ranges.length === 0
      ? fail(`The API server of ${name} is public, and authorizedIPRanges is empty.`, evidence)
      : fail(
          `The API server of ${name} is public, and authorizedIPRanges contains ${few(open.map(quoted))}.`,
          evidence,
        );
  },
});
