// compute.orphaned-resources: nothing is left that the service once made for a compute which is gone.
import { loadBalancerType } from '../../kinds/load-balancer.ts';
import { publicAddressType } from '../../kinds/public-ip-address.ts';
import { textAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import {
  groupsOfNetworks,
  hangsOnNothing,
  isLivelyIn,
  lookedIn,
  type Made,
  madeIn,
  madeTypes,
} from '../parts/made-for-computes.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, noted, pass, seen, shown } from '../parts/verdict.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';

const allMade = (world: World): Made[] => groupsOfNetworks(world).flatMap((group) => madeIn(group, world));

function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const made = allMade(world).map(({ resource }) => ({ resource: resource.id }));
  return made.length > 0 ? made : [{ resource: workspace }];
}

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  if (id === world.snapshot.workspace)
    return pass('Nothing beside the networks looks as if the service had made it.', lookedIn(id, world));
  const made = allMade(world).find(({ resource }) => resource.id === id);
  if (!made) return notApplicable(`${shown(id)} is none that the service made.`);
  const { resource, guess } = made;
  const evidence = [
    noted(id, resource.type, `taken for the service’s own: ${guess}`),
    ...['ipConfiguration', 'backendAddressPools', 'networkInterfaces', 'subnets'].map((name) =>
      seen(resource, `/properties/${name}`, 'who uses it'),
    ),
  ];
  if (!hangsOnNothing(made, world)) return pass(`${shown(id)} is in use.`, evidence);
  return isLivelyIn(groupIdOf(id) ?? '', world)
    ? pass(
        `Nothing shows who uses ${shown(id)}, but an instance or a cluster with nodes sits in a network beside it.`,
        evidence,
      )
    : fail(
        `${shown(id)} hangs on nothing, and neither an instance nor a cluster with nodes is left that it could be for.`,
        evidence,
      );
}

/** What is deleted with it: an address is held by its load balancer, which goes first. */
function remove(resource: Resource, { world }: Judgement): Proposal[] {
  const holder = textAt(resource.body, '/properties/ipConfiguration/id')?.replace(
    /\/frontendIPConfigurations\/[^/]*$/i,
    '',
  );
  const isAddress = fold(resource.type) === fold(publicAddressType);
  const balancer = isAddress && holder !== undefined ? world.peek(holder) : undefined;
  const first =
    balancer?.state === 'read' && fold(balancer.resource.type) === fold(loadBalancerType) ? [balancer.resource] : [];
  return [...first, resource].map((one) => ({
    change: { kind: 'delete', resource: one.id, edits: [], body: one.body },
    phase: 3,
    risk: `${shown(one.id)} is taken for a left-over by its name and because nothing uses it. See that nothing else was to use it: what it was, its address above all, does not come back.`,
  }));
}

export const computeOrphanedResources = defineRule({
  id: 'compute.orphaned-resources',
  title: 'Service-created resources with no compute left',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: madeTypes[0],
  explain: {
    why: 'Left-over load balancers, addresses and security groups count against the quotas of the subscription, and addresses cost.',
    fix: 'Deletes what hangs on nothing: the load balancer, then its address, then the security group.',
    breaks:
      'That the service made them is a guess by name and use. A public address that is given up is lost for good; rules elsewhere that name it stop matching.',
    links: [links.secureTraining, links.batchNetwork],
  },
  fixKind: 'guided',
  undo: 'none',
  subjects,
  check: judge,
  fix: (finding, judgement) => proposalsOn(finding, judgement, (resource) => remove(resource, judgement)),
});
