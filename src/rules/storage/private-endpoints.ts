// storage.private-endpoints: every part of the account that is in use has a private way in.
import { datastoresOf } from '../../posture/accounts.ts';
import { storageType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { accountJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { giveEndpoints } from '../parts/private-side.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { missingGroups, privateWayIn } from '../parts/way-in.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const verdict = privateWayIn(wall, world);
  // Datastores say which parts are in use: unread, they may ask for one more.
  if (verdict.outcome === 'pass' && world.snapshot.workspace !== null)
    world.list(datastoresOf(world.snapshot.workspace));
  return verdict;
}

export const storagePrivateEndpoints = defineRule({
  id: 'storage.private-endpoints',
  title: 'Blob and file private endpoints exist',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: storageType,
  explain: {
    why: 'Studio, jobs and file mounts use different parts of an account, each with an endpoint of its own: one that is missing breaks one of them.',
    fix: 'Makes a private endpoint for each part that has none, in the subnet you name (answer subnet=VNET/NAME), with its private zone, linked to the networks of your computes, and lets the workspace’s identity read it; a connection that only waits is approved instead. Under a managed network: an outbound rule for each part, and the network provisioned.',
    breaks:
      'Once its zone is linked, a network reaches the account through the endpoint alone, and names of that zone without a record stop resolving there. Endpoints are billed by the hour. Provisioning a managed network cannot be taken back.',
    links: [links.secureWorkspace, links.managedNetwork, links.studio],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'storage.vnet-rule-compute-subnet',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (account) => {
      const wall = wallOf(account, 'storage');
      return giveEndpoints(wall, missingGroups(wall, judgement.world), judgement, answers);
    }),
});
