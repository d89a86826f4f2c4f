// What worlds start from: a workspace in which nothing is wrong, closed by service endpoints, by private endpoints or by a managed
// network. An open workspace is one of these with every fault of `faults.ts` planted.
import { type AccountSpec, type ComputeSpec, deniedAccount, type SubnetSpec, WorldDraft } from './draft.ts';
import {
  account,
  clientNetwork,
  computeSubnets,
  inGroup,
  network,
  principal,
  registry,
  services,
  subnet,
  vault,
  workspace,
  zoneGroup,
  zoneId,
} from './names.ts';
import { natGateway } from './network-bodies.ts';
import { type EndpointConnectionSpec, endpointId, readerOn, zonesOf } from './private-endpoint-bodies.ts';
import { endpointRule, hostRule, requiredTags } from './workspace-bodies.ts';

export const allAccounts = ['stmlsim', 'stmldata', 'lakemlsim'];

/** The subnets of computes, private endpoints and the Kubernetes cluster. */
export const standardSubnets = (): Record<string, SubnetSpec> => ({
  'snet-train': { prefix: '10.0.1.0/24', services, uses: 2 },
  'snet-gpu': { prefix: '10.0.2.0/24', services },
  'snet-dev': { prefix: '10.0.3.0/24', services, uses: 1 },
  'snet-pe': { prefix: '10.0.4.0/24' },
  'snet-aks': { prefix: '10.0.8.0/22' },
});

const standardComputes = (
  [train, gpu, dev]: readonly (string | null)[] = computeSubnets,
  more: Partial<ComputeSpec> = {},
): Record<string, ComputeSpec> => ({
  'cpu-cluster': { subnet: train ?? null, ...more },
  'gpu-cluster': { subnet: gpu ?? null, vmSize: 'STANDARD_NC6S_V3', maxNodes: 2, ...more },
  'ci-anna': { subnet: dev ?? null, isInstance: true, ...more },
});

interface BaseOptions {
  /** Names of the accounts in use, the default one first. */
  readonly accounts?: readonly string[];
  readonly computes?: Readonly<Record<string, ComputeSpec>>;
}

/** Every account, the vault and the Premium registry deny by default and allow each subnet that has the three service endpoints. */
export const closedByServiceEndpoints =
  ({
    accounts = allAccounts,
    computes,
    subnets,
  }: BaseOptions & { readonly subnets?: () => Record<string, SubnetSpec> } = {}) =>
  (): WorldDraft => {
    const draft = new WorldDraft();
    const inside = (subnets ?? standardSubnets)();
    const allowed = Object.entries(inside).flatMap(([name, one]) => (one.services === services ? [subnet(name)] : []));
    draft.networks[network] = { space: '10.0.0.0/16', subnets: inside };
    draft.workspace.imageBuildCompute = 'cpu-cluster';
    draft.computes = structuredClone(computes ?? standardComputes());
    addAccounts(draft, accounts, { subnets: allowed });
    draft.vault.subnets = [...allowed];
    draft.registry.subnets = [...allowed];
    return draft;
  };

export type EndpointRow = readonly [name: string, target: string, group: string, address: string];
/** Endpoints of one subnet, each with the zones of its group. */
export const endpointsIn = (where: string, rows: readonly EndpointRow[]): EndpointConnectionSpec[] =>
  rows.map(([name, target, group, address]) => ({
    ...{ name, target, group, address, subnet: where },
    zones: zonesOf(group).map(zoneId),
  }));

/** The endpoint of the workspace alone, in the network of the computes. */
export const workspaceEndpoint = (more: Partial<EndpointConnectionSpec> = {}): EndpointConnectionSpec => ({
  ...{ name: 'pe-mlw-sim', target: workspace, group: 'amlworkspace', subnet: subnet('snet-pe'), address: '10.0.4.4' },
  zones: zonesOf('amlworkspace').map(zoneId),
  ...more,
});

/**
 * The workspace, the accounts, the vault and the registry are reached at private addresses of the computes' network alone, the
 * zones are linked to it, no compute has a public address, and outbound traffic uses a NAT gateway.
 */
