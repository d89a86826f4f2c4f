// Microsoft.MachineLearningServices/workspaces/datastores: synchronous, no PATCH, secrets are taken and never given back.
import { ArmError } from '../../gateway/answer.ts';
import { at, isObject, text } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

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
    if (isObject(credentials)) credentials.delete('secrets');
    return next;
  },
};
