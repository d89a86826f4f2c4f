// workspace.managed-network-provisioned: the managed network has been built, not only asked for.
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import {
  managedPointer,
  managedStatusPointer,
  modePointer,
  publicAccess,
  workspaceJudged,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { Proposal, Verdict } from '../rule.ts';

function judge(workspace: Resource): Verdict {
  const { on, status } = workspaceView(workspace).managedNetwork;
  const name = shown(workspace.id);
  const evidence = [
    seen(workspace, managedStatusPointer, 'state of the managed network'),
    seen(workspace, `${managedPointer}/status/sparkReady`, 'ready for Spark'),
    seen(workspace, modePointer, 'isolation mode'),
  ];
  if (!on) return notApplicable(`${name} has no managed network.`, evidence);
  if (status === 'Active') return pass(`The managed network of ${name} is provisioned.`, evidence);
  if (status === 'Inactive') {
    return fail(
      `The managed network of ${name} is not provisioned: its private endpoints and rules do not exist until it is, or until the first compute is made.`,
      evidence,
    );
  }
  return status === undefined
    ? unknown(`Azure does not show whether the managed network of ${name} is provisioned.`, evidence)
    : unknown(`The managed network of ${name} is in state ${quoted(status)}.`, evidence);
}

/** The workspace kind writes this edit as POST provisionManagedNetwork. */
function provision(workspace: Resource): Proposal | string {
  const { status } = workspaceView(workspace).managedNetwork;
  if (status !== 'Inactive') return `The managed network of ${shown(workspace.id)} is not shown as Inactive.`;
  const open =
    publicAccess(workspace) === 'Disabled'
      ? ''
      : ' While public access to the workspace is on, an endpoint of its own may not be made: turn it off first where you want one.';
  return workspaceProposal(
    workspace,
    2,
    (body) => [setMember(body, managedStatusPointer, 'Active')],
    `Takes up to half an hour, ten minutes more for the first rule for a host name, and starts what its rules bill.${open}`,
  );
}

export const workspaceManagedNetworkProvisioned = defineRule({
  id: 'workspace.managed-network-provisioned',
  title: 'Managed network is provisioned',
  severity: 'medium',
  profiles: ['current'],
  for: ['managed-network'],
  about: workspaceType,
  explain: {
    why: 'A managed network is built when the first compute is made, which then takes so long that it often times out; until then none of its private endpoints exists.',
    fix: 'Asks the service to provision the managed network now, and waits.',
    breaks:
      'Nothing that works today. It cannot be taken back, and private endpoints and the firewall of its rules are billed from then on.',
    links: [links.managedNetwork],
  },
  fixKind: 'auto',
  undo: 'none',
  subjects: workspaces,
  check: (subject, judgement) => workspaceJudged(subject, judgement, judge),
  fix: (finding, judgement) => proposalsOn(finding, judgement, provision),
});
