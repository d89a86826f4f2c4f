// The virtual network of an attached Databricks workspace: its owner, its location, and how Databricks connects to it.

import { sameRegion } from '../../facts/service-endpoints.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { vnetView } from '../../resource-types/network-view.ts';
import { workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, notApplicable, noted, pass, quoted, unknown } from '../parts/verdict.ts';
import { attachedDatabricks, injectedDatabricks, networkEvidence, oddNetwork } from './parts/attached.ts';

export const databricksVnetInjected = defineRule({
  id: 'databricks.vnet-injected',
  title: 'Databricks workspace is in a customer network',
  problem: 'Databricks workspace is not in a customer network',
  severity: 'medium',
  explain: {
    why: 'Only clusters in your own virtual network can access a storage account that denies other networks.',
    fix: 'None: deploy the Databricks workspace again with VNet injection. Microsoft can move some workspaces; see the linked page.',
    links: [links.databricksNetwork],
  },
  subjects: attachedDatabricks,
  check(attached) {
    const { resource, view } = attached;
    const evidence = [networkEvidence(attached)];
    const name = `Databricks workspace ${displayName(resource.id)}`;
    return (
      oddNetwork(attached) ??
      (view.network === undefined
        ? fail(`${name} is in a network managed by Databricks, not in a customer network.`, evidence)
        : pass(`${name} is in virtual network ${displayName(view.network)}.`, evidence))
    );
  },
});

export const databricksVnetSameSubscriptionRegion = defineRule({
  id: 'databricks.vnet-same-subscription-region',
  title: 'Databricks network is in the same region and subscription',
  problem: 'Databricks network is in another region or subscription',
  severity: 'high',
  explain: {
    why: 'The workspace supports Databricks only in its own subscription and region.',
    fix: 'None: a virtual network cannot be moved. Deploy Databricks into a network in the region and subscription of the workspace, and attach it.',
    links: [links.secureTraining, links.databricksNetwork],
  },
  subjects: injectedDatabricks,
  check(injected, { index }) {
    const { network, compute, resource } = injected;
    const id = index.snapshot.workspace ?? compute.id;
    const [own, other] = [subscriptionOf(id), subscriptionOf(network)];
    const places = [
      networkEvidence(injected),
      noted(id, own ?? null, 'subscription of the workspace'),
      noted(network, other ?? null, 'subscription of the virtual network'),
    ];
    if (own === undefined || other === undefined) {
      return unknown(`The virtual network ID of ${displayName(resource.id)} shows no subscription.`, places);
    }
    const name = `Databricks network ${displayName(network)}`;
    if (!sameId(own, other)) {
      return fail(
        `${name} is in subscription ${clean(other, 60)}; the workspace is in subscription ${clean(own, 60)}.`,
        places,
      );
    }
    const workspace = index.workspace();
    const found = index.get(network);
    if (!workspace || !found) return notApplicable(`${displayName(workspace ? network : id)} does not exist.`, places);
    const [here, there] = [workspaceView(workspace).location, vnetView(found).location];
    const evidence = [
      ...places,
      evidenceAt(workspace, '/location', 'region of the workspace'),
      evidenceAt(found, '/location', 'region of the virtual network'),
    ];
    if (here === undefined || there === undefined) {
      return unknown(`The region of ${displayName(here === undefined ? id : network)} is not known.`, evidence);
    }
    return sameRegion(here, there, network)
      ? pass(`${name} is in the region and subscription of the workspace.`, evidence)
      : fail(`${name} is in ${quoted(there)}; the workspace is in ${quoted(here)}.`, evidence);
  },
});

export const databricksNoPrivateEndpointPath = defineRule({
  id: 'databricks.no-private-endpoint-path',
  title: 'Databricks needs no private endpoint',
  problem: 'Databricks depends on a private endpoint',
  severity: 'info',
  profiles: ['current'],
  explain: {
    why: 'Databricks does not connect to the virtual network by a private endpoint. Its clusters are in the network (VNet injection), or they have no connection to it.',
    fix: 'None is needed.',
    links: [links.secureTraining, links.databricksNetwork],
  },
  subjects: attachedDatabricks,
  check: (attached) =>
    pass(
      `Databricks workspace ${displayName(attached.resource.id)} needs no private endpoint; its clusters connect from the virtual network.`,
      [networkEvidence(attached)],
    ),
});
