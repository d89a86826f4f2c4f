// The managed network of a workspace and its outbound rules. A rule is a resource and also a member of the workspace's body,
// by name.
import { writeVersionOf } from '../model/api-versions.ts';
import { applyEdits } from '../model/edit.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { member, memberNames, updateAt, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, isWithin, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import { defineResourceType, unseen } from './define.ts';
import { endpointConnectionsOf, publicNetworkAccessOf } from './network-acls.ts';
import { groupOf, isUnder, twinSpelling, without, withoutComputed } from './parts/bodies.ts';
import { isAny } from './parts/effects.ts';
import { line } from './parts/shell.ts';
import {
  connectionBody,
  connectionTargets,
  privateEndpointType,
  withConnection,
  withoutConnections,
} from './private-link.ts';
import { enumAt, lazyMembers, memoizePerResource, objectAt, textAt } from './read.ts';
import type { Change, Consequence, ResourceLookup } from './resource-type.ts';
import { approverRoles, roleAssignmentType, roleAssignmentView } from './role-assignment.ts';
import { workspacePrincipalOf, workspaceView } from './workspace-view.ts';

export const outboundRuleType = 'Microsoft.MachineLearningServices/workspaces/outboundRules';
export const managedNetworkPointer = '/properties/managedNetwork';
export const isolationPointer = `${managedNetworkPointer}/isolationMode`;
export const networkStatusPointer = `${managedNetworkPointer}/status/status`;
/** `V1` or `V2`, and the SKU of its firewall: not shown by older api-versions. */
export const networkKindPointer = `${managedNetworkPointer}/managedNetworkKind`;
export const firewallSkuPointer = `${managedNetworkPointer}/firewallSku`;
/** In version 2 each outbound rule has its own state, and that of the network says nothing. */
export const isNetworkV2 = (body: JsonObject | undefined): boolean =>
  fold(textAt(body, networkKindPointer) ?? '') === 'v2';
export const outboundRulesPointer = `${managedNetworkPointer}/outboundRules`;

const ruleTypes = ['FQDN', 'PrivateEndpoint', 'ServiceTag'] as const;
const categories = ['UserDefined', 'Required', 'Recommended', 'Dependency'] as const;
const states = ['Active', 'Inactive', 'Provisioning', 'Deleting', 'Failed'] as const;

export interface OutboundRuleView {
  readonly name: string;
  readonly type: (typeof ruleTypes)[number] | (string & {}) | undefined;
  /** `UserDefined`, or created by the service. */
  readonly category: (typeof categories)[number] | (string & {}) | undefined;
  readonly status: (typeof states)[number] | (string & {}) | undefined;
  /** Target id and group id of a private endpoint rule. */
  readonly target: string | undefined;
  /** In lower case. */
  readonly group: string | undefined;
}

/** One outbound rule as its own resource. */
export const outboundRuleView = memoizePerResource(
  ({ id, body }: Resource): OutboundRuleView =>
    lazyMembers<OutboundRuleView>({
      name: () => textAt(body, '/name') ?? nameOf(id),
      type: () => enumAt(body, '/properties/type', ruleTypes),
      category: () => enumAt(body, '/properties/category', categories),
      status: () => enumAt(body, '/properties/status', states),
      target: () => textAt(body, '/properties/destination/serviceResourceId'),
      group: () => {
        const group = textAt(body, '/properties/destination/subresourceTarget');
        return group === undefined ? undefined : fold(group);
      },
    }),
);

/** Does the workspace's body contain the rules? Without them they are unknown. */
export const showsOutboundRules = ({ body }: Resource): boolean => isObject(valueAt(body, outboundRulesPointer));

/**
 * One resource for each outbound rule that the workspace's body shows. The scan stores them with the workspace, so that
 * `world.get(ruleId)` answers.
 */
export function outboundRulesOf(workspace: Resource): Resource[] {
  const rules = objectAt(workspace.body, outboundRulesPointer);
  return memberNames(rules ?? {}).flatMap((name) => {
    const properties = rules && member(rules, name);
    if (!isObject(properties)) return [];
    const id = `${workspace.id}/outboundRules/${name}`;
    const body = { id, name, type: outboundRuleType, properties };
    return [{ id, type: outboundRuleType, apiVersion: workspace.apiVersion, body }];
  });
}

