// Microsoft.MachineLearningServices/workspaces/datastores: synchronous, no PATCH, secrets are taken and never given back:
// only of what kind they are is shown.
import { ArmError } from '../../gateway/answer.ts';
import { at, isObject, object, put, text } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

// Microsoft.MachineLearningServices/workspaces/connections: references to other services; secrets are taken and never given back.

export const connections: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces/connections',
  versions: ['2024-10-01', '2024-04-01-preview', '2024-04-01', '2023-10-01'],
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
  type: 'Microsoft.MachineLearningServices/workspaces/datastores',
  versions: ['2024-10-01', '2024-04-01', '2023-10-01', '2022-10-01'],
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
