// What the workspaces of the world "fleet" are made of: for each architecture and set of faults the documents of one workspace, cut
// into literal text and names, so that another workspace is the same text with other names.
import { parseJson, stringifyJson, text } from '../json.ts';
import { closedByManagedNetwork, closedByPrivateEndpoints, closedByServiceEndpoints } from './bases.ts';
import type { WorldDraft } from './draft.ts';
import {
  accountOpen,
  accountWithoutSubnet,
  noStorageEndpoint,
  noVaultEndpoint,
  ofAccount,
  ofRegistry,
  ofVault,
  ofWorkspace,
  registryBasic,
  setAccount,
  setRegistry,
  setVault,
  setWorkspace,
  vaultOpen,
  vaultWithoutSubnet,
} from './faults.ts';
import { peeringBody } from './firewall-bodies.ts';
import {
  account,
  clientNetwork,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  inGroup,
  insights,
  network,
  principal,
  region,
  subscription,
  trainSubnet,
  workspace,
  zoneGroup,
  zoneId,
} from './names.ts';
import type { PlantedFault, WorldFault } from './world.ts';

export type FleetWorldArchitecture = 'service endpoints' | 'private endpoints' | 'managed network';

/** The resource group of a hub, and that of the network team in each subscription, before they have a name. */
const hubGroup = `/subscriptions/${subscription}/resourceGroups/rg-hub`;
const teamGroup = `/subscriptions/${subscription}/resourceGroups/rg-net`;
const within = (group: string, type: string, name: string): string =>
  `${group}/providers/Microsoft.Network/${type}/${name}`;
/** What workspaces share, as templates name it. */
export const sharedParts = {
  network: within(hubGroup, 'virtualNetworks', 'vnet-hub'),
  securityGroup: within(teamGroup, 'networkSecurityGroups', 'nsg-ml'),
  routeTable: within(teamGroup, 'routeTables', 'rt-ml'),
  account: account('stmldata'),
  zones: zoneGroup,
} as const;
/** The ranges of a hub's network. */
export const hubSpace = '10.4.0.0/16';

/** Names that differ from workspace to workspace. */
export interface FleetNames {
  readonly subscription: string;
  /** Path of the hub's resource group, of the group of its zones, and what the names of its resources end with. */
  readonly hub: string;
  readonly zones: string;
  /** Path of the resource group of the network team in the subscription; security groups and route tables are in it. */
  readonly team: string;
  readonly hubName: string;
  readonly group: string;
  readonly workspace: string;
  /** In the names of resources; letters and digits alone. */
  readonly code: string;
  /** Second number of its addresses. */
  readonly block: number;
  readonly workspaceGuid: string;
  readonly principal: string;
  readonly notebook: string;
  /** Path, name and group of the account that it shares with others; its own where it shares none. */
  readonly dataAccount: string;
  readonly dataGroup: string;
  readonly dataAccountName: string;
  /** The address that its outbound traffic comes from. */
  readonly publicAddress: string;
}

/** Where the account of a datastore is. */
const storeText = (place: string, inside: string): string => `"subscriptionId":"${place}","resourceGroup":"${inside}"`;
const sharedStore = storeText(subscription, 'rg-shared-data');
const workspaceGuid = '66666666-6666-6666-6666-666666666666';
/** What stands in the templates, longest first, and what replaces it. */
const replaced: readonly (readonly [found: string, value: (names: FleetNames) => string])[] = [
  [sharedStore, ({ dataAccount, dataGroup }) => storeText(dataAccount.split('/')[2] ?? '', dataGroup)],
  [account('stmldata'), (names) => names.dataAccount],
  [account('stmldata').toLowerCase(), (names) => names.dataAccount.toLowerCase()],
  [zoneGroup, (names) => names.zones],
  [hubGroup, (names) => names.hub],
  [teamGroup, (names) => names.team],
  [subscription, (names) => names.subscription],
  [workspaceGuid, (names) => names.workspaceGuid],
  [principal, (names) => names.principal],
  ['ac1da12724f346c09a3eaf3da59910d5', (names) => names.notebook],
  ['203.0.113.20', (names) => names.publicAddress],
  ['appi-mlsim', (names) => `appi-${names.code}`],
  ['aks-mlsim', (names) => `aks-${names.code}`],
  ['lakemlsim', (names) => `lake${names.code}`],
  ['stmldata', (names) => names.dataAccountName],
  ['acrmlsim', (names) => `acr${names.code}`],
  ['kv-mlsim', (names) => `kv-${names.code}`],
  ['aksmlsim', (names) => `aks${names.code}`],
  ['stmlsim', (names) => `st${names.code}`],
  ['mlw-sim', (names) => names.workspace],
  ['vnet-clients', (names) => `vnet-${names.code}-users`],
  ['vnet-ml', (names) => `vnet-${names.code}`],
  ...['vnet-hub', 'nsg-ml', 'rt-ml'].map(
    (found) => [found, ({ hubName }: FleetNames) => `${found}-${hubName}`] as const,
  ),
  ['nat-ml', (names) => `nat-${names.code}`],
  ['rg-ml', (names) => names.group],
  ['"10.20.', (names) => `"10.${names.block}.`],
  ['"10.0.', (names) => `"10.${names.block}.`],
];
const values = new Map(replaced);
const escaped = (found: string): string => found.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pattern = new RegExp(`(${replaced.map(([found]) => escaped(found)).join('|')})`);