/** The workspace with one of its rules added, replaced, or (`null`) removed. */
function withOutboundRule(workspace: Resource, name: string, properties: JsonObject | null): Resource {
  const network = objectAt(workspace.body, managedNetworkPointer);
  if (!network) return workspace;
  const rules = objectAt(workspace.body, outboundRulesPointer) ?? {};
  const known = memberNames(rules).find((one) => fold(one) === fold(name)) ?? name;
  const after = withMember(rules, known, properties ?? undefined);
  const body = updateAt(workspace.body, ['properties', 'managedNetwork', 'outboundRules'], () => after);
  return isObject(body) ? { ...workspace, body } : workspace;
}

// Outbound rules: FQDNs, service tags and private endpoints. Each is written as a whole. The service has no etags here, so a
// new rule is created only after a read has shown that it does not exist.
const computed = ['status', 'errorInformation', 'parentRuleNames'];

export const outboundRule = defineResourceType({
  type: outboundRuleType,
  label: 'outbound rule',
  decidesPackets: true,
  plural: 'outbound rules',
  computed,
  columns: [
    { title: 'Type', value: (resource) => outboundRuleView(resource).type ?? '' },
    { title: 'To', value: ({ body }) => destinationText(body) },
    { title: 'Status', value: (resource) => outboundRuleView(resource).status ?? '' },
    { title: 'Category', value: (resource) => outboundRuleView(resource).category ?? '' },
  ],
  references(body) {
    const target = textAt(body, '/properties/destination/serviceResourceId');
    return target === undefined ? [] : [target];
  },
  effects({ id, before, after }) {
    const rule = after ?? before;
    if (rule === null || (before !== null && after !== null)) return [];
    const to = destinationText(rule.body);
    const workspace = parentId(id) ?? id;
    const where = `the managed network of ${nameOf(workspace)}`;
    if (after === null)
      return [{ kind: 'restricts', detail: `${to} is no longer reachable from ${where}.`, subject: to }];
    return [{ kind: isAny(to) ? 'relaxes' : 'allows', detail: `${to} is reachable from ${where}.`, subject: to }];
  },
  sideEffects: ({ kind, resource }, seen) => (kind === 'delete' ? ruleGone : ruleMade)(resource, seen),
  write(change, current) {
    const at = { id: change.resource, apiVersion: writeVersionOf(outboundRuleType) };
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    if (change.kind === 'create') return { method: 'PUT', ...at, body: sent(change.body) };
    if (current === null) return unseen('outbound rule');
    const strange = change.edits.find((edit) => !isUnder(edit, '/properties'));
    if (strange) return `Bastide does not write ${strange.pointer} of an outbound rule.`;
    const twin = twinSpelling(current.body, change.edits);
    return twin ?? { method: 'PUT', ...at, body: sent(applyEdits(current.body, change.edits)) };
  },
  az(change) {
    const workspace = nameOf(parentId(change.resource) ?? '');
    const at = ['-w', workspace, '-g', groupOf(change.resource), '--rule', nameOf(change.resource)];
    if (change.kind === 'delete') return line('az', 'ml', 'workspace', 'outbound-rule', 'remove', at, '--yes');
    if (change.kind === 'create')
      return line('az', 'ml', 'workspace', 'outbound-rule', 'set', at, ruleWords(change.body));
    const sets = change.edits.map((edit) => {
      const after = edit.op === 'remove' ? null : (edit.after ?? null);
      const path = edit.pointer.slice(1).replaceAll('/', '.');
      return `${path}=${typeof after === 'string' ? after : JSON.stringify(after)}`;
    });
    return line(
      'az',
      'resource',
      'update',
      '--ids',
      change.resource,
      '--api-version',
      writeVersionOf(outboundRuleType),
      ['--set', ...sets],
    );
  },
});

function destinationText(body: JsonObject): string {
  const target = textAt(body, '/properties/destination/serviceResourceId');
  const group = textAt(body, '/properties/destination/subresourceTarget') ?? '';
  if (target !== undefined) return `${nameOf(target)} ${group}`.trimEnd();
  return textAt(body, '/properties/destination') ?? textAt(body, '/properties/destination/serviceTag') ?? '';
}

