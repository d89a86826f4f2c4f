// Microsoft.MachineLearningServices/workspaces/datastores: synchronous, no PATCH, secrets are taken and never given back:
// only of what kind they are is shown.
import { fold, nameOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { at, child, isObject, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

const type = 'Microsoft.MachineLearningServices/workspaces/datastores';
const made = ['workspaceblobstore', 'workspacefilestore', 'workspaceartifactstore', 'workspaceworkingdirectory'];

/** The datastores that came with a workspace sign in as it says; as they do where it says nothing. */
export function datastoresSignIn(store: Store, workspace: string): void {
  const mode = text(store.get(workspace), 'properties', 'systemDatastoresAuthMode');
  if (mode === undefined) return;
  for (const body of store.ofType(type, workspace)) {
    if (!made.includes(fold(nameOf(idOf(body))))) continue;
    const byKey = fold(mode) === 'accesskey';
    const credentials = byKey
      ? object({ credentialsType: 'AccountKey', secrets: object({ secretsType: 'AccountKey' }) })
      : object({ credentialsType: 'None' });
    put(child(body, 'properties'), 'credentials', credentials);
  }
}

// Microsoft.MachineLearningServices/workspaces/connections: references to other services; secrets are taken and never given back.

export const connections: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces/connections',
  created: 200,
  provisions: false,
  replace(write) {
    const next = replaceDocument(write.before, write.body);
    const properties = at(next, 'properties');
    if (isObject(properties)) properties.delete('credentials');
    return next;
  },
};

export const datastores: ProviderType = {
  type,
  allows: { patch: false },
  provisions: false,
  replace(write) {
    if (text(write.body, 'properties', 'datastoreType') === undefined) {
      throw new ArmError(400, 'BadRequest', 'The property datastoreType is required.');
    }
    const next = replaceDocument(write.before, write.body, ['isDefault']);
    const credentials = at(next, 'properties', 'credentials');
    const kind = text(credentials, 'secrets', 'secretsType');
    if (isObject(credentials)) {
      if (kind === undefined) credentials.delete('secrets');
      else put(credentials, 'secrets', object({ secretsType: kind }));
    }
    return next;
  },
};
