// compute.vnet-same-region: the network of a compute lies in the workspace's region; today a cluster's may lie elsewhere.
import { vnetOf, vnetView } from '../../kinds/network-view.ts';
import { computeView, workspaceView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { type Seat, seats } from '../../posture/compute-networks.ts';
import { customerEndpoints, reachedPrivately } from '../../posture/endpoints.ts';
import { defineRule } from '../define.ts';
import { computeEvidence, computeJudged, computeType, managedSubjects, seatedJudged } from '../parts/computes.ts';
import { regionOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { sitterShown } from '../parts/places.ts';
import { fail, notApplicable, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

/** Each cluster and instance, and the workspace for its serverless nodes. */
function subjects(judgement: Judgement): Subject[] {
  const own = managedSubjects(judgement);
  const workspace = judgement.world.snapshot.workspace;
  const serverless = workspace !== null && seats(judgement.world).some((seat) => seat.isServerless);
  return serverless ? [...own.filter(({ resource }) => resource !== workspace), { resource: workspace }] : own;
}

/** May the network of a cluster lie in another region today? Only without an endpoint of the workspace, or beside one. */
function mayLieElsewhere(workspace: string, vnet: string, { world }: Judgement): boolean {
  return customerEndpoints(workspace, world).length === 0 || reachedPrivately(workspace, vnet, world, ['amlworkspace']);
}

function judgeSeat(seat: Seat, judgement: Judgement): Verdict {
  const { world, profile } = judgement;
  const who = sitterShown(seat);
  const vnet = vnetOf(seat.subnet);
  const [workspace, network] = [world.workspace(), world.get(vnet)];
  if (!workspace || !network) return notApplicable(`The network ${shown(vnet)} does not exist.`);
  const [own, other] = [regionOf(workspaceView(workspace).location), regionOf(vnetView(network).location)];
  const evidence = [
    ...(seat.isServerless ? [] : computeEvidence(seat.sitter)),
    seen(workspace, '/location', 'region of the workspace'),
    seen(network, '/location', 'region of the network'),
    noted(network.id, [own, other], 'both, compared'),
  ];
  if (own === '' || other === '') {
    return unknown(`The region of the workspace or of the network ${shown(vnet)} is not shown.`, evidence);
  }
  if (own === other) return pass(`The network ${shown(vnet)} of ${who} is in the workspace’s region.`, evidence);
  const apart = `The network ${shown(vnet)} of ${who} is in ${clean(other, 60)}, and the workspace in ${clean(own, 60)}`;
  const isCluster = !seat.isServerless && computeView(seat.sitter).computeType === 'AmlCompute';
  if (profile === 'seed-2020' || !isCluster) return fail(`${apart}.`, evidence);
  return mayLieElsewhere(workspace.id, vnet, judgement)
    ? pass(`${apart}, which a cluster is allowed today; its data then cross regions, and are billed for it.`, evidence)
    : fail(`${apart}, and no private endpoint of the workspace lies in that network or a connected peer.`, evidence);
}

function judge(subject: Subject, judgement: Judgement): Verdict {
  const all = seats(judgement.world);
  const serverless = all.find(({ isServerless }) => isServerless);
  if (serverless && subject.resource === judgement.world.snapshot.workspace) return judgeSeat(serverless, judgement);
  return computeJudged(subject, judgement, (compute: Resource) =>
    seatedJudged(compute, (subnet) => {
      const seat = all.find(({ sitter }) => sitter.id === compute.id);
      return judgeSeat(seat ?? { subnet, sitter: compute, isServerless: false, isPublic: true }, judgement);
    }),
  );
}

export const computeVnetSameRegion = defineRule({
  id: 'compute.vnet-same-region',
  title: "VNet is in the workspace's region",
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'The service of a region places nodes in networks of that region. An instance elsewhere does not start; a cluster may lie elsewhere today, unless the workspace is reached through a private endpoint that its network does not see.',
    fix: 'None: a subnet is chosen when a compute is made; make another in a network of the workspace’s region (bastide create cluster).',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.workspacePrivateLink],
  },
  fixKind: 'none',
  instead: 'compute.managed-network-conflict',
  subjects,
  check: judge,
});
