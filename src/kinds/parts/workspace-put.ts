// A workspace written whole, for the one member that PATCH does not take: its shared private links (rules-catalogue, P-WS-PUT).
import type { EditChange } from '../../model/change.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import type { WriteRequest } from '../kind.ts';
import { objectAt } from '../read.ts';
import { sharedLinksPointer } from '../shared-link-view.ts';
import { edited, sendable, twinSpelling, without } from './bodies.ts';

/** Members of `properties` that Azure writes by itself; sent back they are refused or mean nothing. */
const computed = [
  'workspaceId',
  'provisioningState',
  'serviceProvisionedResourceGroup',
  'privateLinkCount',
  'privateEndpointConnections',
  'notebookInfo',
  'tenantId',
  'storageHnsEnabled',
  'mlFlowTrackingUri',
  // No document lists these three; the service shows them (arm-protocol 3.1).
  ...['creationTime', 'linkedModelInventoryArmId', 'sdkTelemetryAppInsightsKey'],
];
const computedOfNetwork = ['networkId', 'changeableIsolationModes', 'status'];
const computedOfIdentity = ['principalId', 'tenantId', 'clientId'];

/** The body of a PUT: everything as it came, less what Azure writes by itself. */
function wholeWorkspace(after: JsonObject): JsonObject {
  let body = sendable(after);
  const { properties, identity } = body;
  if (isObject(identity)) body = withMember(body, 'identity', identitySent(identity));
  if (!isObject(properties)) return body;
  let kept = without(properties, computed);
  const { managedNetwork } = kept;
  if (isObject(managedNetwork)) kept = withMember(kept, 'managedNetwork', without(managedNetwork, computedOfNetwork));
  return withMember(body, 'properties', kept);
}

function identitySent(identity: JsonObject): JsonObject {
  const bare = without(identity, computedOfIdentity);
  const users = bare.userAssignedIdentities;
  if (!isObject(users)) return bare;
  const each = Object.entries(users).map(([key, user]): [string, Json] => [
    key,
    isObject(user) ? without(user, computedOfIdentity) : user,
  ]);
  return withMember(bare, 'userAssignedIdentities', Object.fromEntries(each));
}

/** What a template says in place of a patch. `apiVersion`: as of {@link putWhole}. */
export function wholeInTemplate(
  after: JsonObject,
  { id, body: patch }: WriteRequest,
  apiVersion: string,
): WriteRequest {
  const body = wholeWorkspace(after);
  const properties = { ...objectAt(patch, '/properties'), ...objectAt(body, '/properties') };
  return { method: 'PUT', id, apiVersion, body: withMember(body, 'properties', properties) };
}

/** `apiVersion`: one that shows everything that stands in the body, so that nothing is lost. */
export function putWhole(change: EditChange, body: JsonObject, apiVersion: string): WriteRequest | string {
  if (change.edits.some((edit) => edit.pointer !== sharedLinksPointer)) {
    return 'Shared private links are written in a write of their own.';
  }
  const twin = twinSpelling(body, change.edits);
  if (twin !== undefined) return twin;
  return {
    method: 'PUT',
    id: change.resource,
    apiVersion,
    body: wholeWorkspace(edited(body, change.edits)),
  };
}
