import { workspaceType } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import type { Gap } from '../../model/snapshot.ts';
import { GapRead } from '../../model/world.ts';
import { zoneNames, zoneSubscriptions } from '../../posture/dns.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { dnsProposals } from '../parts/private-link.ts';
import { computeNetworks, resolvesPrivately } from '../parts/private-names.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { notApplicable, noted, pass, shown, together, unknown } from '../parts/verdict.ts';
import { workspaceJudged } from '../parts/workspace.ts';
import type { Judgement, Proposal, Verdict } from '../rule.ts';

function judge(workspace: Resource, { world }: Judgement): Verdict {
  const ends = customerEndpoints(workspace.id, world);
  const name = shown(workspace.id);
  if (ends.length === 0) return notApplicable(`${name} has no private endpoint, so no name of it is private.`);
  const zones = zoneNames('amlworkspace', world);
  const holders = ends.flatMap(({ connection: { endpointId } }) =>
    endpointId === undefined ? [] : zoneSubscriptions(endpointId, world),
  );
  const { vnets, gap } = computeNetworks(world);
  const networks = onceEach([...ends.flatMap(({ vnet }) => vnet ?? []), ...vnets]);
  const verdict = together('high', [
    ...networks.map((vnet) => () => {
      const subscriptions = onceEach([...holders, subscriptionOf(vnet) ?? ''].filter((one) => one !== ''));
      return resolvesPrivately(vnet, zones, subscriptions, world);
    }),
    ...ends
      .filter(({ vnet }) => vnet === undefined)
      .map(({ connection }) => () => {
        const id = connection.endpointId ?? workspace.id;
        return unknown(`Which network the endpoint ${shown(id)} lies in could not be read.`, [
          noted(id, null, 'network'),
        ]);
      }),
    ...(gap === undefined ? [] : [() => unreadComputes(gap)]),
  ]);
  return verdict.outcome === 'pass'
    ? pass(`Every network of the computes and endpoints of ${name} resolves its names privately.`, verdict.evidence)
    : verdict;
}

function unreadComputes(gap: Gap): never {
  throw new GapRead(gap);
}

function resolve(workspace: Resource, judgement: Judgement): readonly Proposal[] | string {
  const { vnets, gap } = computeNetworks(judgement.world);
  if (gap !== undefined) throw new GapRead(gap);
  return dnsProposals({ target: workspace, groups: ['amlworkspace'], vnets }, judgement);
}

export const workspacePrivateDns = defineRule({
  id: 'workspace.private-dns',
  title: 'Private DNS resolves the workspace from the compute VNets',
  severity: 'high',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'A private endpoint does not change the names people use: without the private zones they lead to the public address, where the connection is refused or leaves the network.',
    fix: 'Makes the private DNS zones of the workspace where there are none, links them to the networks of its computes and endpoints, and lets the endpoint write its names into them.',
    breaks:
      'A linked network resolves every name of that zone privately: names that have no record there, of other workspaces for instance, stop resolving for it.',
    links: [links.workspacePrivateLink, links.privateDns],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, (workspace) => judge(workspace, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (workspace) => resolve(workspace, judgement)),
});
