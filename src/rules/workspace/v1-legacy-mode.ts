// Whether the workspace accepts the v2 API, the only one that a supported client speaks.

import { setMember } from '../../model/edit.ts';
import { booleanAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { workspaceSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, pass } from '../parts/verdict.ts';
import { isOdd, oddVerdict, workspaceProposal } from '../parts/workspace.ts';

const pointer = '/properties/v1LegacyMode';

export const workspaceV1LegacyMode = defineRule({
  id: 'workspace.v1-legacy-mode',
  title: 'Workspace accepts the v2 API',
  problem: 'Workspace blocks the v2 API (v1LegacyMode)',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'With v1LegacyMode the workspace refuses every call of the v2 API. Support for the Python SDK v1 ended on 2026-06-30 and for the Azure CLI extension v1 on 2025-09-30, so no supported client is left. Workspaces made with a private endpoint and an API version before 2022-05-01 have it by default.',
    fix: 'Sets v1LegacyMode to false. Azure takes 30 to 60 minutes until it is in effect. Ask your network team first: its calls pass through Azure Resource Manager, which is reached over the Internet unless you have a private link to it.',
    breaks:
      'Nothing stops working. Calls of the v2 API pass through Azure Resource Manager, outside the virtual network.',
    links: [links.networkIsolationV2, links.sdkLifetime],
  },
  fixKind: 'guided',
  subjects: workspaceSubjects,
  check(workspace) {
    if (isOdd(workspace, pointer, 'boolean')) return oddVerdict(workspace, pointer, 'v1LegacyMode');
    const evidence = [evidenceAt(workspace, pointer, 'v2 API blocked')];
    const name = displayName(workspace.id);
    return booleanAt(workspace.body, pointer) === true
      ? fail(`${name} blocks the v2 API: v1LegacyMode is true.`, evidence)
      : pass(`${name} accepts the v2 API: v1LegacyMode is not true.`, evidence);
  },
  fix: (workspace) =>
    workspaceProposal(workspace, 1, (body) => [setMember(body, pointer, false)], 'In effect after 30 to 60 minutes.'),
});
