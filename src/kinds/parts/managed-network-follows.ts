// What follows from a change of a workspace's managed network: turned on, it waits to be provisioned; provisioned, its rules
// come into force. For previews.
import { isObject, type JsonObject } from '../../model/json.ts';
import { member, updateAt, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf } from '../../model/resource-id.ts';
import type { Change, Consequence, Seen } from '../kind.ts';
import {
  isolationPointer,
  managedNetworkPointer,
  networkStatusPointer,
  outboundRulesOf,
  outboundRulesPointer,
  withOutboundRule,
} from '../managed-network-view.ts';
import { objectAt } from '../read.ts';
import { workspaceView } from '../workspace-view.ts';
import { without } from './bodies.ts';

const nothing: Consequence = { put: [], gone: [] };

export function networkFollows(change: Change, seen: Seen): Consequence {
  const workspace = seen.resource(change.resource);
  if (!workspace || change.kind !== 'edit') return nothing;
  const touched = change.edits.map(({ pointer }) => pointer);
  if (touched.includes(networkStatusPointer)) return inForce(workspace, seen);
  const isSwitched = touched.some((pointer) => pointer === isolationPointer || pointer === managedNetworkPointer);
  return isSwitched ? switched(workspace) : nothing;
}

/** A network that is new has no rules yet, and stands still until it is provisioned; one that is off has neither. */
function switched(workspace: Resource): Consequence {
  const { on } = workspaceView(workspace).managedNetwork;
  const body = updateAt(workspace.body, ['properties', 'managedNetwork'], (network) => {
    if (!isObject(network)) return network;
    if (!on) return without(network, Object.keys(fresh));
    const missing = Object.entries(fresh).filter(([name]) => member(network, name) === undefined);
    return { ...network, ...Object.fromEntries(missing) };
  });
  return isObject(body) ? { put: [{ ...workspace, body }], gone: [] } : nothing;
}
const fresh: JsonObject = { outboundRules: {}, status: { status: 'Inactive' } };

function inForce(workspace: Resource, seen: Seen): Consequence {
  const state = valueAt(workspace.body, networkStatusPointer);
  let after = workspace;
  for (const { id, body } of outboundRulesOf(workspace)) {
    const properties = objectAt(body, '/properties');
    if (properties && typeof state === 'string') {
      after = withOutboundRule(after, nameOf(id), { ...properties, status: state });
    }
  }
  const own = outboundRulesOf(after).filter(({ id }) => seen.resource(id));
  return isObject(valueAt(after.body, outboundRulesPointer)) ? { put: [after, ...own], gone: [] } : nothing;
}
