// aks.private-link-unsupported: in 2020 no private API server, today none with a public name beside it.
import { clusterRule } from '../parts/cluster-rule.ts';
import { links } from '../parts/links.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';

const access = '/properties/apiServerAccessProfile';
const flags = [`${access}/enablePrivateCluster`, `${access}/enablePrivateClusterPublicFQDN`];

export const aksPrivateLinkUnsupported = clusterRule(
  {
    id: 'aks.private-link-unsupported',
    title: 'Private-link AKS',
    severity: 'high',
    explain: {
      why: 'The workspace talks to the API server of the cluster. The service of 2020 could not reach a private one; today it can, unless the private one also has a public name.',
      fix: 'None: make the cluster anew without the setting, or take the public name away (az aks update --disable-public-fqdn).',
      breaks: 'Nothing.',
      links: [links.secureInference, links.kubernetesPrivate],
    },
    fixKind: 'none',
  },
  ({ cluster, view, name }, { profile }) => {
    const evidence = [
      seen(cluster, flags[0] ?? access, 'private API server'),
      seen(cluster, flags[1] ?? access, 'public name of it'),
    ];
    if (isOdd(cluster, access, 'object') || flags.some((flag) => isOdd(cluster, flag, 'boolean'))) {
      return unknown(`Whether the API server of the ${name} is private is not in a form that can be judged.`, evidence);
    }
    if (!view.isPrivate) return pass(`The API server of the ${name} is not private.`, evidence);
    if (profile === 'seed-2020') {
      return fail(`The API server of the ${name} is private, which the workspace of 2020 cannot reach.`, evidence);
    }
    return view.hasPublicName
      ? fail(
          `The API server of the ${name} is private and has a public name, which the workspace does not support.`,
          evidence,
        )
      : pass(
          `The API server of the ${name} is private, which is supported today (the 2020 article says it is not).`,
          evidence,
        );
  },
);
