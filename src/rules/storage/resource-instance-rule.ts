// storage.resource-instance-rule: the workspace is admitted by name rather than by the broad trusted-services switch.
import { defineRule } from '../define.ts';
import { admitWorkspace } from '../parts/admit-workspace.ts';
import {
  accountJudged,
  bypassPointer,
  instancesPointer,
  trusts,
  unclear,
  unreadableOf,
  type Wall,
  wallOf,
} from '../parts/firewall.ts';
import { instanceRuleFor } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { accounts, proposalsOn } from '../parts/subjects.ts';
import { fail, notApplicable, pass, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const workspace = world.snapshot.workspace;
  if (workspace === null) return notApplicable('There is no workspace to admit.');
  const rules = seen(wall.resource, instancesPointer, 'resource-instance rules');
  const bypass = seen(wall.resource, bypassPointer, 'who may pass the firewall');
  const odd = unclear(wall);
  if (odd) return odd;
  if (wall.door === 'open') return notApplicable(`The ${wall.name} is open.`);
  const admitted = instanceRuleFor(wall, workspace);
  if (admitted) {
    return pass(`The ${wall.name} admits the workspace by name.`, [seen(wall.resource, admitted.pointer, 'admits it')]);
  }
  const trusted = wall.rules === 'absent' ? true : trusts(wall);
  if (trusted === undefined) return unknown(`The bypass of the ${wall.name} cannot be understood.`, [bypass]);
  if (trusted) {
    return pass(`The ${wall.name} admits the workspace as one of all trusted services; naming it would be narrower.`, [
      bypass,
    ]);
  }
  const unread = unreadableOf(wall, instancesPointer);
  if (unread !== undefined) {
    return unknown(`The resource-instance rules of the ${wall.name} cannot be understood.`, [
      seen(wall.resource, unread, 'not understood'),
    ]);
  }
  return fail(`The ${wall.name} admits the workspace neither by name nor as a trusted service.`, [rules, bypass]);
}

export const storageResourceInstanceRule = defineRule({
  id: 'storage.resource-instance-rule',
  title: 'Workspace admitted by resource-instance rule',
  severity: 'medium',
  profiles: ['current'],
  about: 'Microsoft.Storage/storageAccounts',
  explain: {
    why: 'A rule that names the workspace admits it alone, where the trusted-services switch admits every service on a list.',
    fix: 'Adds a resource-instance rule for the workspace to the account.',
    breaks: 'Nothing.',
    links: [links.storageTrusted, links.secureWorkspace],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: accounts,
  check: (subject, judgement) => accountJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (account) => admitWorkspace(wallOf(account, 'storage'), judgement)),
});
