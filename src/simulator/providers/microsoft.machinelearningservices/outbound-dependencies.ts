// {workspace}/outboundNetworkDependenciesEndpoints: the hosts a workspace needs to reach, by category. Source: Microsoft's
// "Configure inbound and outbound network traffic", required hosts of the public cloud, read in 2025.
import { fold, parentOf } from '../../gateway/address.ts';
import { ok } from '../../gateway/answer.ts';
import { json, text } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

type Category = readonly [name: string, ports: readonly number[], ...hosts: string[]];

/** `region` as ARM spells it; `parts`: names of the account, the vault and the registry, where there are any. */
function categories(
  region: string,
  parts: Readonly<Record<'account' | 'vault' | 'registry', string | undefined>>,
): Category[] {
  const named = (name: string | undefined, ...suffixes: string[]): string[] =>
    name === undefined ? [] : suffixes.map((suffix) => `${name}.${suffix}`);
  const all: readonly Category[] = [
    ['Azure Active Directory', [80, 443], 'login.microsoftonline.com'],
    ['Azure portal', [443], 'management.azure.com'],
    [
      'Azure Machine Learning',
      [443],
      'studio.azureml.ms',
      `${region}.api.azureml.ms`,
      `${region}.notebooks.azure.net`,
      `${region}.experiments.azureml.net`,
      'graph.windows.net',
    ],
    [
      'Azure Batch',
      [443],
      `${region}.service.batch.azure.com`,
      '*.blob.core.windows.net',
      '*.queue.core.windows.net',
      '*.table.core.windows.net',
    ],
    [
      'Azure Storage',
      [443],
      ...named(parts.account, 'blob.core.windows.net', 'file.core.windows.net', 'table.core.windows.net'),
    ],
    ['Azure Storage file shares', [445], ...named(parts.account, 'file.core.windows.net')],
    ['Azure Key Vault', [443], ...named(parts.vault, 'vault.azure.net')],
    ['Azure Container Registry', [443], ...named(parts.registry, 'azurecr.io')],
    ['Microsoft Container Registry', [443], 'mcr.microsoft.com', '*.data.mcr.microsoft.com'],
    ['Azure Monitor', [443], 'dc.services.visualstudio.com', `${region}-0.in.applicationinsights.azure.com`],
  ];
  return all.filter(([, , ...hosts]) => hosts.length > 0);
}

const lastPart = (id: string | undefined): string | undefined => id?.slice(id.lastIndexOf('/') + 1);

export const outboundDependencies: ProviderType = {
  type: 'Microsoft.MachineLearningServices/workspaces/outboundNetworkDependenciesEndpoints',
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const workspace = store.get(parentOf(`${address.path}/x`));
    const region = fold(text(workspace, 'location') ?? '').replaceAll(' ', '');
    const found = categories(region, {
      account: lastPart(text(workspace, 'properties', 'storageAccount')),
      vault: lastPart(text(workspace, 'properties', 'keyVault')),
      registry: lastPart(text(workspace, 'properties', 'containerRegistry')),
    });
    const value = found.map(([category, ports, ...hosts]) => ({
      properties: {
        category,
        endpoints: hosts.map((domainName) => ({ domainName, endpointDetails: ports.map((port) => ({ port })) })),
      },
    }));
    return ok(json({ value }));
  },
};
