// databricks.vnet-same-subscription-region: the network of Databricks lies where the workspace does.
import { vnetView } from '../../kinds/network-view.ts';
import { workspaceView } from '../../kinds/workspace-view.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { regionOf } from '../../posture/service-endpoints.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { databricksSubjects, type Injected, injectedJudged, networkEvidence } from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(injected: Injected, { world }: Judgement): Verdict {
  const { network } = injected;
  const id = world.snapshot.workspace ?? injected.compute.id;
  const [own, other] = [subscriptionOf(id), subscriptionOf(network)];
  const places = [
    networkEvidence(injected),
    noted(id, own ?? null, 'subscription of the workspace'),
    noted(network, other ?? null, 'subscription of the network'),
  ];
  if (own === undefined || other === undefined) {
    return unknown(`The id of the network of ${shown(injected.resource.id)} shows no subscription.`, places);
  }
  if (!sameId(own, other)) {
    return fail(
      `Databricks sits in ${shown(network)} of subscription ${clean(other, 60)}, and the workspace in ${clean(own, 60)}.`,
      places,
    );
  }
  const workspace = world.workspace();
  const found = world.get(network);
  if (!workspace || !found) return notApplicable(`${shown(workspace ? network : id)} does not exist.`, places);
  const [here, there] = [workspaceView(workspace).location, vnetView(found).location];
  const evidence = [
    ...places,
    seen(workspace, '/location', 'region of the workspace'),
    seen(found, '/location', 'region of the network'),
  ];
  if (here === undefined || there === undefined) {
    return unknown(`The region of ${shown(here === undefined ? id : network)} is not shown.`, evidence);
  }
  return regionOf(here) === regionOf(there)
    ? pass(`The network ${shown(network)} lies in the workspace’s subscription and region.`, evidence)
    : fail(
        `The network ${shown(network)} of Databricks is in ${quoted(there)}, and the workspace in ${quoted(here)}.`,
        evidence,
      );
}

export const databricksVnetSameSubscriptionRegion = defineRule({
  id: 'databricks.vnet-same-subscription-region',
  title: 'Same subscription and region as the ML workspace',
  severity: 'high',
  about: computeType,
  explain: {
    why: 'The workspace can use Databricks only where both share a subscription and a region.',
    fix: 'None: a network stays in its subscription and region. Deploy Databricks into a network beside the workspace and attach that.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.databricksNetwork],
  },
  fixKind: 'none',
  subjects: databricksSubjects,
  check: (subject, judgement) => injectedJudged(subject, judgement, (injected) => judge(injected, judgement)),
});