/** A text with the names of one workspace. */
export function named(cut: readonly string[], names: FleetNames): string {
  let made = '';
  for (const [index, part] of cut.entries()) made += index % 2 === 0 ? part : (values.get(part)?.(names) ?? part);
  return made;
}
/** Literal text and names, in turn. */
export const cutText = (whole: string): string[] => whole.split(pattern);

interface TemplateDocument {
  readonly id: readonly string[];
  readonly body: readonly string[];
}
export interface FleetTemplate {
  readonly architecture: FleetWorldArchitecture;
  readonly documents: readonly TemplateDocument[];
  readonly faults: readonly WorldFault[];
  readonly usesHub: boolean;
  readonly sharesAccount: boolean;
}

interface TemplateSpec {
  readonly architecture: FleetWorldArchitecture;
  readonly faults: readonly PlantedFault[];
  /** Its compute subnets use the security group and the route table of the hub. */
  readonly usesHub: boolean;
  readonly sharesAccount: boolean;
}

const bases: Readonly<Record<FleetWorldArchitecture, () => WorldDraft>> = {
  'service endpoints': closedByServiceEndpoints(),
  'private endpoints': closedByPrivateEndpoints,
  'managed network': closedByManagedNetwork,
};

const openAccount = (name: string) =>
  ofAccount(name)(
    'storage.default-action-deny',
    'It allows access from all networks.',
    setAccount(name, { publicNetworkAccess: 'Enabled', defaultAction: 'Allow' }),
  );
const openVault = ofVault(
  'keyvault.default-action-deny',
  'It allows access from all networks.',
  setVault({ publicNetworkAccess: 'Enabled', defaultAction: 'Allow' }),
);

/** The sets of faults that workspaces have, by architecture; the first is none. */
export const faultSets: Readonly<Record<FleetWorldArchitecture, readonly (readonly PlantedFault[])[]>> = {
  'service endpoints': [
    [],
    [accountWithoutSubnet('stmlsim', gpuSubnet)],
    [vaultWithoutSubnet(devSubnet), accountOpen('stmlsim')],
    [noVaultEndpoint(trainSubnet), vaultWithoutSubnet(trainSubnet)],
    ['stmlsim', 'stmldata', 'lakemlsim'].map((name) => noStorageEndpoint(name, devSubnet)),
    [vaultOpen(), ...registryBasic()],
  ],
  'private endpoints': [
    [],
    [openAccount('stmlsim')],
    [openVault],
    [
      ofWorkspace(
        'workspace.public-network-access',
        'Public network access is enabled.',
        setWorkspace({ publicNetworkAccess: 'Enabled' }),
      ),
    ],
    [
      ofRegistry(
        'acr.default-action-deny',
        'It allows access from all networks.',
        setRegistry({ publicNetworkAccess: 'Enabled', subnets: null }),
      ),
    ],
  ],
  'managed network': [
    [],
    [
      openAccount('lakemlsim'),
      ofAccount('lakemlsim')('storage.nondefault-accounts', 'It allows access from all networks.'),
      ofAccount('lakemlsim')('storage.adls2-network-rules', 'It has no network rules.'),
    ],
    [openVault],
  ],
};

