// A world before it becomes text: a workspace and all that it uses, as data with defaults. A base fills it, faults change it, and
// what two resources show of one another (connections, interfaces in a subnet, DNS records) follows from it.
import { at, isObject, json, type Plain, parseJson, put, stringifyJson } from '../json.ts';
import { defaultAssets } from './asset-bodies.ts';
import { type MachineSpec, machineBodies, nicConfiguration } from './attached-compute-bodies.ts';
import {
  insightsBody,
  joined,
  kubernetesBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  storageRule,
  vaultBody,
  vaultRule,
} from './bodies.ts';
import { account, group, network, registry, vault, workspace } from './names.ts';
import {
  networkBody,
  type RouteText,
  type RuleText,
  routeTableBody,
  type SubnetOptions,
  securityGroupWith,
  subnetBody,
} from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  endpointBodies,
  managedConnections,
  referencesIn,
  zoneBodies,
} from './private-endpoint-bodies.ts';
import {
  type ComputeOptions,
  clusterCompute,
  datastore,
  defaultDatastores,
  instanceCompute,
  type ManagedNetwork,
  managedNetworkMember,
  outboundRuleBodies,
  sharedLink,
  type WorkspaceOptions,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';

type Access = 'Enabled' | 'Disabled' | 'SecuredByPerimeter';
type Mutable<T> = { -readonly [member in keyof T]: T[member] };

export interface ComputeSpec extends Mutable<ComputeOptions> {
  /** Null for a compute in no subnet of the customer. */
  subnet: string | null;
  /** A compute instance; a cluster unless said. */
  isInstance?: boolean;
  vmSize?: string;
  maxNodes?: number;
}

interface FirewallSpec {
  bypass: string;
  defaultAction: 'Allow' | 'Deny';
  /** Ids of the subnets that it allows. */
  subnets: string[];
  addresses: string[];
  publicNetworkAccess: Access;
}
export interface AccountSpec extends FirewallSpec {
  isHierarchical: boolean;
}
export interface VaultSpec extends FirewallSpec {
  /** False for a vault whose firewall was never set: its body holds no `networkAcls`. */
  hasFirewall: boolean;
}
export interface RegistrySpec {
  sku: 'Basic' | 'Premium';
  /** Ids of the subnets that it allows; null for a registry whose rules were never set. */
  subnets: string[] | null;
  bypass: 'AzureServices' | 'None';
  publicNetworkAccess: Access;
}

export interface SubnetSpec extends Mutable<SubnetOptions> {
  prefix: string;
}
export interface NetworkSpec {
  space: string | string[];
  /** By name, in the order in which Azure lists them. */
  subnets: Record<string, SubnetSpec>;
  /** Texts. */
  peerings?: string[];
}

export interface WorkspaceSpec extends Mutable<WorkspaceOptions> {
  imageBuildCompute?: string | undefined;
  /** Status of the workspace's own private link to its registry. */
  sharedLink?: 'Approved' | 'Pending';
  /** Groups by resource, which endpoints of the managed network connect to. */
  managedEndpoints?: readonly (readonly [target: string, ...groups: string[]])[];
  /** Texts of more members of `properties`. */
  members: string[];
}

/** The datastore of each account beside the default one. */
const datastoreOf: Readonly<Record<string, readonly [store: string, kind: string, inside: string]>> = {
  stmldata: ['trainingdata', 'AzureBlob', 'images'],
  lakemlsim: ['lake', 'AzureDataLakeGen2', 'raw'],
  stmlarch: ['archive', 'AzureFile', 'runs'],
};

/** An account whose firewall denies by default and allows trusted Azure services. */
export const deniedAccount = (more: Partial<AccountSpec> = {}): AccountSpec => ({
  ...{ bypass: 'AzureServices', defaultAction: 'Deny', subnets: [], addresses: [], publicNetworkAccess: 'Enabled' },
  isHierarchical: false,
  ...more,
});

/** The id of a body is among its first members. */
const isBodyOf = (body: string, id: string): boolean => body.slice(0, 400).includes(`"id": "${id}",`);

export class WorldDraft {
  groups = [group];
  workspace: WorkspaceSpec = { members: [] };
  managedNetwork: ManagedNetwork | undefined;
  computes: Record<string, ComputeSpec> = {};
  datastores: string[] = defaultDatastores();
  /** Data, models, environments and components. */
  assets: string[] = defaultAssets();
  accounts: Record<string, AccountSpec> = {};
  vault: VaultSpec = { ...deniedAccount(), hasFirewall: true };
  registry: RegistrySpec = { sku: 'Premium', subnets: [], bypass: 'AzureServices', publicNetworkAccess: 'Enabled' };
  /** A Kubernetes cluster that is not attached to the workspace. */
  hasKubernetes = true;
  networks: Record<string, NetworkSpec> = {};
  securityGroups: Record<string, RuleText[]> = {};
  routeTables: Record<string, RouteText[]> = {};
  machines: MachineSpec[] = [];
  endpoints: EndpointConnectionSpec[] = [];
  /** Ids of the networks that the private DNS zones are linked to. */
  zoneLinks: string[] = [network];
  /** By id, the zones that are linked to others. */
  zonesLinkedElsewhere: Record<string, string[]> = {};
  /** Bodies of the projects of a hub: the first is the workspace that is looked at. */
  projects: string[] = [];
  /** Bodies of everything else. */
  bodies: string[] = [];
  /** Tags by id, in place of those that the bodies have. */
  tags: Record<string, Readonly<Record<string, string>>> = {};
  /** Members of `properties` by id, in place of those that the bodies have. */
  settings: Record<string, Readonly<Record<string, Plain>>> = {};

  addAccount(name: string, spec: AccountSpec): void {
    this.accounts[name] = spec;
    const [store, kind, inside] = datastoreOf[name] ?? [];
    if (store !== undefined && kind !== undefined && inside !== undefined)
      this.datastores.push(datastore(store, kind, name, inside));
  }

  /** By id or name. */
  account = (id: string): AccountSpec => known(this.accounts, lastOf(id));
  compute = (name: string): ComputeSpec => known(this.computes, name);
  rules = (securityGroup: string): RuleText[] => known(this.securityGroups, securityGroup);
  routes = (table: string): RouteText[] => known(this.routeTables, table);
  network = (id: string): NetworkSpec => known(this.networks, id);
  subnet = (id: string): SubnetSpec => known(this.network(id.slice(0, id.indexOf('/subnets/'))).subnets, lastOf(id));

  /** JSON text of an array of resources. */
  text(): string {
    const zones = new Set(this.endpoints.flatMap(({ zones = [], recordsIn = [] }) => [...zones, ...recordsIn]));
    return list(
      [
        ...this.groups.map(resourceGroup),
        ...this.projects,
        this.#workspace(),
        ...(this.managedNetwork ? outboundRuleBodies(this.managedNetwork) : []),
        ...Object.entries(this.computes).map(([name, spec]) => computeBody(name, spec)),
        ...this.datastores,
        ...this.assets,
        ...Object.entries(this.accounts).map(([name, spec]) => this.#account(name, spec)),
        this.#vault(),
        registryBody(this.registry.sku, this.registry.subnets, {
          ...this.registry,
          connections: this.#connections(registry),
        }),
        insightsBody(),
        ...(this.hasKubernetes ? [kubernetesBody()] : []),
        ...Object.entries(this.securityGroups).map(([id, rules]) => securityGroupWith(id, rules)),
        ...Object.entries(this.routeTables).map(([id, routes]) => routeTableBody(id, routes)),
        ...this.machines.flatMap(machineBodies),
        ...Object.entries(this.networks).map(([id, spec]) => this.#network(id, spec)),
        ...this.endpoints.flatMap(endpointBodies),
        ...[...zones].flatMap((zone) =>
          zoneBodies(zone, this.zonesLinkedElsewhere[zone] ?? this.zoneLinks, this.endpoints),
        ),
        ...this.bodies,
      ].map((body) => this.#withSettings(this.#tagged(body))),
    );
  }

  #tagged(body: string): string {
    const found = Object.entries(this.tags).find(([id]) => isBodyOf(body, id));
    return found === undefined ? body : body.replace(/"tags": \{[^}]*\}/, `"tags": ${JSON.stringify(found[1])}`);
  }

  #withSettings(body: string): string {
    const own = Object.entries(this.settings).filter(([id]) => isBodyOf(body, id));
    if (own.length === 0) return body;
    const whole = parseJson(body);
    const properties = at(whole, 'properties');
    if (isObject(properties))
      for (const [name, value] of own.flatMap(([, members]) => Object.entries(members)))
        put(properties, name, json(value));
    return stringifyJson(whole);
  }

  #workspace(): string {
    const { imageBuildCompute, sharedLink: status, members, ...options } = this.workspace;
    const connections = this.#connections(options.hub ?? workspace);
    const more = [
      ...(imageBuildCompute === undefined ? [] : [`"imageBuildCompute": "${imageBuildCompute}"`]),
      ...(connections.length > 0 ? [workspaceConnections(connections)] : []),
      ...(status === undefined ? [] : [sharedLink(status)]),
      ...members,
    ];
    const managed = this.managedNetwork ? { managedNetwork: managedNetworkMember(this.managedNetwork) } : {};
    return workspaceBody(more.length > 0 ? `, ${joined(more)}` : '', { ...options, ...managed });
  }

  /** What a resource shows: the endpoints of the customer, and those that the service created. */
  #connections(target: string): string[] {
    const { sharedLink: status, managedEndpoints = [] } = this.workspace;
    return [
      ...connectionsOf(target, this.endpoints),
      ...managedEndpoints.flatMap(([other, ...groups]) => (other === target ? managedConnections(target, groups) : [])),
      ...(status !== undefined && target === registry ? managedConnections(registry, ['registry'], status) : []),
    ];
  }

  #account(name: string, { subnets, isHierarchical, publicNetworkAccess, ...firewall }: AccountSpec): string {
    // Azure keeps the rule of a subnet that was deleted.
    const rules = subnets.map((id) => storageRule(id, this.#find(id) ? 'Succeeded' : 'NetworkSourceDeleted'));
    const connections = this.#connections(account(name));
    return storageAccount(
      name,
      { ...firewall, rules },
      { hierarchical: isHierarchical, publicNetworkAccess, connections },
    );
  }

  #vault(): string {
    const { hasFirewall, subnets, publicNetworkAccess, ...firewall } = this.vault;
    // A subnet without the endpoint is accepted where the caller says so.
    const rules = subnets.map((id) => vaultRule(id, !this.#find(id)?.services?.includes('Microsoft.KeyVault')));
    const connections = this.#connections(vault);
    return vaultBody(hasFirewall ? { ...firewall, rules } : null, {
      publicNetworkAccess,
      ...(connections.length > 0 ? { connections } : {}),
    });
  }

  #network(id: string, { space, subnets, peerings }: NetworkSpec): string {
    const bodies = Object.entries(subnets).map(([name, { prefix, ...options }]) => {
      const where = `${id}/subnets/${name}`;
      const machines = this.machines.filter(({ subnet }) => subnet === where).map((one) => nicConfiguration(one.name));
      const nicConfigurations = [...(options.nicConfigurations ?? []), ...machines];
      const endpoints = referencesIn(where, this.endpoints);
      return subnetBody(where, prefix, {
        ...{ ...options, nicConfigurations },
        ...(endpoints.ids.length > 0 ? { endpoints } : {}),
      });
    });
    return networkBody(id, space, bodies, peerings);
  }

  #find(subnetId: string): SubnetSpec | undefined {
    const wanted = subnetId.toLowerCase();
    for (const [id, { subnets }] of Object.entries(this.networks))
      for (const [name, spec] of Object.entries(subnets))
        if (`${id}/subnets/${name}`.toLowerCase() === wanted) return spec;
    return undefined;
  }
}

const computeBody = (name: string, { subnet, isInstance, vmSize, maxNodes, ...options }: ComputeSpec): string =>
  isInstance
    ? instanceCompute(name, subnet, options)
    : clusterCompute(name, subnet, vmSize ?? 'STANDARD_DS3_V2', maxNodes ?? 4, options);

const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

function known<T>(items: Readonly<Record<string, T>>, key: string): T {
  const item = items[key];
  if (item === undefined) throw new Error(`the draft of this world has no ${key}`);
  return item;
}

/** The same items, with more of them in front of one. */
export const insertBefore = <T>(items: Record<string, T>, key: string, more: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(items).flatMap((entry) => (entry[0] === key ? [...Object.entries(more), entry] : [entry])),
  );
