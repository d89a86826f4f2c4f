// workspace.private-dns: where the workspace has a private endpoint, the networks of its computes resolve its names privately.
import { vnetOf } from '../../kinds/network-view.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, subscriptionOf } from '../../model/resource-id.ts';
import type { Gap } from '../../model/snapshot.ts';
import { GapRead, type World } from '../../model/world.ts';
import { zoneNames, zoneSubscriptions } from '../../posture/dns.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { type SubnetRole, subnetUses, unreadUses } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { resolvesPrivately } from '../parts/private-names.ts';
import { workspaces } from '../parts/subjects.ts';
import { notApplicable, noted, pass, shown, together, unknown } from '../parts/verdict.ts';
import { workspaceJudged } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

const onceEach = (ids: readonly string[]): string[] => [...new Map(ids.map((id) => [fold(id), id])).values()];
const counts = (role: SubnetRole): boolean => role === 'training' || role === 'inference';

/** Networks of the training and inference computes, and what hides whether there are more. */
function computeNetworks(world: World): { readonly vnets: readonly string[]; readonly gap: Gap | undefined } {
  try {
    return {
      vnets: subnetUses(world).flatMap(({ role, subnet }) => (counts(role) ? [vnetOf(subnet)] : [])),
      gap: unreadUses(world).find(({ role }) => counts(role))?.gap,
    };
  } catch (error) {
    if (error instanceof GapRead) return { vnets: [], gap: error.gap };
    throw error;
  }
}

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
  fix: () =>
    'This version of Bastide makes no private zones: az network private-dns zone create, then az network private-dns link vnet create.',
});
