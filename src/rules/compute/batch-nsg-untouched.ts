// compute.batch-nsg-untouched: security groups that Azure Batch configures are left alone. Never fails: it binds Bastide itself.
import { securityGroupType } from '../../kinds/security-group-view.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import { fold } from '../../model/resource-id.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { groupsOfNetworks, lookedIn, madeIn } from '../parts/made-for-computes.ts';
import { workspaces } from '../parts/subjects.ts';
import { listed, noted, pass, shown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

function judge({ resource: id }: Subject, { world }: Judgement): Verdict {
  const groups = groupsOfNetworks(world)
    .flatMap((group) => madeIn(group, world))
    .filter(({ resource }) => fold(resource.type) === fold(securityGroupType));
  if (groups.length === 0)
    return pass('No security group beside the networks looks as if Azure Batch configured it.', lookedIn(id, world));
  return pass(
    `Azure Batch configures ${listed(groups.map(({ resource }) => shown(resource.id)))}: Bastide changes nothing there, and neither should you.`,
    groups.map(({ resource, guess }) => noted(resource.id, resource.type, `taken for the service’s own: ${guess}`)),
  );
}

export const computeBatchNsgUntouched = defineRule({
  id: 'compute.batch-nsg-untouched',
  title: 'NSGs configured by Batch are left alone',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'One wrong rule in a security group that Azure Batch configures makes every node behind it unusable.',
    fix: 'None: Bastide writes only to groups that hang on a subnet, which are yours.',
    breaks: 'Nothing.',
    links: [links.batchNetwork],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: judge,
});
