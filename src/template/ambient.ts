// Where a template will be deployed to: not in the file, so its parts are placeholders that keep their identity. Only the cloud is
// known, since `--cloud` names it.
import type { Json, JsonObject } from '../model/json.ts';
import { isOpen, open, placeholderSubscription, textOf } from './values.ts';

/** The scope of one deployment. Without a group it is a subscription's, without both the tenant's. */
export interface DeploymentScope {
  readonly subscription: Json | undefined;
  readonly group: Json | undefined;
  /** The deployment's name, for `deployment().name`. */
  readonly deployment: Json;
  readonly cloud: CloudName;
  readonly location: Json;
  readonly tenant: Json;
}

/** What the operator says of it. */
export interface StatedPlace {
  readonly subscription?: string | undefined;
  readonly group?: string | undefined;
  readonly location?: string | undefined;
  readonly tenant?: string | undefined;
}

const notInFile = 'the deployment scope is not in the file';

/** A file's own place: the placeholder subscription, and a group named after the file in braces, which no real group's name has. */
export function placeOfFile(
  name: string,
  level: 'group' | 'subscription' | 'tenant' = 'group',
  cloud: CloudName = 'public',
  stated: StatedPlace = {},
): DeploymentScope {
  const subscription =
    stated.subscription ?? open('subscription().subscriptionId', notInFile, placeholderSubscription, true);
  const group = stated.group ?? open('resourceGroup().name', notInFile, `{${name.replaceAll('/', '%2F')}}`, true);
  return {
    subscription: level === 'tenant' ? undefined : subscription,
    group: level === 'group' ? group : undefined,
    deployment: open('deployment().name', notInFile, undefined, true),
    cloud,
    location: stated.location ?? open('resourceGroup().location', notInFile, undefined, true),
    tenant: stated.tenant ?? open('tenant().tenantId', notInFile, undefined, true),
  };
}

/** A value as the text of an id segment. */
export const textIn = (value: Json): string => (isOpen(value) ? value.text : textOf(value));

/** The id that resources of a place hang under: `/subscriptions/S/resourceGroups/G`, `/subscriptions/S` or the empty text. */
export function baseOf({ subscription, group }: DeploymentScope): string {
  if (subscription === undefined) return '';
  const above = `/subscriptions/${textIn(subscription)}`;
  return group === undefined ? above : `${above}/resourceGroups/${textIn(group)}`;
}

const unknown = (expression: string) => open(expression, notInFile);
const isKnown = (value: Json | undefined): boolean => typeof value === 'string';

export function subscriptionObject(place: DeploymentScope): JsonObject {
  const { subscription } = place;
  const id = subscription === undefined ? '' : `/subscriptions/${textIn(subscription)}`;
  return {
    id: isKnown(subscription) ? id : open('subscription().id', notInFile, id, true),
    subscriptionId: subscription ?? null,
    tenantId: place.tenant,
    displayName: unknown('subscription().displayName'),
  };
}

export function groupObject(place: DeploymentScope): JsonObject {
  const known = isKnown(place.subscription) && isKnown(place.group);
  return {
    id: known ? baseOf(place) : open('resourceGroup().id', notInFile, baseOf(place), true),
    name: place.group ?? null,
    type: 'Microsoft.Resources/resourceGroups',
    location: place.location,
    managedBy: unknown('resourceGroup().managedBy'),
    tags: unknown('resourceGroup().tags'),
    properties: { provisioningState: 'Succeeded' },
  };
}

export const tenantObject = ({ tenant }: DeploymentScope): JsonObject => ({
  tenantId: tenant,
  countryCode: unknown('tenant().countryCode'),
  displayName: unknown('tenant().displayName'),
});

export const deploymentObject = ({ deployment, location }: DeploymentScope): JsonObject => ({
  name: deployment,
  location,
  properties: unknown('deployment().properties'),
});

/** The clouds a template may be meant for, by the names of `--cloud`. */
export type CloudName = 'public' | 'china' | 'usgov';

/** The values of each cloud as `az cloud show` of azure-cli 2.74 prints them; the portals as learn.microsoft.com names them. */
const clouds: Readonly<
  Record<
    CloudName,
    readonly [
      name: string,
      arm: string,
      portal: string,
      login: string,
      hosts: readonly [string, string, string, string],
    ]
  >
> = {
  public: [
    'AzureCloud',
    'https://management.azure.com/',
    'https://portal.azure.com',
    'https://login.microsoftonline.com/',
    ['core.windows.net', '.vault.azure.net', '.azurecr.io', '.database.windows.net'],
  ],
  china: [
    'AzureChinaCloud',
    'https://management.chinacloudapi.cn/',
    'https://portal.azure.cn',
    'https://login.chinacloudapi.cn/',
    ['core.chinacloudapi.cn', '.vault.azure.cn', '.azurecr.cn', '.database.chinacloudapi.cn'],
  ],
  usgov: [
    'AzureUSGovernment',
    'https://management.usgovcloudapi.net/',
    'https://portal.azure.us',
    'https://login.microsoftonline.us/',
    ['core.usgovcloudapi.net', '.vault.usgovcloudapi.net', '.azurecr.us', '.database.usgovcloudapi.net'],
  ],
};

/** What `environment()` gives (template-functions-deployment): the members that templates build addresses and names from. */
export function environmentObject(cloud: CloudName): JsonObject {
  const [name, resourceManager, portal, loginEndpoint, [storage, keyvaultDns, acrLoginServer, sqlServerHostname]] =
    clouds[cloud];
  return {
    name,
    resourceManager,
    portal,
    authentication: { loginEndpoint, tenant: 'common' },
    suffixes: { storage, keyvaultDns, acrLoginServer, sqlServerHostname },
  };
}
