// workspace.exists: the workspace is there, readable, and in a state to be worked with.
import { workspaceType, workspaceView } from '../../kinds/workspace-view.ts';
import { valueAt } from '../../model/pointer.ts';
import { defineRule } from '../define.ts';
import { describeState, stateOf } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { workspaces } from '../parts/subjects.ts';
import { fail, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';

const statePointer = '/properties/provisioningState';

export const workspaceExists = defineRule({
  id: 'workspace.exists',
  title: 'The workspace exists and can be read',
  severity: 'critical',
  about: workspaceType,
  explain: {
    why: 'Everything else is found through the ids the workspace holds.',
    fix: 'None: make the workspace, recover a soft-deleted one, or wait until Azure has finished changing it.',
    breaks: 'Nothing.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: workspaces,
  check: ({ resource: id }, { world }) => {
    const workspace = world.get(id);
    if (!workspace) {
      return fail(`The workspace ${shown(id)} does not exist.`, [noted(id, null, 'Azure answers 404')]);
    }
    const { provisioningState } = workspaceView(workspace);
    const evidence = [
      seen(workspace, statePointer, 'provisioning state'),
      seen(workspace, '/location', 'location'),
      seen(workspace, '/sku', 'SKU'),
      seen(workspace, '/properties/storageAccount', 'default storage account'),
      seen(workspace, '/properties/keyVault', 'key vault'),
    ];
    const raw = valueAt(workspace.body, statePointer);
    if (raw !== undefined && raw !== null && typeof raw !== 'string') {
      return unknown(`The state of the workspace ${shown(id)} is not a text.`, evidence);
    }
    const state = describeState(provisioningState);
    switch (stateOf(provisioningState)) {
      case 'good':
        return pass(`The workspace ${shown(id)} is there and can be read.`, evidence);
      case 'bad':
        return fail(`The workspace ${shown(id)} is in state ${state}.`, evidence);
      case 'passing':
        return unknown(`The workspace ${shown(id)} is in state ${state}; fixes wait until it has succeeded.`, evidence);
    }
  },
});
