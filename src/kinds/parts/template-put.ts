// A patch as the PUT that a deployment template sends in its place: templates know no PATCH, so what is not changed goes along.
import { isObject, type JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import type { WriteRequest } from '../kind.ts';
import { sendable, without } from './bodies.ts';

const computedOfIdentity = ['principalId', 'tenantId'];
const propertiesOf = (body: JsonObject | null): JsonObject => (isObject(body?.properties) ? body.properties : {});

/** `computed`: members of `properties` that only the service writes. What the patch says stands over what was read. */
export function patchAsPut(after: JsonObject, patch: WriteRequest, computed: readonly string[]): WriteRequest {
  const properties = without(propertiesOf(after), ['provisioningState', 'privateEndpointConnections', ...computed]);
  return {
    ...{ method: 'PUT', id: patch.id, apiVersion: patch.apiVersion },
    body: { ...withoutComputedIdentity(sendable(after)), properties: { ...properties, ...propertiesOf(patch.body) } },
  };
}

function withoutComputedIdentity(body: JsonObject): JsonObject {
  return isObject(body.identity) ? withMember(body, 'identity', without(body.identity, computedOfIdentity)) : body;
}