export function closedByPrivateEndpoints(): WorldDraft {
  const draft = new WorldDraft();
  const gateway = inGroup('Microsoft.Network/natGateways', 'nat-ml');
  const serverless = subnet('snet-serverless');
  const outbound = { natGateway: gateway, defaultOutboundAccess: false };
  const lake = account('lakemlsim');
  draft.groups.push(zoneGroup);
  draft.networks[network] = {
    space: '10.0.0.0/16',
    subnets: {
      'snet-train': { prefix: '10.0.1.0/24', uses: 2, ...outbound },
      'snet-gpu': { prefix: '10.0.2.0/24', ...outbound },
      'snet-dev': { prefix: '10.0.3.0/24', uses: 1, ...outbound },
      'snet-serverless': { prefix: '10.0.5.0/24', ...outbound },
      'snet-pe': { prefix: '10.0.4.0/24' },
      'snet-aks': { prefix: '10.0.8.0/22' },
    },
  };
  draft.endpoints = endpointsIn(subnet('snet-pe'), [
    ['pe-mlw-sim-amlworkspace', workspace, 'amlworkspace', '10.0.4.4'],
    ['pe-stmlsim-blob', account('stmlsim'), 'blob', '10.0.4.7'],
    ['pe-stmlsim-file', account('stmlsim'), 'file', '10.0.4.8'],
    ['pe-stmldata-blob', account('stmldata'), 'blob', '10.0.4.9'],
    ['pe-stmldata-file', account('stmldata'), 'file', '10.0.4.10'],
    ['pe-lakemlsim-blob', lake, 'blob', '10.0.4.11'],
    ['pe-lakemlsim-file', lake, 'file', '10.0.4.12'],
    ['pe-lakemlsim-dfs', lake, 'dfs', '10.0.4.13'],
    ['pe-kv-mlsim-vault', vault, 'vault', '10.0.4.14'],
    ['pe-acrmlsim-registry', registry, 'registry', '10.0.4.15'],
  ]);
  draft.workspace = {
    ...{ imageBuildCompute: 'cpu-cluster', publicNetworkAccess: 'Disabled' },
    members: [
      `"serverlessComputeSettings": {"serverlessComputeCustomSubnet": "${serverless}", "serverlessComputeNoPublicIP": true}`,
    ],
  };
  draft.computes = standardComputes(computeSubnets, { publicIp: false });
  addAccounts(draft, allAccounts, { publicNetworkAccess: 'Disabled' });
  draft.registry.publicNetworkAccess = 'Disabled';
  draft.bodies = [
    ...natGateway(gateway, '203.0.113.20', [...computeSubnets, serverless]),
    ...readersOfEndpoints(draft.endpoints),
  ];
  return draft;
}

/**
 * Computes sit in Microsoft's own network without public addresses, and reach the accounts, the vault and the registry by outbound
 * rules. Users connect to an endpoint of the workspace in their own network, which holds endpoints of the accounts as well.
 */
export function closedByManagedNetwork(): WorldDraft {
  const draft = new WorldDraft();
  const [main, data, lake] = [account('stmlsim'), account('stmldata'), account('lakemlsim')];
  const reached: readonly (readonly [target: string, isRequired: boolean, ...groups: string[]])[] = [
    [main, true, 'blob', 'file'],
    [data, false, 'blob', 'file'],
    [lake, false, 'blob', 'file', 'dfs'],
    [vault, true, 'vault'],
    [registry, true, 'registry'],
    [workspace, true, 'amlworkspace'],
  ];
  draft.groups.push(zoneGroup);
  draft.networks[clientNetwork] = {
    space: '10.20.0.0/16',
    subnets: { 'snet-pe': { prefix: '10.20.1.0/24' }, 'snet-desks': { prefix: '10.20.2.0/24' } },
  };
  draft.zoneLinks = [clientNetwork];
  draft.endpoints = endpointsIn(`${clientNetwork}/subnets/snet-pe`, [
    ['pe-mlw-sim', workspace, 'amlworkspace', '10.20.1.4'],
    ['pe-stmlsim-blob', main, 'blob', '10.20.1.7'],
    ['pe-stmlsim-file', main, 'file', '10.20.1.8'],
    ['pe-stmldata-blob', data, 'blob', '10.20.1.9'],
    ['pe-stmldata-file', data, 'file', '10.20.1.10'],
    ['pe-lakemlsim-blob', lake, 'blob', '10.20.1.11'],
    ['pe-lakemlsim-file', lake, 'file', '10.20.1.12'],
    ['pe-lakemlsim-dfs', lake, 'dfs', '10.20.1.13'],
  ]);
  draft.workspace = {
    ...{ imageBuildCompute: 'cpu-cluster', publicNetworkAccess: 'Disabled', members: [] },
    managedEndpoints: reached.map(([target, , ...groups]) => [target, ...groups]),
  };
  draft.managedNetwork = {
    ...{ mode: 'AllowOnlyApprovedOutbound', status: 'Active' },
    rules: [
      ...requiredTags(),
      ...reached.flatMap(([target, isRequired, ...groups]) =>
        groups.map((group) => endpointRule(target, group, isRequired)),
      ),
      hostRule('pypi', 'pypi.org'),
      hostRule('pypi-files', 'files.pythonhosted.org'),
    ],
  };
  draft.computes = standardComputes([null, null, null], { publicIp: false });
  addAccounts(draft, allAccounts, { publicNetworkAccess: 'Disabled' });
  draft.registry.publicNetworkAccess = 'Disabled';
  draft.hasKubernetes = false;
  draft.bodies = readersOfEndpoints(draft.endpoints);
  return draft;
}

function addAccounts(draft: WorldDraft, names: readonly string[], spec: Partial<AccountSpec>): void {
  for (const name of names)
    draft.addAccount(
      name,
      deniedAccount({ ...spec, subnets: [...(spec.subnets ?? [])], isHierarchical: name === 'lakemlsim' }),
    );
}

/** The studio needs *Reader* on the endpoints of the accounts. */
const readersOfEndpoints = (endpoints: readonly EndpointConnectionSpec[]): string[] =>
  endpoints
    .filter(({ target }) => target.includes('/storageAccounts/'))
    .map((spec) => readerOn(endpointId(spec), principal));