/** What stands in the resource group of a workspace beside it, and whose tags say which tool owns it. */
function besides(hasSite: boolean): string[] {
  const body = (type: string, name: string, properties: string, tags = '{}'): string =>
    `{"id": "${inGroup(type, name)}", "name": "${name}", "type": "${type}", "location": "${region}", "tags": ${tags},
      "properties": {"provisioningState": "Succeeded", ${properties}}}`;
  const site = inGroup('Microsoft.Web/sites', 'app-mlw-sim');
  return [
    body(
      'Microsoft.OperationalInsights/workspaces',
      'log-mlw-sim',
      '"sku": {"name": "PerGB2018"}, "retentionInDays": 30',
    ),
    body('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-mlw-sim', `"principalId": "${principal}"`),
    body('Microsoft.Compute/disks', 'disk-mlw-sim', '"diskSizeGB": 128, "diskState": "Unattached"'),
    body('Microsoft.Insights/actionGroups', 'ag-mlw-sim', '"enabled": true, "groupShortName": "ml"'),
    body('Microsoft.Portal/dashboards', 'dash-mlw-sim', '"lenses": []', '{"hidden-title": "Machine learning"}'),
    ...(hasSite
      ? [
          body('Microsoft.Web/serverFarms', 'plan-mlw-sim', '"kind": "linux"'),
          body('Microsoft.Web/sites', 'app-mlw-sim', '"state": "Running"', `{"hidden-link: ${insights}": "Resource"}`),
          body('Microsoft.Insights/webTests', 'ping-mlw-sim', '"Enabled": true', `{"hidden-link:${site}": "Resource"}`),
          `{"id": "${inGroup('Microsoft.Resources/deployments', 'main')}", "name": "main", "type": "Microsoft.Resources/deployments",
            "tags": {}, "properties": {"provisioningState": "Succeeded", "mode": "Incremental", "timestamp": "2026-10-01T09:00:00.0000000Z",
              "duration": "PT4M", "correlationId": "${workspaceGuid}", "outputResources": [{"id": "${workspace}"}, {"id": "${account('stmlsim')}"}]}}`,
        ]
      : []),
  ];
}

function templateOf({ architecture, faults, sharesAccount, usesHub }: TemplateSpec): FleetTemplate {
  const draft = bases[architecture]();
  draft.hasKubernetes = false;
  const home = architecture === 'managed network' ? clientNetwork : network;
  draft.network(home).peerings = [peeringBody(home, sharedParts.network, hubSpace)];
  if (usesHub && architecture !== 'managed network') {
    for (const id of computeSubnets) {
      Object.assign(draft.subnet(id), { securityGroup: sharedParts.securityGroup, routeTable: sharedParts.routeTable });
    }
  }
  if (sharesAccount) draft.endpoints = draft.endpoints.filter(({ target }) => target !== sharedParts.account);
  for (const { plant } of faults) plant?.(draft);
  draft.bodies.push(...besides(usesHub));
  const bodies = parseJson(draft.text());
  const documents = (Array.isArray(bodies) ? bodies : []).flatMap((body): TemplateDocument[] => {
    const id = text(body, 'id') ?? '';
    const isZone = id.startsWith(zoneId('')) && !id.slice(zoneId('').length).includes('/');
    const isStart = id.startsWith(zoneId('')) && id.endsWith('/SOA/@');
    if (isZone || isStart || id === zoneGroup || (sharesAccount && id === sharedParts.account)) return [];
    const isShared = sharesAccount && text(body, 'properties', 'accountName') === 'stmldata';
    const whole = stringifyJson(body);
    const shown = isShared ? whole.replace(storeText(subscription, 'rg-ml'), sharedStore) : whole;
    return [{ id: cutText(id), body: cutText(shown) }];
  });
  return { architecture, documents, faults: faults.map(({ plant: _, ...fault }) => fault), usesHub, sharesAccount };
}

const made = new Map<string, FleetTemplate>();

/** Built once for each combination. */
export function fleetTemplate(
  architecture: FleetWorldArchitecture,
  set: number,
  usesHub: boolean,
  sharesAccount: boolean,
): FleetTemplate {
  const key = [architecture, set, usesHub, sharesAccount].join();
  const known = made.get(key);
  if (known) return known;
  const template = templateOf({ architecture, faults: faultSets[architecture][set] ?? [], usesHub, sharesAccount });
  made.set(key, template);
  return template;
}
