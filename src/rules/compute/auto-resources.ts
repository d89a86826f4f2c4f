// compute.auto-resources: what the service made beside the network for computes with a public address. Never fails.
import { workspaceType } from '../../kinds/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { groupsOfNetworks, lookedIn, madeIn } from '../parts/made-for-computes.ts';
import { workspaces } from '../parts/subjects.ts';
import { few, noted, pass, shown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  const made = groupsOfNetworks(world).flatMap((group) => madeIn(group, world));
  if (made.length === 0)
    return pass(
      'Nothing in the resource groups of the networks looks as if the service had made it for a compute.',
      lookedIn(id, world),
    );
  const evidence = made.map(({ resource, guess }) =>
    noted(resource.id, resource.type, `taken for the service’s own: ${guess}`),
  );
  const names = made.map(({ resource }) => shown(resource.id));
  return pass(
    `${few(names)} look as if the service had made ${made.length === 1 ? 'it' : 'them'} for computes with a public address: neither delete nor change ${made.length === 1 ? 'it' : 'them'}. A cluster loses them at zero nodes and gets new ones; an instance keeps them until it is deleted.`,
    evidence,
  );
}

export const computeAutoResources = defineRule({
  id: 'compute.auto-resources',
  title: 'Inventory of resources the service created',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'The service puts a security group, a public address and a load balancer into the resource group of your network for each instance and each cluster with nodes. They look like left-overs, and whoever deletes or edits them stops the compute.',
    fix: 'None: it only lists them, and no fix of Bastide writes to them.',
    breaks: 'Nothing.',
    links: [links.secureTraining, links.batchNetwork],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: judge,
});
