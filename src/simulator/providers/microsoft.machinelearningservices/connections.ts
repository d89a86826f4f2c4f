// Microsoft.MachineLearningServices/workspaces/connections: references to other services; secrets are taken and never given back.
import { at, isObject } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

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
