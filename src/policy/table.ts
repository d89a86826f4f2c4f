// The table rule → policy: how Azure Policy holds what a rule found to be right, or why it cannot. A new rule with a fix needs one
// line in `policyTable`. What holds a finding is read from its evidence, in the state to be held.
import type { Evidence, Finding } from '../model/finding.ts';
import { isArray, type Json, type JsonObject } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { fold, isWithin, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { listAt, textAt, textsAt } from '../resource-types/read.ts';
import { builtIns, customs, mostCounted, type PolicyDefinition, wholeInternet } from './definitions.ts';

/** One definition to be assigned. */
export interface Held {
  readonly definition: PolicyDefinition;
  /** Id of the resource it is assigned to: a resource of its own, never a part of one. */
  readonly scope: string;
  readonly parameters: JsonObject;
}
export type HeldFinding = Pick<Finding, 'id' | 'rule' | 'resource' | 'where' | 'evidence'>;

/** What one piece of evidence is held by; a sentence where Policy cannot hold it; undefined where it is about something else. */
type Holder = (evidence: Evidence, finding: HeldFinding, index: SnapshotIndex) => Held | string | undefined;
/** A row: what holds the finding, or a sentence why nothing does. */
export type PolicyRow = (finding: HeldFinding, index: SnapshotIndex) => readonly Held[] | string;

const held = (definition: PolicyDefinition, scope: string, parameters: JsonObject = {}): Held => ({
  definition,
  scope,
  parameters,
});
const service = (id: string): 'storage' | 'vault' | 'registry' | 'workspace' | undefined => {
  switch (fold(typeOf(id))) {
    case 'microsoft.storage/storageaccounts':
      return 'storage';
    case 'microsoft.keyvault/vaults':
      return 'vault';
    case 'microsoft.containerregistry/registries':
      return 'registry';
    case 'microsoft.machinelearningservices/workspaces':
      return 'workspace';
  }
};
/** The definition for the service of a resource. */
const ofService = (
  id: string,
  byService: Readonly<Partial<Record<NonNullable<ReturnType<typeof service>>, PolicyDefinition>>>,
): PolicyDefinition | undefined => byService[service(id) ?? 'storage'];

const listOf = (value: Json): readonly Json[] => (isArray(value) ? value : []);

const denies: Holder = ({ resource, pointer, value }) => {
  const definition = ofService(resource, {
    storage: builtIns.storageDeniesByDefault,
    vault: builtIns.vaultFirewall,
    registry: builtIns.registryNetworkAccess,
  });
  return pointer.endsWith('/defaultAction') && value === 'Deny' && definition !== undefined
    ? held(definition, resource)
    : undefined;
};

const registryRules =
  'No published definition names the alias for the subnet in a virtual network rule of a registry, so Policy cannot look for one subnet.';

const allowsSubnets = (resource: string, ids: readonly string[]): Held | string | undefined => {
  if (service(resource) === 'registry') return registryRules;
  const definition = ofService(resource, { storage: customs.storageSubnetRule, vault: customs.vaultSubnetRule });
  return definition === undefined || ids.length === 0 ? undefined : held(definition, resource, { subnetIds: ids });
};
const subnetRule: Holder = ({ resource, pointer, value }) =>
  /\/virtualNetworkRules\/\d+$/.test(pointer) ? allowsSubnets(resource, [textAt(value, '/id') ?? '']) : undefined;

/** Of a whole list, the rules for subnets of the networks that the finding notes. */
const rulesOfNetworks: Holder = ({ resource, pointer, value }, { evidence }) => {
  if (!pointer.endsWith('/virtualNetworkRules')) return undefined;
  const networks = evidence.flatMap((one) => (one.note.startsWith('networks of') ? textsAt(one.value, '') : []));
  const ids = listOf(value).flatMap((rule) => textAt(rule, '/id') ?? []);
  return allowsSubnets(
    resource,
    ids.filter((id) => networks.some((network) => isWithin(id, network))),
  );
};

const addressRule: Holder = ({ resource, pointer, value }) => {
  const definition = ofService(resource, { storage: customs.storageAddressRule, vault: customs.vaultAddressRule });
  return /\/ipRules\/\d+$/.test(pointer) && definition !== undefined
    ? held(definition, resource, { values: [textAt(value, '/value') ?? ''] })
    : undefined;
};

const trusted: Holder = ({ resource, pointer, value }) => {
  const definition = ofService(resource, {
    storage: builtIns.storageTrustedServices,
    vault: customs.vaultTrustedServices,
    registry: customs.registryTrustedServices,
  });
  const isBypass = pointer.endsWith('/bypass') || pointer.endsWith('/networkRuleBypassOptions');
  // An absent bypass allows trusted services, too.
  const isAllowed = value === null || (typeof value === 'string' && fold(value).includes('azureservices'));
  return isBypass && isAllowed && definition !== undefined ? held(definition, resource) : undefined;
};

const resourceRule: Holder = ({ resource, pointer, value }, finding) => {
  const rules = pointer.endsWith('/resourceAccessRules') ? listOf(value) : [value];
  if (!/\/resourceAccessRules(\/\d+)?$/.test(pointer)) return undefined;
  const ids = rules.flatMap((rule) => textAt(rule, '/resourceId') ?? []);
  const resourceId = rules === value ? ids.find((id) => sameId(id, finding.resource)) : ids[0];
  return resourceId === undefined ? undefined : held(customs.storageResourceRule, resource, { resourceId });
};

const privateLink: Holder = ({ resource, pointer, value }) => {
  const definition = ofService(resource, {
    storage: builtIns.storagePrivateLink,
    vault: builtIns.vaultPrivateLink,
    registry: builtIns.registryPrivateLink,
    workspace: builtIns.workspacePrivateLink,
  });
  return pointer === '/properties/privateEndpointConnections' && listOf(value).length > 0 && definition !== undefined
    ? held(definition, resource)
    : undefined;
};

const publicAccess: Holder = ({ resource, pointer, value }) => {
  if (pointer !== '/properties/publicNetworkAccess') return undefined;
  const disabled = value === 'Disabled';
  const definition = ofService(
    resource,
    disabled
      ? {
          storage: builtIns.storagePublicAccessDisabled,
          vault: builtIns.vaultPublicAccessDisabled,
          workspace: builtIns.workspacePublicAccessDisabled,
        }
      : {
          storage: customs.storagePublicAccess,
          vault: customs.vaultPublicAccess,
          registry: customs.registryPublicAccess,
        },
  );
  return definition === undefined ? undefined : held(definition, resource);
};

const serviceEndpoint: Holder = ({ resource, pointer, value }) => {
  const network = parentId(resource);
  return /^\/properties\/serviceEndpoints\/\d+$/.test(pointer) && network !== undefined
    ? held(customs.subnetServiceEndpoint, network, {
        subnetName: nameOf(resource),
        service: textAt(value, '/service') ?? '',
      })
    : undefined;
};

const delegations: Holder = ({ resource, pointer, value }) => {
  const network = parentId(resource);
  if (pointer !== '/properties/delegations' || network === undefined) return undefined;
  const definition = listOf(value).length > 0 ? customs.subnetDelegated : customs.subnetNotDelegated;
  return held(definition, network, { subnetName: nameOf(resource) });
};

const defaultRule =
  'A default rule of Azure decides. Policy cannot compare priorities, so it cannot forbid just the rules that would override it.';

/** The security rule that decides; one of Azure's defaults is there for ever, and what could override it is not known. */
const securityRule: Holder = ({ resource, pointer, value, note }) => {
  if (!note.startsWith('decides')) return undefined;
  if (!/^\/properties\/securityRules\/\d+$/.test(pointer)) return defaultRule;
  const text = (name: string) => textAt(value, `/properties/${name}`) ?? '';
  const texts = (name: string) => textsAt(value, `/properties/${name}`);
  const groups = ['sourceApplicationSecurityGroups', 'destinationApplicationSecurityGroups'];
  if (groups.some((name) => listAt(value, `/properties/${name}`).length > 0))
    return 'The security rule names application security groups, whose addresses Policy does not know.';
  const lists = ['sourceAddressPrefixes', 'destinationAddressPrefixes', 'destinationPortRanges'] as const;
  if (lists.some((name) => texts(name).length > mostCounted))
    return `The security rule has lists of more than ${mostCounted} values, the most that a policy may count.`;
  const [sourceAddressPrefixes, destinationAddressPrefixes, destinationPortRanges] = [
    texts(lists[0]),
    texts(lists[1]),
    texts(lists[2]),
  ];
  return held(customs.securityRule, resource, {
    ruleName: textAt(value, '/name') ?? '',
    priority: valueAt(value, '/properties/priority') ?? null,
    ...{ access: text('access'), direction: text('direction'), protocol: text('protocol') },
    ...{ sourceAddressPrefix: text('sourceAddressPrefix'), sourceAddressPrefixes },
    ...{ destinationAddressPrefix: text('destinationAddressPrefix'), destinationAddressPrefixes },
    ...{ destinationPortRange: text('destinationPortRange'), destinationPortRanges },
  });
};

const premium: Holder = ({ resource, pointer, value }) =>
  pointer === '/sku/name' && value === 'Premium' ? held(builtIns.registryPremium, resource) : undefined;

const acceptsV2: Holder = ({ resource, pointer }) =>
  pointer === '/properties/v1LegacyMode' ? held(customs.workspaceAcceptsV2, resource) : undefined;

const isolationMode: Holder = ({ resource, pointer, value }) =>
  pointer === '/properties/managedNetwork/isolationMode' && typeof value === 'string'
    ? held(builtIns.workspaceIsolationMode, resource, { isolationMode: value })
    : undefined;

const openScope: Holder = ({ resource, pointer }) =>
  pointer.startsWith('/properties/accessModeSettings/') && !pointer.endsWith('/exclusions')
    ? held(customs.monitorScopeOpen, resource)
    : undefined;

/** Private endpoints are in use: no virtual network rule may come beside them. */
const noSubnetRules: Holder = ({ resource, pointer, value }) =>
  pointer.endsWith('/virtualNetworkRules') && listOf(value).length === 0 && service(resource) === 'storage'
    ? held(customs.storageNoSubnetRules, resource)
    : undefined;

/** The evidence of a finding through these holders; without any that fits, `otherwise` says why. */
const by =
  (holders: readonly Holder[], otherwise: string): PolicyRow =>
  (finding, index) => {
    const found = finding.evidence.flatMap((one) => holders.flatMap((holder) => holder(one, finding, index) ?? []));
    const policies = found.filter((one) => typeof one !== 'string');
    if (policies.length > 0) return policies;
    return found.find((one) => typeof one === 'string') ?? otherwise;
  };

/** No rule of the group opens the port to the Internet; where one does, another rule overrides it, and that is not held. */
const portClosed =
  (port: string): PolicyRow =>
  ({ where, resource }, index) => {
    const group = index.peek(where ?? resource);
    if (group.state !== 'read' || where === null) return 'The subnet has no network security group.';
    const isOpen = listAt(group.resource.body, '/properties/securityRules').some((rule) => {
      const has = (names: readonly string[], wanted: readonly string[]) =>
        names.some((name) =>
          [valueAt(rule, `/properties/${name}`) ?? null, ...listAt(rule, `/properties/${name}`)].some(
            (value) => typeof value === 'string' && wanted.some((one) => sameId(one, value)),
          ),
        );
      return (
        has(['access'], ['Allow']) &&
        has(['direction'], ['Inbound']) &&
        has(['sourceAddressPrefix', 'sourceAddressPrefixes'], wholeInternet) &&
        has(['destinationPortRange', 'destinationPortRanges'], [port, '*'])
      );
    });
    return isOpen
      ? 'A rule opens the port, and a rule with a lower priority number closes it: Policy cannot compare priorities.'
      : [held(customs.noOpenPort, group.resource.id, { port })];
  };

const ofWorkspace = (compute: string): string => parentId(compute) ?? compute;
/** About every compute of the workspace, so that it also holds for one that is created in place of another. */
const everyCompute =
  (definition: PolicyDefinition): PolicyRow =>
  ({ resource }) => [held(definition, ofWorkspace(resource))];

const tableOnSubnet: PolicyRow = ({ resource }, index) => {
  const found = index.peek(resource);
  const table = found.state === 'read' ? textAt(found.resource.body, '/properties/routeTable/id') : undefined;
  const network = parentId(resource);
  return table === undefined || network === undefined
    ? 'The subnet has no route table in the state to keep.'
    : [held(customs.subnetRouteTable, network, { subnetName: nameOf(resource), routeTableId: table })];
};

/** The routes to the Internet that the finding names as those that cover the service. */
const coveringRoutes: PolicyRow = ({ evidence }, index) => {
  const tables = [...new Set(evidence.flatMap(({ note, resource }) => (note === 'covering routes' ? [resource] : [])))];
  const policies = tables.flatMap((table) => {
    const names = evidence.flatMap(({ note, resource, value }) =>
      note === 'covering routes' && sameId(resource, table) ? textsAt(value, '') : [],
    );
    const found = index.peek(table);
    const routes = listAt(found.state === 'read' ? found.resource.body : undefined, '/properties/routes');
    const prefixes = routes.flatMap((route) =>
      names.some((name) => sameId(name, textAt(route, '/name'))) &&
      textAt(route, '/properties/nextHopType') === 'Internet'
        ? (textAt(route, '/properties/addressPrefix') ?? [])
        : [],
    );
    return prefixes.length === 0 ? [] : [held(customs.routes, table, { prefixes: [...new Set(prefixes)] })];
  });
  if (policies.length === 0) return 'No route of the table names the service: it is covered in another way.';
  return policies.some(({ parameters }) => listOf(parameters.prefixes ?? null).length > mostCounted)
    ? `The service has more than ${mostCounted} routes, the most that a policy may count. Policy can check one route for its service tag instead.`
    : policies;
};

const one = 'Policy evaluates one resource at a time';
const relation = (what: string): string => `${one}: it cannot compare ${what}.`;
const dns = relation('the DNS records of a zone with the addresses of a private endpoint');
const noAlias = (what: string): string => `No published definition or list names a policy alias for ${what}.`;
const role = `A role assignment decides, and a deletion of one cannot be denied: ${relation('an identity with its roles at another resource').replace('Policy', 'policy')}`;
const perimeter = relation('an account with the rules of the network security perimeter that overrules its firewall');
const weekly = 'The prefixes of a service change every week, and a policy contains only a fixed list.';

const denied = by([denies], 'The default action is not Deny: the finding passes for another reason.');
const subnetAllowed = by(
  [subnetRule, privateLink],
  'Neither a virtual network rule nor a private endpoint of the service allows it.',
);
const endpointOfService = by([serviceEndpoint], 'The subnet does not use the service endpoint.');
const wholeFirewall = by(
  [denies, subnetRule, trusted, resourceRule, privateLink],
  'Its evidence names no setting that Policy can check.',
);
const trustedAllowed = by(
  [trusted, resourceRule],
  'The bypass does not allow it: the finding passes for another reason.',
);
const clientAllowed = by([addressRule], 'No IP rule allows the address: it is allowed in another way.');
const access = by([publicAccess], 'Public network access passes for another reason than its value.');
const rule = by([securityRule], 'No security rule decides.');

/** In the order of the rules. A sentence is the reason why Policy cannot hold the rule. */
export const policyTable: Readonly<Record<string, PolicyRow | string>> = {
  'workspace.studio-blocked-by-secured-storage': trustedAllowed,
  'workspace.private-endpoint': by([privateLink], 'The workspace has no known private endpoint connection.'),
  'workspace.public-network-access': by(
    [publicAccess],
    'Public network access is not Disabled: the finding passes for another reason.',
  ),
  'workspace.ip-allowlist': noAlias('the IP allowlist of a workspace'),
  'workspace.private-dns': dns,
  'workspace.managed-network-mode': by([isolationMode], 'The workspace has no isolation mode.'),
  'workspace.managed-network-provisioned': 'Provisioning is an operation of the service, not a setting.',
  'workspace.managed-network-approver': role,
  'workspace.monitor-private-only': by([openScope], 'The access mode of the scope is not known.'),
  'workspace.serverless-subnet': noAlias('the subnet of serverless compute'),
  'workspace.online-endpoint-access': noAlias('the public network access of an online endpoint'),
  'workspace.v1-legacy-mode': by([acceptsV2], 'The value of v1LegacyMode of the workspace is not known.'),
  'storage.default-action-deny': denied,
  'storage.vnet-rule-compute-subnet': subnetAllowed,
  'storage.vnet-rule-state': 'Azure sets the state of a virtual network rule; a write cannot.',
  'storage.subnet-service-endpoint': endpointOfService,
  'storage.same-vnet-as-compute': by(
    [rulesOfNetworks],
    relation('the networks of an account with those of its compute'),
  ),
  'storage.bypass-azure-services': trustedAllowed,
  'storage.dev-client-ip': clientAllowed,
  'storage.ip-rules-legal': 'Policy compares texts: it cannot measure how many addresses an IP rule allows.',
  'storage.shared-key-access': relation('the credentials of a datastore with allowSharedKeyAccess of its account'),
  'storage.perimeter-override': perimeter,
  'storage.nondefault-accounts': wholeFirewall,
  'storage.adls2-network-rules': wholeFirewall,
  'storage.adls2-compute-same-vnet': by(
    [rulesOfNetworks],
    relation('the networks of an account with those of its compute'),
  ),
  'storage.public-network-access': access,
  'storage.resource-instance-rule': trustedAllowed,
  'storage.private-endpoints': by([privateLink], 'The account has no known private endpoint connection.'),
  'storage.private-dns': dns,
  'storage.one-endpoint-kind': by(
    [noSubnetRules],
    'The account uses virtual network rules, and Azure itself writes the connections of private endpoints.',
  ),
  'storage.studio-colocation': relation('the private endpoints of the workspace with those of its accounts'),
  'storage.exfiltration-policy': noAlias('the service endpoint policies of a subnet'),
  'keyvault.default-action-deny': denied,
  'keyvault.vnet-rule-compute-subnet': subnetAllowed,
  'keyvault.subnet-service-endpoint': endpointOfService,
  'keyvault.bypass-azure-services': trustedAllowed,
  'keyvault.ip-rules-legal': 'Policy compares texts: it cannot measure how many addresses an IP rule allows.',
  'keyvault.operator-access': clientAllowed,
  'keyvault.public-network-access': access,
  'keyvault.private-endpoint': by([privateLink], 'The key vault has no known private endpoint connection.'),
  'keyvault.perimeter-override': perimeter,
  'dns.endpoint-record': dns,
  'dns.endpoint-collision': dns,
  'compute.placed-in-vnet': everyCompute(builtIns.computeInNetwork),
  'compute.subnet-free-ips': relation('the size of a cluster with the free addresses of its subnet'),
  'compute.locks': 'A policy cannot forbid a resource lock on one resource and allow it elsewhere in its scope.',
  'compute.orphaned-resources': 'A policy cannot delete, and what is unused changes with every run.',
  'compute.ssh-public-access': everyCompute(customs.computeNoPublicSsh),
  'compute.subnet-not-delegated': by([delegations], 'The delegations of the subnet are not known.'),
  'compute.no-public-ip': everyCompute(customs.computeNoPublicAddress),
  'compute.npip-private-endpoint': relation('a compute with the private endpoints that its network reaches'),
  'compute.endpoint-path': relation('each NSG and route between compute and a private endpoint'),
  'compute.explicit-outbound': noAlias('the NAT gateway of a subnet'),
  'nsg.inbound-azureml-44224': rule,
  'nsg.inbound-ssh': portClosed('22'),
  'nsg.outbound-vnet': rule,
  'nsg.outbound-internet-open': rule,
  'nsg.outbound-deny-internet': rule,
  'nsg.outbound-storage': rule,
  'nsg.outbound-acr': rule,
  'nsg.outbound-azureml': rule,
  'nsg.outbound-arm': rule,
  'nsg.outbound-entra': rule,
  'nsg.outbound-mcr': rule,
  'nsg.allow-before-deny': 'Policy cannot compare the priorities of two security rules.',
  'nsg.inbound-batch-obsolete':
    'Which rules are for Azure Batch follows from ports and addresses, which Policy compares as texts.',
  'nsg.outbound-azureml-ports': rule,
  'nsg.outbound-batchnodemanagement': rule,
  'nsg.outbound-frontdoor-frontend': rule,
  'nsg.outbound-frontdoor-firstparty': rule,
  'nsg.outbound-azuremonitor': rule,
  'nsg.outbound-keyvault-hbi': rule,
  'nsg.outbound-storage-445': rule,
  'udr.table-on-compute-subnet': tableOnSubnet,
  'udr.azureml-prefixes': coveringRoutes,
  'udr.next-hop-internet': weekly,
  'udr.prefix-drift': weekly,
  'udr.storage-reachable': relation('the service endpoints and routes of a subnet with its firewall'),
  'udr.service-tag-routes': weekly,
  'udr.azureml-secondary-region':
    'A route for the service tag covers both regions, and udr.azureml-prefixes keeps it. Lists of prefixes change every week.',
  'udr.not-needed': relation('a route with the compute that needs it'),
  'databricks.storage-same-vnet': subnetAllowed,
  'databricks.default-subnet': `${one}, when it is written: it cannot require that a subnet exists.`,
  'vm.ssh-inbound-azureml': rule,
  'vm.ssh-port-matches': relation('the SSH port of a compute with a security rule'),
  'vm.outbound-default': defaultRule,
  'vm.outbound-limited': rule,
  'vm.hdinsight-same-rules': rule,
  'vm.hdinsight-management-inbound': rule,
  'aks.storage-same-vnet': subnetAllowed,
  'aks.ip-plan': relation('the node pools of a cluster with the size of their subnet'),
  'aks.identity-network-contributor': role,
  'aks.scoring-inbound': rule,
  'aks.api-server-access': 'A Trusted Access role binding decides, which is created or deleted as a whole.',
  'aks.outbound-default': defaultRule,
  'aks.internal-load-balancer': noAlias('the load balancer of an attached cluster'),
  'aks.outbound-acr': rule,
  'aks.dependencies-same-vnet': subnetAllowed,
  'aci.subnet-delegated': by([delegations], 'No subnet is known to be delegated to container instances.'),
  'aci.delegation-service-exact': noAlias('the service of a delegation'),
  'aci.delegation-removable': 'It is a clean-up: no setting has to stay.',
  'firewall.application-rules': relation('the rules of all collections of a firewall by their priority'),
  'firewall.current-rules': relation('the rules of all collections of a firewall by their priority'),
  'acr.sku-premium': by([premium], 'The registry is not Premium: the finding passes for another reason.'),
  'acr.same-vnet-subnet': relation('the subnets that a registry allows with those that an account allows'),
  'acr.workspace-has-cluster': `${one}, when it is written: it cannot require that a cluster exists.`,
  'acr.default-action-deny': denied,
  'acr.vnet-rule-compute-subnet': registryRules,
  'acr.subnet-service-endpoint': endpointOfService,
  'acr.image-build-compute': noAlias('the image build compute of a workspace'),
  'acr.build-cluster-same-subnet': relation('the subnet of a cluster with those that the registry allows'),
  'acr.shared-private-link': noAlias('the shared private links of a workspace'),
  'acr.shared-private-link-approved': 'An approval is an operation on the connection, which the service creates.',
  'acr.endpoint-kinds-exclusive': registryRules,
  'acr.public-endpoint-kept': access,
  'acr.private-endpoint': by([privateLink], 'The registry has no known private endpoint connection.'),
  'acr.trusted-services': trustedAllowed,
  'acr.tasks-bypass': noAlias('networkRuleBypassAllowedForTasks'),
};
