// aks.basic-load-balancer: the cluster does not stand behind the retired kind of load balancer.
import { networkProfile } from '../../kinds/managed-cluster-view.ts';
import { clusterRule } from '../parts/cluster-rule.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';

const pointer = `${networkProfile}/loadBalancerSku`;

export const aksBasicLoadBalancer = clusterRule(
  {
    id: 'aks.basic-load-balancer',
    title: 'No Basic load balancer',
    severity: 'medium',
    profiles: ['current'],
    explain: {
      why: 'The Basic load balancer ended on 30 September 2025: a cluster behind one is supported no longer.',
      fix: 'None: the kind is changed by a migration of the whole cluster (az aks update --load-balancer-sku standard), which gives it new addresses.',
      breaks: 'Nothing.',
      links: [links.kubernetesStandard],
    },
    fixKind: 'none',
  },
  ({ cluster, view, name }) => {
    const evidence = [seen(cluster, pointer, 'kind of load balancer')];
    if (isOdd(cluster, pointer, 'string')) {
      return unknown(`The kind of load balancer of the ${name} is not in a form that can be judged.`, evidence);
    }
    return view.balancerSku === 'basic'
      ? fail(`The ${name} stands behind a Basic load balancer, which ended on 30 September 2025.`, evidence)
      : pass(`The ${name} stands behind no Basic load balancer.`, evidence);
  },
);
