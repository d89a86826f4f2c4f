// Datastores of a workspace: read to find the storage accounts behind them; never written.
import { parentId } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { datastoreView } from './workspace-view.ts';

const shape: Shape = { volatile: [], sets: {} };

export const datastore: Kind = {
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
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => parentId(id) ?? id,
  write: (change) => readOnly('datastore', change),
  az: () => '',
  needs: () => [],
};
