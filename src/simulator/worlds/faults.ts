// Faults that several worlds have, each with the change that plants it in a workspace that is closed by service endpoints.
import type { Plain } from '../json.ts';
import type {
  AccountSpec,
  ComputeSpec,
  RegistrySpec,
  SubnetSpec,
  VaultSpec,
  WorkspaceSpec,
  WorldDraft,
} from './draft.ts';
import { account, registry, vault, workspace } from './names.ts';
import { type FaultsOf, faultsOf, type Plant, type PlantedFault } from './world.ts';

/** Faults of the resources that most worlds speak of. */
export const ofWorkspace = faultsOf(workspace);
export const ofVault = faultsOf(vault);
export const ofRegistry = faultsOf(registry);
export const ofAccount = (name: string, where?: string): FaultsOf => faultsOf(account(name), where);
export const ofCompute = (name: string, where?: string): FaultsOf => faultsOf(`${workspace}/computes/${name}`, where);

/** The client address that the operators of worlds gave. */
export const clientIp = '203.0.113.77';

/** Changes of a base, as data. */
export const setWorkspace =
  (patch: Partial<WorkspaceSpec>): Plant =>
  (draft) =>
    Object.assign(draft.workspace, patch);
export const setCompute =
  (name: string, patch: Partial<ComputeSpec>): Plant =>
  (draft) =>
    Object.assign(draft.compute(name), patch);
export const setAccount =
  (name: string, patch: Partial<AccountSpec>): Plant =>
  (draft) =>
    Object.assign(draft.account(name), patch);
/** Members of `properties`, of any resource that the draft makes: for what its spec does not have. */
export const setProperties =
  (id: string, members: Readonly<Record<string, Plain>>): Plant =>
  (draft) => {
    draft.settings[id] = { ...draft.settings[id], ...members };
  };
export const setVault =
  (patch: Partial<VaultSpec>): Plant =>
  (draft) =>
    Object.assign(draft.vault, patch);
export const setRegistry =
  (patch: Partial<RegistrySpec>): Plant =>
  (draft) =>
    Object.assign(draft.registry, patch);
export const setSubnet =
  (id: string, patch: Partial<SubnetSpec>): Plant =>
  (draft) =>
    Object.assign(draft.subnet(id), patch);

const without = (items: readonly string[] | null, item: string): string[] =>
  (items ?? []).filter((other) => other !== item);

/** Removes the service endpoint from the subnet. */
const removeServiceEndpoint = (draft: WorldDraft, where: string, service: string): void => {
  const spec = draft.subnet(where);
  spec.services = without(spec.services ?? [], service);
};

export const accountOpen = (name: string): PlantedFault =>
  ofAccount(name)(
    'storage.default-action-deny',
    `${name} allows access from all networks.`,
    setAccount(name, { defaultAction: 'Allow' }),
  );

export const accountWithoutSubnet = (name: string, where: string): PlantedFault =>
  ofAccount(name, where)('storage.vnet-rule-compute-subnet', `${name} has no rule for this subnet.`, (draft) => {
    const spec = draft.account(name);
    spec.subnets = without(spec.subnets, where);
  });

export const noStorageEndpoint = (name: string, where: string): PlantedFault =>
  ofAccount(name, where)(
    'storage.subnet-service-endpoint',
    'The subnet has no Microsoft.Storage service endpoint.',
    (draft) => removeServiceEndpoint(draft, where, 'Microsoft.Storage'),
  );

export const vaultOpen = (): PlantedFault =>
  ofVault('keyvault.default-action-deny', 'The firewall of the vault was never set.', setVault({ hasFirewall: false }));

export const vaultWithoutSubnet = (where: string): PlantedFault =>
  faultsOf(vault, where)('keyvault.vnet-rule-compute-subnet', 'The vault has no rule for this subnet.', (draft) =>
    Object.assign(draft.vault, { subnets: without(draft.vault.subnets, where) }),
  );

export const noVaultEndpoint = (where: string): PlantedFault =>
  faultsOf(vault, where)(
    'keyvault.subnet-service-endpoint',
    'The subnet has no Microsoft.KeyVault service endpoint.',
    (draft) => removeServiceEndpoint(draft, where, 'Microsoft.KeyVault'),
  );

/** A Basic registry: it takes no rules, and so allows access from all networks. */
export const registryBasic = (): PlantedFault[] => [
  ofRegistry(
    'acr.sku-premium',
    'The SKU is Basic, which has no network rules.',
    setRegistry({ sku: 'Basic', subnets: null }),
  ),
  ofRegistry('acr.default-action-deny', 'It allows access from all networks, as all registries below Premium do.'),
];

/** The registry does not allow these subnets, and they have no service endpoint for it. */
export const registryWithoutSubnets = (subnets: readonly string[]): PlantedFault[] =>
  subnets.flatMap((where) => [
    faultsOf(registry, where)(
      'acr.vnet-rule-compute-subnet',
      'The registry has no rule for this compute subnet.',
      (draft) => {
        if (draft.registry.subnets !== null) draft.registry.subnets = without(draft.registry.subnets, where);
      },
    ),
    faultsOf(registry, where)(
      'acr.subnet-service-endpoint',
      'The subnet has no Microsoft.ContainerRegistry service endpoint.',
      (draft) => removeServiceEndpoint(draft, where, 'Microsoft.ContainerRegistry'),
    ),
  ]);

/** Nothing was ever closed. `subnets`: those of computes; `trained`: those whose computes use the vault. */
export const everythingOpen = (
  accounts: readonly string[],
  subnets: readonly string[],
  trained: readonly string[] = subnets,
): PlantedFault[] => [
  ...accounts.flatMap((name) => [
    accountOpen(name),
    ...subnets.flatMap((where) => [accountWithoutSubnet(name, where), noStorageEndpoint(name, where)]),
  ]),
  ...['stmldata', 'lakemlsim'].map((name) =>
    ofAccount(name)('storage.nondefault-accounts', `${name} allows access from all networks.`),
  ),
  ofAccount('lakemlsim')('storage.adls2-network-rules', 'The data lake has no network rules.'),
  vaultOpen(),
  ...trained.flatMap((where) => [vaultWithoutSubnet(where), noVaultEndpoint(where)]),
  ...registryBasic(),
  ...registryWithoutSubnets(subnets),
];

/** The client's address is in no rule of the account. */
export const clientIpBlocked = (name: string, says = `${clientIp} is in no IP rule.`): PlantedFault => ({
  ...ofAccount(name)('storage.dev-client-ip', says),
  needsIntent: 'devClientIps',
});
export const clientIpBlockedByVault = (): PlantedFault => ({
  ...ofVault('keyvault.operator-access', `${clientIp} is in no IP rule.`),
  needsIntent: 'devClientIps',
});
