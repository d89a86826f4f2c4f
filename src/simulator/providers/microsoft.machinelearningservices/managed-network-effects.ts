// A workspace document and its outbound rules as resources say the same, and active endpoint rules have a connection at
// their target. The endpoints are the service's: no subscription of the customer shows them.
import { fold, nameOf } from '../../gateway/address.ts';
import { type ArmObject, clone, isObject, object, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { approved, connect, connectionType } from '../private-link/connections.ts';
import { targetOf } from '../private-link/targets.ts';
import { isEndpointRule, leadsTo, networkIn, putRule, reach, rulesIn, ruleType } from './managed-network-parts.ts';

const serviceScope = '/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/managed-network';

/** After the workspace: its rules become resources, rules it no longer has go. */
export function workspaceStored(store: Store, id: string, newId: () => string): void {
  const workspace = store.get(id);
  if (!workspace || !networkIn(workspace)) return;
  const rules = rulesIn(workspace);
  for (const known of store.ofType(ruleType, id)) {
    const rule = rules.find(([name]) => fold(name) === fold(nameOf(idOf(known))))?.[1];
    const old = known.get('properties');
    if (isObject(old) && !isSameReach(old, rule)) disconnect(store, old);
    if (!rule) store.remove(idOf(known));
  }
  for (const [name, rule] of rules) {
    const ruleId = `${idOf(workspace)}/outboundRules/${name}`;
    store.set(ruleId, ruleBody(ruleId, name, rule));
    connectRule(store, rule, newId);
  }
}

/** What was loaded may show the rules in one of their two places only. */
export function completeRules(store: Store): void {
  for (const workspace of store.ofType('Microsoft.MachineLearningServices/workspaces')) {
    for (const [name, rule] of rulesIn(workspace)) {
      const id = `${idOf(workspace)}/outboundRules/${name}`;
      if (!store.get(id)) store.set(id, ruleBody(id, name, rule));
    }
    for (const body of store.ofType(ruleType, idOf(workspace))) {
      const rule = body.get('properties');
      if (isObject(rule)) putRule(workspace, nameOf(idOf(body)), clone(rule));
    }
  }
}

/** After a rule: its workspace shows it. */
export function ruleStored(store: Store, id: string, newId: () => string): void {
  const [workspace, body] = [store.get(workspaceOf(id)), store.get(id)];
  const rule = body?.get('properties');
  if (!workspace || !body || !isObject(rule)) return;
  const name = nameOf(idOf(body));
  const old = rulesIn(workspace).find(([known]) => fold(known) === fold(name))?.[1];
  if (old && !isSameReach(old, rule)) disconnect(store, old);
  putRule(workspace, name, clone(rule));
  connectRule(store, rule, newId);
}

export function ruleGone(store: Store, id: string, body: ArmObject): void {
  const workspace = store.get(workspaceOf(id));
  if (workspace) putRule(workspace, nameOf(id), undefined);
  const rule = body.get('properties');
  if (isObject(rule)) disconnect(store, rule);
}

const workspaceOf = (ruleId: string): string => ruleId.slice(0, fold(ruleId).lastIndexOf('/outboundrules/'));

/** The rule as a resource. */
function ruleBody(id: string, name: string, rule: ArmObject): ArmObject {
  return object({ id, name, type: ruleType, properties: clone(rule) });
}

function connectRule(store: Store, rule: ArmObject, newId: () => string): void {
  const isReady = isEndpointRule(rule) && fold(text(rule, 'status') ?? '') === 'active';
  const to = reach(rule);
  if (!isReady || connectionsOf(store, to.id, to.group).length > 0) return;
  const endpoint = `${endpointPrefix(to.id, to.group)}${newId().slice(0, 8)}`;
  connect(store, to.id, endpoint, approved, newId);
}

function isSameReach(old: ArmObject, rule: ArmObject | undefined): boolean {
  const to = reach(old);
  return rule !== undefined && leadsTo(rule, to.id, to.group);
}

function disconnect(store: Store, rule: ArmObject): void {
  if (!isEndpointRule(rule)) return;
  const to = reach(rule);
  for (const connection of connectionsOf(store, to.id, to.group)) store.remove(idOf(connection));
}

export const endpointPrefix = (id: string, group: string): string =>
  `${serviceScope}/providers/Microsoft.Network/privateEndpoints/__SYS_PE_${nameOf(id)}_${group}_`;

/** The connections that the service has made to a group of a resource. */
export function connectionsOf(store: Store, id: string, group: string): ArmObject[] {
  const target = targetOf(id);
  if (!target) return [];
  const prefix = fold(endpointPrefix(id, group));
  return store.ofType(connectionType(target.type), id).filter((connection) => {
    const endpoint = text(connection, 'properties', 'privateEndpoint', 'id') ?? '';
    return fold(endpoint).startsWith(prefix);
  });
}
