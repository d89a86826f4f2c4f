// Datastores of a workspace: read to find the storage accounts behind them; never written.
import { defineResourceType } from './define.ts';
import { datastoreView } from './workspace-view.ts';

export const datastore = defineResourceType({
  type: 'Microsoft.MachineLearningServices/workspaces/datastores',
  label: 'datastore',
  plural: 'datastores',
  apiVersion: '2024-04-01',
  columns: [
    { title: 'Type', value: (resource) => datastoreView(resource).datastoreType ?? '' },
    { title: 'Account', value: (resource) => datastoreView(resource).accountName ?? '' },
  ],
  references(body) {
    const { account } = datastoreView({ id: '', type: '', apiVersion: '', body });
    return account === undefined ? [] : [account];
  },
});
