// Where a template will be deployed to: not in the file, so its parts are placeholders that keep their identity. Also what
// `environment()` gives in the public cloud.
import type { Json, JsonObject } from '../model/json.ts';
import { open } from './values.ts';

/** The scope of one deployment. Without a group it is a subscription's, without both the tenant's. */
export interface Place {
  readonly subscription: Json | undefined;
  readonly group: Json | undefined;
  /** The deployment's name, for `deployment().name`. */
  readonly deployment: Json;
}

/** Stands for the subscription that a file is deployed to. */
export const placeholderSubscription = '00000000-0000-0000-0000-000000000000';
const notInFile = 'where the template is deployed is not in the file';

/** A file's own place: the placeholder subscription, and a group named after the file in braces, which no real group's name has. */
export function placeOfFile(name: string, level: 'group' | 'subscription' | 'tenant'): Place {
  const subscription = open('subscription().subscriptionId', notInFile, placeholderSubscription, true);
  const group = open('resourceGroup().name', notInFile, `{${name.replaceAll('/', '%2F')}}`, true);
  return {
    subscription: level === 'tenant' ? undefined : subscription,
    group: level === 'group' ? group : undefined,
    deployment: open('deployment().name', notInFile, undefined, true),
  };
}

/** A value as the text of an id segment. */
export const textIn = (value: Json): string =>
  typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : String(value);

/** The id that resources of a place hang under: `/subscriptions/S/resourceGroups/G`, `/subscriptions/S` or the empty text. */
export function baseOf({ subscription, group }: Place): string {
  if (subscription === undefined) return '';
  const above = `/subscriptions/${textIn(subscription)}`;
  return group === undefined ? above : `${above}/resourceGroups/${textIn(group)}`;
}

const unknown = (expression: string) => open(expression, notInFile);
const isKnown = (value: Json | undefined): boolean => typeof value === 'string';

export function subscriptionObject(place: Place): JsonObject {
  const { subscription } = place;
  const id = subscription === undefined ? '' : `/subscriptions/${textIn(subscription)}`;
  return {
    id: isKnown(subscription) ? id : open('subscription().id', notInFile, id, true),
    subscriptionId: subscription ?? null,
    tenantId: unknown('subscription().tenantId'),
    displayName: unknown('subscription().displayName'),
  };
}

export function groupObject(place: Place): JsonObject {
  const known = isKnown(place.subscription) && isKnown(place.group);
  return {
    id: known ? baseOf(place) : open('resourceGroup().id', notInFile, baseOf(place), true),
    name: place.group ?? null,
    type: 'Microsoft.Resources/resourceGroups',
    location: unknown('resourceGroup().location'),
    managedBy: unknown('resourceGroup().managedBy'),
    tags: unknown('resourceGroup().tags'),
    properties: { provisioningState: 'Succeeded' },
  };
}

export const tenantObject = (): JsonObject => ({
  tenantId: unknown('tenant().tenantId'),
  countryCode: unknown('tenant().countryCode'),
  displayName: unknown('tenant().displayName'),
});

export const deploymentObject = ({ deployment }: Place): JsonObject => ({
  name: deployment,
  location: unknown('deployment().location'),
  properties: unknown('deployment().properties'),
});

/** The public cloud's values as template-functions-deployment prints them (read 2026-11). Another cloud's differ, so they are placeholders. */
export function environmentObject(): JsonObject {
  const at = (path: string, text: string) =>
    open(`environment().${path}`, 'which cloud it is is not in the file', text, true);
  return {
    name: at('name', 'AzureCloud'),
    resourceManager: at('resourceManager', 'https://management.azure.com/'),
    portal: at('portal', 'https://portal.azure.com'),
    authentication: {
      loginEndpoint: at('authentication.loginEndpoint', 'https://login.microsoftonline.com/'),
      tenant: at('authentication.tenant', 'common'),
    },
    suffixes: {
      acrLoginServer: at('suffixes.acrLoginServer', '.azurecr.io'),
      azureDatalakeStoreFileSystem: at('suffixes.azureDatalakeStoreFileSystem', 'azuredatalakestore.net'),
      keyvaultDns: at('suffixes.keyvaultDns', '.vault.azure.net'),
      sqlServerHostname: at('suffixes.sqlServerHostname', '.database.windows.net'),
      storage: at('suffixes.storage', 'core.windows.net'),
    },
  };
}
