// The workspace admitted to a storage account by name (rules-catalogue, P-STG-ACL, resource-instance rules).
import { workspaceView } from '../../kinds/workspace-view.ts';
import { addTo } from '../../model/edit.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { instancesPointer, type Wall } from './firewall.ts';
import { instanceKey, wallProposal } from './proposals.ts';

/** A resource-instance rule for the workspace, or a sentence saying why there can be none. */
export function admitWorkspace(wall: Wall, { world }: Judgement): Proposal[] | string {
  const workspace = world.workspace();
  if (!workspace) return 'There is no workspace to admit.';
  const tenantId = workspaceView(workspace).tenantId ?? world.snapshot.identity?.tenant;
  if (tenantId === undefined) return 'The directory (tenant) of the workspace is not known, and the rule needs it.';
  const rule = { tenantId, resourceId: workspace.id };
  const proposal = wallProposal(wall, 2, (body) => [addTo(body, instancesPointer, rule, instanceKey)]);
  return typeof proposal === 'string' ? proposal : [proposal];
}
