// POST {workspace}/diagnose: what the service finds itself, where it can be derived from what is stored: custom DNS
// servers, locks, and images that a closed registry cannot build. The codes are the service's.
import { fold, parentOf, within } from '../../gateway/address.ts';
import { scopeOfLock } from '../../gateway/authorization.ts';
import { type ArmObject, json, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { ActionResult, ProviderCall } from '../provider.ts';

type Result = {
  readonly code: string;
  readonly level: 'Warning' | 'Error' | 'Information';
  readonly message: string;
};

export function diagnose({ store, address }: ProviderCall): ActionResult {
  const workspace = store.get(address.path) ?? new Map();
  return {
    result: json({
      value: {
        userDefinedRouteResults: [],
        networkSecurityRuleResults: [],
        resourceLockResults: locks(store, workspace),
        dnsResolutionResults: nameServers(store, workspace),
        storageAccountResults: [],
        keyVaultResults: [],
        containerRegistryResults: imageBuilds(store, workspace),
        applicationInsightsResults: [],
        otherResults: [],
      },
    }),
  };
}

function locks(store: Store, workspace: ArmObject): Result[] {
  const parts = ['storageAccount', 'keyVault', 'containerRegistry', 'applicationInsights'];
  const ids = [idOf(workspace), ...parts.flatMap((part) => text(workspace, 'properties', part) ?? [])];
  return store.ofType('Microsoft.Authorization/locks').flatMap((lock) => {
    const scope = scopeOfLock(idOf(lock));
    const isReadOnly = fold(text(lock, 'properties', 'level') ?? '') === 'readonly';
    if (!isReadOnly || !ids.some((id) => within(id, scope))) return [];
    const message = `A read-only lock is on '${scope}'. The workspace or one of the resources it works with cannot be changed by the service.`;
    return [{ code: 'ResourceLockDetected', level: 'Warning', message }];
  });
}

/** Networks that the workspace reaches or is reached from: its endpoints' and its computes'. */
function networksOf(store: Store, workspace: ArmObject): ArmObject[] {
  const subnets = [
    ...list(workspace, 'properties', 'privateEndpointConnections').map((connection) =>
      text(store.get(text(connection, 'properties', 'privateEndpoint', 'id') ?? ''), 'properties', 'subnet', 'id'),
    ),
    ...store
      .ofType('Microsoft.MachineLearningServices/workspaces/computes', idOf(workspace))
      .map((compute) => text(compute, 'properties', 'properties', 'subnet', 'id')),
  ];
  const ids = new Set(subnets.flatMap((id) => (id === undefined ? [] : [fold(parentOf(id))])));
  return [...ids].flatMap((id) => store.get(id) ?? []);
}

function nameServers(store: Store, workspace: ArmObject): Result[] {
  return networksOf(store, workspace)
    .filter((network) => list(network, 'properties', 'dhcpOptions', 'dnsServers').length > 0)
    .map((network) => ({
      code: 'CustomDNSInUse',
      level: 'Warning',
      message: `The virtual network '${idOf(network)}' uses custom DNS servers. Make sure that they forward the names of the workspace to Azure.`,
    }));
}

function imageBuilds(store: Store, workspace: ArmObject): Result[] {
  const registry = store.get(text(workspace, 'properties', 'containerRegistry') ?? '');
  const isOff = fold(text(registry, 'properties', 'publicNetworkAccess') ?? '') === 'disabled';
  const isDenied = fold(text(registry, 'properties', 'networkRuleSet', 'defaultAction') ?? '') === 'deny';
  const builder = text(workspace, 'properties', 'imageBuildCompute') ?? '';
  if (!registry || !(isOff || isDenied) || builder !== '') return [];
  return [
    {
      code: 'ImageBuildComputeNotValid',
      level: 'Error',
      message:
        'If Container Registry is behind the virtual network, Container Registry cannot build your image. Set the imageBuildCompute property of the workspace.',
    },
  ];
}