/** `--type private_endpoint --service-resource-id … --subresource-target …`: the flags of the CLI extension. */
function ruleWords(body: JsonObject): string[] {
  const at = (name: string) => textAt(body, `/properties/destination${name}`) ?? '';
  switch (outboundRuleView({ id: '', type: outboundRuleType, apiVersion: '', body }).type) {
    case 'PrivateEndpoint':
      return [
        ...['--type', 'private_endpoint', '--service-resource-id', at('/serviceResourceId')],
        ...['--subresource-target', at('/subresourceTarget')],
      ];
    case 'ServiceTag':
      return [
        ...['--type', 'service_tag', '--service-tag', at('/serviceTag')],
        ...['--protocol', at('/protocol'), '--port-ranges', at('/portRanges')],
      ];
    default:
      return ['--type', 'fqdn', '--destination', at('')];
  }
}

const sent = (body: JsonObject): JsonObject => withoutComputed(body, computed);

const nothing: Consequence = { put: [], gone: [] };

/**
 * A rule is also in its workspace's body: Active once the network is. The private endpoint of such a rule is in Microsoft's network;
 * its target shows the connection.
 */
function ruleMade(id: string, seen: ResourceLookup): Consequence {
  const [rule, workspace] = [seen.resource(id), seen.resource(parentId(id) ?? '')];
  const properties = rule && objectAt(rule.body, '/properties');
  if (!rule || !workspace || !properties) return nothing;
  const active = workspaceView(workspace).managedNetwork.status === 'Active';
  const after = { ...properties, status: active ? 'Active' : 'Inactive' };
  const own: Resource = { ...rule, body: { ...rule.body, properties: after } };
  return withEndpoints(workspace, withOutboundRule(workspace, nameOf(id), after), [own], seen);
}

function ruleGone(id: string, seen: ResourceLookup): Consequence {
  const workspace = seen.resource(parentId(id) ?? '');
  if (!workspace) return nothing;
  return withEndpoints(workspace, withOutboundRule(workspace, nameOf(id), null), [], seen);
}

/** The service's endpoints are in a subscription that customers cannot read; Azure assigns their names. */
const serviceScope = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/managed-network';
const endpointName = (target: string, group: string): string => `__SYS_PE_${nameOf(target)}_${group}`;

/** Is this a connection of a private endpoint that a managed network has to the sub-resource? */
const isOfManagedNetwork = (endpointId: string | undefined, target: string, group: string): boolean =>
  endpointId !== undefined && `${fold(nameOf(endpointId))}_`.startsWith(`${fold(endpointName(target, group))}_`);

/** The endpoints that a managed network has: those of its active rules. */
export const activeEndpoints = (rules: readonly Resource[]): readonly ManagedEndpoint[] =>
  rules.flatMap((rule) => {
    const { type, status, target, group } = outboundRuleView(rule);
    const isThere = type === 'PrivateEndpoint' && status === 'Active' && target !== undefined && group !== undefined;
    return isThere ? [{ target, group }] : [];
  });

/** What becomes of a workspace and its rules, with the connections at the targets of the endpoints that come and go. */
function withEndpoints(
  before: Resource,
  workspace: Resource,
  rules: readonly Resource[],
  seen: ResourceLookup,
): Consequence {
  const [was, is] = [activeEndpoints(outboundRulesOf(before)), activeEndpoints(outboundRulesOf(workspace))];
  const beyond = (some: typeof was, others: typeof was) =>
    some.filter(({ target, group }) => !others.some((one) => sameId(one.target, target) && one.group === group));
  const now = new Map<string, Resource>([[fold(workspace.id), workspace]]);
  const at = (id: string) => now.get(fold(id)) ?? seen.resource(id);
  const made: Resource[] = [];
  const gone: string[] = [];
  const ofEndpoint = (resource: Resource, group: string) =>
    endpointConnectionsOf(resource).filter(({ endpointId }) => isOfManagedNetwork(endpointId, resource.id, group));
  for (const { target, group } of beyond(was, is)) {
    const found = at(target);
    const ids = found ? ofEndpoint(found, group).flatMap(({ id }) => id ?? []) : [];
    if (found) now.set(fold(found.id), withoutConnections(found, ids));
    gone.push(...ids);
  }
  for (const { target, group } of beyond(is, was)) {
    const found = at(target);
    if (!found || !connectionTargets.some((type) => sameId(type, typeOf(target)))) continue;
    if (ofEndpoint(found, group).length > 0) continue;
    const endpoint = `${serviceScope}/providers/${privateEndpointType}/${endpointName(found.id, group)}`;
    const connection = connectionBody(found, endpoint, approvedBy(workspace, found.id, seen) ? 'Approved' : undefined);
    now.set(fold(found.id), withConnection(found, connection));
    made.push(connection);
  }
  return { put: [...now.values(), ...rules, ...made], gone };
}

