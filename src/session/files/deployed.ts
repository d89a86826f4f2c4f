// What Azure does itself once a template is deployed: an endpoint shows at its target, a subnet in its network, an outbound
// rule in its workspace (`ResourceType.sideEffects`). Where it is open which of two things happens, what depends on it is open too.

import { isArray, isObject, type Json, type JsonObject, sameJson } from '../../model/json.ts';
import { updateAt, valueAt, withMember } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { isUnresolved, unresolved } from '../../model/unresolved.ts';
import { applyChange } from '../../plan/index.ts';
import { connectionTargets, mayHaveGroup, resourceTypeOf, zoneGroupType } from '../../resource-types/index.ts';

const endpointType = 'microsoft.network/privateendpoints';
const connectionLists = ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'];

/** One resource for each id. Declared twice with different bodies, which one stands in the end is open. */
export function once(resources: readonly Resource[]): Resource[] {
  return [...Map.groupBy(resources, ({ id }) => fold(id)).values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const same = others.every(({ body }) => sameJson(body, first.body));
    const open = unresolved('properties', 'the templates declare it more than once, with different content');
    return [same ? first : { ...first, body: withMember(first.body, 'properties', open) }];
  });
}

/** The snapshot with what follows from making these resources, which it holds already. */
export function withFollowing(snapshot: Snapshot, made: readonly Resource[]): Snapshot {
  const isEndpoint = ({ type }: Resource) => fold(type) === endpointType;
  // Endpoints last: a target that is created after them would be without their connections.
  const after = [...made.filter((one) => !isEndpoint(one)), ...made.filter(isEndpoint)]
    // Which addresses the records of a zone group will hold is not known of a template: the group tells of them.
    .filter(({ type }) => resourceTypeOf(type).sideEffects !== undefined && fold(type) !== fold(zoneGroupType))
    .reduce((now, { id, body }) => applyChange(now, { kind: 'create', resource: id, edits: [], body }), snapshot);
  const stray = made.filter((one) => isEndpoint(one) && isTargetOpen(one.body));
  // What was deployed is not of a plan.
  if (stray.length === 0) return { ...after };
  const open = (one: Resource) => {
    const endpoint = stray.find(({ body }) => mayLeadTo(one.type, body));
    return endpoint ? withOpenConnections(one, endpoint) : one;
  };
  return { ...after, resources: after.resources.map(open) };
}

/** By the sub-resources of an endpoint; where these are not known, to every type. */
function mayLeadTo(type: string, body: JsonObject): boolean {
  if (!connectionTargets.includes(type)) return false;
  if (isUnresolved(body.properties)) return true;
  return connectionLists.some((name) => {
    const list = valueAt(body, `/properties/${name}`);
    if (!isArray(list)) return isUnresolved(list);
    return list.some((item) => {
      const groups = isUnresolved(item) ? item : valueAt(item, '/properties/groupIds');
      if (!isArray(groups)) return true;
      return groups.some((group) => typeof group !== 'string' || mayHaveGroup(type, group));
    });
  });
}

/** Does an endpoint lead to an unknown target? */
function isTargetOpen(body: JsonObject): boolean {
  if (isUnresolved(body.properties)) return true;
  return connectionLists.some((name) => {
    const list = valueAt(body, `/properties/${name}`);
    const hidden = (item: Json) =>
      isUnresolved(item) ||
      isUnresolved(valueAt(item, '/properties')) ||
      isUnresolved(valueAt(item, '/properties/privateLinkServiceId'));
    return isUnresolved(list) || (isArray(list) && list.some(hidden));
  });
}

function withOpenConnections(resource: Resource, endpoint: Resource): Resource {
  const body = updateAt(resource.body, ['properties', 'privateEndpointConnections'], () =>
    unresolved('privateEndpointConnections', `the target of the endpoint ${endpoint.id} is not known`),
  );
  return isObject(body) && !isUnresolved(resource.body.properties) ? { ...resource, body } : resource;
}
