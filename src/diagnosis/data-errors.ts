// Errors of data access of Azure Machine Learning: dotted codes such as ScriptExecution.StreamAccess.Authentication. Pure.
import type { KnownError } from './known-error.ts';
import { about } from './services.ts';

const studioReach = [
  'workspace.studio-blocked-by-secured-storage',
  'storage.bypass-azure-services',
  'storage.resource-instance-rule',
  'storage.studio-colocation',
  'storage.public-network-access',
];

/** By the last parts of a code of data access, the most exact first: what it means, what to do, and the rules. */
const dataErrors: readonly (readonly [RegExp, string, string, readonly string[]])[] = [
  [
    /FirewallSettingsResolutionFailure$/,
    'The identity has no permission to read the firewall settings of the storage account.',
    'Assign the role Reader on the storage account to the managed identity of the workspace.',
    studioReach,
  ],
  [
    /PrivateEndpointResolutionFailure$/,
    'The storage account uses a virtual network, and the request did not come over a private endpoint of the workspace.',
    'Add a private endpoint to the workspace, and allow its network in the storage firewall.',
    ['workspace.private-endpoint', 'storage.private-endpoints', 'storage.dev-client-ip', ...studioReach],
  ],
  [
    /NetworkIsolationViolated$/,
    'The storage firewall does not allow this access, or the identity of the workspace lacks the Reader role on its private endpoints.',
    'Allow the workspace in the storage firewall. Assign Reader on the private endpoints to its managed identity.',
    studioReach,
  ],
  [
    /InvalidResource$/,
    'The storage account of the datastore is not found in its subscription and resource group.',
    'Correct the subscription and the resource group of the datastore.',
    ['storage.nondefault-accounts', 'storage.default-account'],
  ],
  [
    /^\.NotFound$/,
    'The path does not exist in the storage account, or its access control list (ACL) denies the identity.',
    'Check the path, the container and the ACL of the folder.',
    ['storage.adls2-hierarchical', 'storage.nondefault-accounts'],
  ],
  [
    /^\.Authentication/,
    'The identity or key of the datastore has no permission on the storage account, or its firewall blocks the request.',
    'Assign Storage Blob Data Reader or Contributor to the identity, and allow its network in the storage firewall.',
    [...about.storage.network, 'storage.shared-key-access'],
  ],
];

/**
 * Codes of data access: the parts between the dots say where it failed and, ever more exactly, why.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-data-access, 2025-11.
 */
export function dataErrorIn(text: string): KnownError | undefined {
  const parts = /\bScriptExecution\.(\w+)((?:\.[\w-]+)*)/.exec(text);
  if (parts === null) return undefined;
  const [, where = '', rest = ''] = parts;
  const isDatabase = /^Database/.test(where);
  const found = dataErrors.find(([pattern]) => pattern.test(rest));
  if (found === undefined || /^DatabaseQuery/.test(where)) return undefined;
  const [, means, next, rules] = found;
  return {
    names: [
      `${where}${rest}`
        .split('.')
        .filter((part) => part !== 'AzureIdentityAccessTokenResolution')
        .join('.'),
    ],
    means: isDatabase ? means.replace('storage account', 'database server') : means,
    next: isDatabase ? next.replace('storage account', 'database server') : next,
    rules: isDatabase ? [] : rules,
    source: 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-data-access, 2025-11',
  };
}