/**
 * May the workspace's identity approve a connection at the target? Azure approves one to the workspace itself. False where that is not
 * known: its assignments may not have been read.
 */
function approvedBy(workspace: Resource, target: string, seen: ResourceLookup): boolean {
  if (sameId(target, workspace.id)) return true;
  const principal = workspacePrincipalOf(workspace);
  return (
    principal !== undefined &&
    seen.ofType(roleAssignmentType).some((one) => {
      const view = roleAssignmentView(one);
      return (
        sameId(view.principal, principal) &&
        isWithin(target, view.scope) &&
        !view.isConditional &&
        approverRoles.includes(view.role)
      );
    })
  );
}

// Side effects of a change to the managed network, for previews: after it is turned on it waits to be provisioned, and after
// that its rules are active.
export function networkSideEffects(change: Change, seen: ResourceLookup): Consequence {
  const workspace = seen.resource(change.resource);
  if (!workspace || change.kind !== 'edit') return nothing;
  const touched = change.edits.map(({ pointer }) => pointer);
  if (touched.includes(networkStatusPointer)) return inForce(workspace, seen);
  const isSwitched = touched.some((pointer) => pointer === isolationPointer || pointer === managedNetworkPointer);
  return isSwitched ? switched(workspace) : nothing;
}

/** A new network has no rules yet and is inactive until it is provisioned; a disabled one has neither. */
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

/** The private endpoint that a managed network creates by default. */
export interface ManagedEndpoint {
  readonly target: string;
  readonly group: string;
}

/**
 * The endpoints that provisioning creates by default: to the workspace and its resources, where the mode is approved outbound only
 * or the target's public access is Disabled, and no rule for the target exists yet.
 */
export function managedEndpointsOf(workspace: Resource, find: ResourceLookup['resource']): ManagedEndpoint[] {
  const view = workspaceView(workspace);
  const wanted: readonly (readonly [string | undefined, ...string[]])[] = [
    [view.storageAccount, 'blob', 'file'],
    [view.keyVault, 'vault'],
    [view.containerRegistry, 'registry'],
    [workspace.id, 'amlworkspace'],
  ];
  const known = outboundRulesOf(workspace).map(outboundRuleView);
  return wanted.flatMap(([target, ...groups]) => {
    const found = sameId(target, workspace.id) ? workspace : target === undefined ? undefined : find(target);
    // Of registries only the tier Premium has private endpoints.
    if (!found || (groups.includes('registry') && fold(textAt(found.body, '/sku/name') ?? '') !== 'premium')) return [];
    const isApprovedOnly = view.managedNetwork.mode === 'AllowOnlyApprovedOutbound';
    if (!isApprovedOnly && publicNetworkAccessOf(found) !== 'Disabled') return [];
    return groups
      .filter((group) => !known.some((rule) => sameId(rule.target, found.id) && rule.group === group))
      .map((group) => ({ target: found.id, group }));
  });
}

function inForce(workspace: Resource, seen: ResourceLookup): Consequence {
  const state = valueAt(workspace.body, networkStatusPointer);
  let after = workspace;
  for (const { target, group } of state === 'Active' ? managedEndpointsOf(workspace, seen.resource) : []) {
    const destination = { serviceResourceId: target, subresourceTarget: group, sparkEnabled: false };
    const rule = { type: 'PrivateEndpoint', category: 'Required', destination };
    after = withOutboundRule(after, endpointName(target, group), rule);
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
  return isObject(valueAt(after.body, outboundRulesPointer)) ? withEndpoints(workspace, after, own, seen) : nothing;
}
