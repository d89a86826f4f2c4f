// What follows from a change of a workspace's managed network: turned on, it waits to be provisioned; provisioned, its rules
// come into force. For previews.
import { isObject, type JsonObject } from '../../model/json.ts';
import { member, updateAt, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { Change, Consequence, Seen } from '../kind.ts';
import {
  isolationPointer,
  managedNetworkPointer,
  networkStatusPointer,
  outboundRulesOf,
  outboundRulesPointer,
  outboundRuleView,
  withOutboundRule,
} from '../managed-network-view.ts';
import { publicNetworkAccessOf } from '../network-acls.ts';
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

/** The private endpoint a managed network makes of itself. */
export interface OwnEndpoint {
  readonly target: string;
  readonly group: string;
}

/**
 * The endpoints that provisioning makes without being asked: to what the workspace works with, where only approved traffic may
 * leave or the target's public access is off, and no rule leads there yet (rules-catalogue, D5).
 */
export function endpointsOfItsOwn(workspace: Resource, find: Seen['resource']): OwnEndpoint[] {
  const view = workspaceView(workspace);
  const wanted: readonly (readonly [string | undefined, ...string[]])[] = [
    [view.storageAccount, 'blob', 'file'],
    [view.keyVault, 'vault'],
  ];
  const known = outboundRulesOf(workspace).map(outboundRuleView);
  return wanted.flatMap(([target, ...groups]) => {
    const found = target === undefined ? undefined : find(target);
    if (!found) return [];
    const isApprovedOnly = view.managedNetwork.mode === 'AllowOnlyApprovedOutbound';
    if (!isApprovedOnly && publicNetworkAccessOf(found) !== 'Disabled') return [];
    return groups
      .filter((group) => !known.some((rule) => sameId(rule.target, found.id) && rule.group === group))
      .map((group) => ({ target: found.id, group }));
  });
}

function inForce(workspace: Resource, seen: Seen): Consequence {
  const state = valueAt(workspace.body, networkStatusPointer);
  let after = workspace;
  for (const { target, group } of state === 'Active' ? endpointsOfItsOwn(workspace, seen.resource) : []) {
    const destination = { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false };
    const rule = { type: 'PrivateEndpoint', category: 'Required', destination };
    after = withOutboundRule(after, `__SYS_PE_${nameOf(target)}_${group}`, rule);
  }
  if (state !== 'Active') {
    const own = outboundRulesOf(after).filter((rule) => outboundRuleView(rule).category === 'Required');
    for (const { id } of own) after = withOutboundRule(after, nameOf(id), null);
  }
  for (const { id, body } of outboundRulesOf(after)) {
    const properties = objectAt(body, '/properties');
    if (properties && typeof state === 'string') {
      after = withOutboundRule(after, nameOf(id), { ...properties, status: state });
    }
  }
  const own = outboundRulesOf(after).filter(({ id }) => seen.resource(id));
  return isObject(valueAt(after.body, outboundRulesPointer)) ? { put: [after, ...own], gone: [] } : nothing;
}
