// Datastores of a workspace: read to find the storage accounts behind them; never written by themselves.
import type { Change } from '../model/change.ts';
import { isObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import type { Consequence, ResourceLookup } from './resource-type.ts';
import { authModePointer, datastoreView } from './workspace-view.ts';

export const datastoreType = 'Microsoft.MachineLearningServices/workspaces/datastores';

/** The datastores that Azure makes with a workspace; they sign in as the workspace says. */
const systemDatastores = [
  'workspaceblobstore',
  'workspacefilestore',
  'workspaceartifactstore',
  'workspaceworkingdirectory',
];
export const isSystemDatastore = (id: string): boolean => systemDatastores.includes(fold(nameOf(id)));

export const datastore = defineResourceType({
  type: datastoreType,
  label: 'datastore',
  plural: 'datastores',
  columns: [
    { title: 'Type', value: (resource) => datastoreView(resource).datastoreType ?? '' },
    { title: 'Account', value: (resource) => datastoreView(resource).accountName ?? '' },
  ],
  references(body) {
    const { account } = datastoreView({ id: '', type: '', apiVersion: '', body });
    return account === undefined ? [] : [account];
  },
});

const accountKey = { credentialsType: 'AccountKey', secrets: { secretsType: 'AccountKey' } };
const none = { credentialsType: 'None' };

/** The credentials of the system datastores follow how the workspace says that they sign in; undefined where it does not change. */
export function authModeSideEffects(change: Change, seen: ResourceLookup): Consequence | undefined {
  const edit =
    change.kind === 'edit'
      ? change.edits.find(({ op, pointer }) => op === 'set' && pointer === authModePointer)
      : undefined;
  if (edit?.op !== 'set') return undefined;
  const byKey = typeof edit.after !== 'string' || fold(edit.after) === 'accesskey';
  const put = seen.ofType(datastoreType).flatMap((one) => {
    if (!sameId(parentId(one.id), change.resource) || !isSystemDatastore(one.id)) return [];
    // What is not shown is not made up.
    if (datastoreView(one).credentials === undefined) return [];
    const body = updateAt(one.body, ['properties', 'credentials'], () => (byKey ? accountKey : none));
    return isObject(body) ? [{ ...one, body }] : [];
  });
  return { put, gone: [] };
}
