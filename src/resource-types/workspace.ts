// Machine Learning workspaces: written with a PATCH of the members that PATCH accepts; shared private links with a PUT of the
// whole.
import { newerOf, readVersionOf, showsMember, versionsShowing, writeVersionOf } from '../model/api-versions.ts';
import type { EditChange } from '../model/change.ts';
import { applyEdits, type Edit, type Same, type SetEdit } from '../model/edit.ts';
import { isObject, type Json, type JsonObject, memberName } from '../model/json.ts';
import { type Pointer, valueAt, withMember } from '../model/pointer.ts';
import { fold, groupIdOf, nameOf } from '../model/resource-id.ts';
import { authModeSideEffects } from './datastore.ts';
import { defineResourceType } from './define.ts';
import {
  firewallSkuPointer,
  isolationPointer,
  managedNetworkPointer,
  networkKindPointer,
  networkSideEffects,
  networkStatusPointer,
  outboundRulesPointer,
} from './managed-network.ts';
import { actionOn, groupOf, isUnder, twinSpelling, without } from './parts/bodies.ts';
import { madeExplicit } from './parts/firewall-write.ts';
import { emptyIsNone, type ResourceShape, sameBy, spelt } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { workspaceEffects } from './parts/workspace-effects.ts';
import { listLines, putWhole, refusedEntry, wholeInTemplate, workspaceLists } from './parts/workspace-write.ts';
import { connectionsPointer } from './private-link.ts';
import { textAt } from './read.ts';
import type { ExtraMembers, WriteRequest } from './resource-type.ts';
import { linkSideEffects, sharedLinksPointer } from './shared-private-link.ts';
import { authModePointer, authModes, workspaceType, workspaceView } from './workspace-view.ts';

/** Members that not every api-version has. The IP allow-list is in no stable one, and either form of it may be returned. */
const extraMembers: readonly ExtraMembers[] = [
  { members: ['/properties/ipAllowlist', '/properties/networkAcls'], gap: '/ipAllowlist' },
  // How the system datastores sign in, and what a managed network of version 2 has.
  { members: [authModePointer, networkKindPointer, firewallSkuPointer], gap: '/systemDatastoresAuthMode' },
];
const patchable = [
  'description',
  'friendlyName',
  'imageBuildCompute',
  'serverlessComputeSettings',
  'publicNetworkAccess',
  'containerRegistry',
  'applicationInsights',
  'managedNetwork',
  'v1LegacyMode',
  'primaryUserAssignedIdentity',
  'encryption',
  'ipAllowlist',
  'networkAcls',
  'systemDatastoresAuthMode',
];
/** The value that unsets a member. */
const unset: Readonly<Record<string, Json>> = { imageBuildCompute: '', publicNetworkAccess: 'Enabled' };

const shape: ResourceShape = {
  volatile: [
    '/properties/notebookInfo',
    '/properties/privateLinkCount',
    '/properties/managedNetwork/status',
    // The service copies the state of the resource itself.
    `${sharedLinksPointer}/*/properties/status`,
  ],
  sets: workspaceLists,
  rewrite: {
    [connectionsPointer]: emptyIsNone,
    '/properties/imageBuildCompute': (value) => (value === '' ? undefined : value),
    '/properties/publicNetworkAccess': spelt(['Enabled', 'Disabled']),
    [outboundRulesPointer]: rulesOfCustomer,
    [isolationPointer]: spelt(['Disabled', 'AllowInternetOutbound', 'AllowOnlyApprovedOutbound']),
    [authModePointer]: spelt([...authModes], 'AccessKey'),
  },
};

/** The user-defined rules, without Azure's state; the service adds and removes its own rules. */
function rulesOfCustomer(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value;
  const own = Object.entries(value).flatMap(([key, rule]): [string, Json][] => {
    if (!isObject(rule)) return [[key, rule]];
    return fold(textAt(rule, '/category') ?? 'UserDefined') === 'userdefined' ? [[key, without(rule, ['status'])]] : [];
  });
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** A newly enabled managed network shows more members than requested: only its mode is compared. */
const sameByShape = sameBy(shape);
const same: Same = (pointer, a, b) => {
  if (pointer !== managedNetworkPointer) return sameByShape(pointer, a, b);
  const mode = (value: Json | undefined) => textAt(value, '/isolationMode') ?? 'Disabled';
  return sameByShape(isolationPointer, mode(a), mode(b));
};

/** Of the managed network only the members that change are sent: the others are Azure's, or written separately. */
function networkSent(after: JsonObject, edits: readonly Edit[]): JsonObject | string {
  if (edits.some((edit) => isUnder(edit, outboundRulesPointer))) {
    return 'Outbound rules are written one by one, not through the workspace.';
  }
  const network = valueAt(after, managedNetworkPointer);
  if (!isObject(network)) return 'A managed network cannot be removed from a workspace.';
  if (edits.some((edit) => edit.pointer === managedNetworkPointer)) return network;
  const touched = Object.entries(network).filter(([key]) =>
    edits.some((edit) => isUnder(edit, `${managedNetworkPointer}/${memberName(key)}`)),
  );
  return Object.fromEntries(touched);
}

const strictness = ['disabled', 'allowinternetoutbound', 'allowonlyapprovedoutbound'];

/** Why a managed network is not reverted: its mode can only become stricter, and it cannot be removed once provisioned. */
function looser(edit: Edit): string | null {
  if (edit.op !== 'set') return null;
  const inside = edit.pointer === managedNetworkPointer ? '/isolationMode' : '';
  const rank = (value: Json | undefined) => strictness.indexOf(fold(textAt(value, inside) ?? 'disabled'));
  const isMode = edit.pointer === managedNetworkPointer || edit.pointer === isolationPointer;
  if (isMode && rank(edit.after) < rank(edit.before)) {
    return 'its managed network is kept: it cannot be turned off or made less strict.';
  }
  if (edit.pointer === networkStatusPointer && fold(textAt(edit.before, '') ?? '') === 'active') {
    return 'its managed network remains provisioned.';
  }
  return null;
}

/** The mode an edit sets, in the spelling of the CLI: `allow_only_approved_outbound`. */
function modeOf(edit: SetEdit): string | undefined {
  const inside = edit.pointer === managedNetworkPointer ? '/isolationMode' : '';
  if (inside === '' && edit.pointer !== isolationPointer) return undefined;
  return textAt(edit.after, inside)
    ?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();
}

/** Requests the provisioning of the managed network: the only workspace write that is neither a PUT nor a PATCH. */
const isProvisioning = (edit: Edit): boolean => edit.op === 'set' && edit.pointer === networkStatusPointer;

function provisioning(change: EditChange): WriteRequest | string {
  const [edit, ...others] = change.edits;
  if (others.length > 0) return 'The managed network is provisioned in a separate request.';
  if (edit?.op !== 'set' || fold(textAt(edit.after, '') ?? '') !== 'active') {
    return 'A managed network cannot be deprovisioned.';
  }
  return {
    method: 'POST',
    id: `${change.resource}/provisionManagedNetwork`,
    apiVersion: writeVersionOf(workspaceType),
    body: { includeSpark: false },
  };
}

const extra = extraMembers.flatMap(({ members }) => members);
/** `at`, or the version that shows one of the members as well. */
const versionWith = (members: readonly Pointer[], at: string): string => {
  const hidden = members.find((pointer) => !showsMember(workspaceType, pointer, at));
  return (hidden === undefined ? at : versionsShowing(workspaceType, hidden)[0]) ?? at;
};

/** The api-version that takes some edits. */
const versionFor = (edits: readonly Edit[]): string =>
  versionWith(
    extra.filter((pointer) => edits.some((edit) => isUnder(edit, pointer))),
    writeVersionOf(workspaceType),
  );

/** The api-version that returns every member of a body read at `at`. */
const fullest = (body: JsonObject, at: string): string =>
  versionWith(
    extra.filter((pointer) => (valueAt(body, pointer) ?? null) !== null),
    newerOf(at, writeVersionOf(workspaceType)),
  );

export const workspace = defineResourceType({
  type: workspaceType,
  label: 'workspace',
  decidesPackets: true,
  plural: 'workspaces',
  shape,
  extraMembers,
  columns: [
    { title: 'Public access', value: (resource) => workspaceView(resource).publicNetworkAccess ?? '' },
    { title: 'Managed network', value: (resource) => workspaceView(resource).managedNetwork.mode ?? '' },
    { title: 'Region', value: (resource) => workspaceView(resource).location ?? '' },
    { title: 'State', value: (resource) => workspaceView(resource).provisioningState ?? '' },
  ],
  references(body) {
    const view = workspaceView({ id: '', type: workspaceType, apiVersion: '', body });
    return [
      view.storageAccount,
      view.keyVault,
      view.containerRegistry,
      view.hubResourceId,
      view.serverless.subnet,
      textAt(body, '/properties/applicationInsights'),
      ...view.sharedPrivateLinks.map(({ target }) => target),
      ...view.endpointConnections.map(({ endpointId }) => endpointId),
    ].filter((id) => id !== undefined);
  },
  same,
  effects: workspaceEffects,
  oneWay(edit) {
    if (edit.op !== 'set' || !edit.pointer.startsWith('/properties/managedNetwork')) return null;
    return 'A managed network cannot be turned off or made less strict.';
  },
  refuses: (edit) => refusedEntry(edit) ?? looser(edit),
  instead: madeExplicit({ '/properties/publicNetworkAccess': 'Enabled' }),
  sideEffects: (change, seen) =>
    linkSideEffects(change, seen) ?? authModeSideEffects(change, seen) ?? networkSideEffects(change, seen),
  write(change, current) {
    if (change.kind !== 'edit') return 'Bastide does not create or delete a workspace.';
    if (current === null) return 'The workspace was not read.';
    const shared = change.edits.filter((edit) => edit.pointer === sharedLinksPointer);
    if (shared.length > 0) return putWhole(change, current.body, fullest(current.body, current.apiVersion));
    const strange = change.edits.find((edit) => !patchable.some((name) => isUnder(edit, `/properties/${name}`)));
    if (strange) return `${strange.pointer} of a workspace cannot be patched.`;
    if (change.edits.some(isProvisioning)) return provisioning(change);
    const twin = twinSpelling(current.body, change.edits);
    if (twin !== undefined) return twin;
    const after = applyEdits(current.body, change.edits);
    let properties: JsonObject = {};
    for (const name of patchable) {
      const pointer = `/properties/${name}`;
      if (!change.edits.some((edit) => isUnder(edit, pointer))) continue;
      const value = name === 'managedNetwork' ? networkSent(after, change.edits) : valueAt(after, pointer);
      if (name === 'managedNetwork' && typeof value === 'string') return value;
      properties = withMember(properties, name, value ?? unset[name] ?? null);
    }
    return { method: 'PATCH', id: change.resource, apiVersion: versionFor(change.edits), body: { properties } };
  },
  toTemplatePut: (after, patch) => wholeInTemplate(after, patch, fullest(after, patch.apiVersion)),
  az(change) {
    const at = ['-n', nameOf(change.resource), '-g', groupOf(change.resource)];
    const flags: Readonly<Record<string, string>> = {
      '/properties/publicNetworkAccess': '--public-network-access',
      '/properties/imageBuildCompute': '--image-build-compute',
      '/properties/description': '--description',
      '/properties/friendlyName': '--display-name',
    };
    return lines([
      ...listLines(change.resource, change.edits),
      ...change.edits.flatMap((edit) => {
        if (edit.op !== 'set') return [];
        if (isProvisioning(edit)) return [line('az', 'ml', 'workspace', 'provision-network', at)];
        const mode = modeOf(edit);
        if (mode !== undefined) return [line('az', 'ml', 'workspace', 'update', at, '--managed-network', mode)];
        const value = edit.after ?? '';
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        const flag = flags[edit.pointer];
        if (flag !== undefined) return [line('az', 'ml', 'workspace', 'update', at, flag, text)];
        const path = edit.pointer.slice(1).replaceAll('/', '.');
        const version = ['--api-version', readVersionOf(workspaceType)];
        return [line('az', 'resource', 'update', '--ids', change.resource, version, '--set', `${path}=${text}`)];
      }),
    ]);
  },
  needs: (change) => [
    actionOn(
      change.edits.some(isProvisioning)
        ? 'Microsoft.MachineLearningServices/workspaces/provisionManagedNetwork/action'
        : 'Microsoft.MachineLearningServices/workspaces/write',
      change.resource,
    ),
    ...change.edits.flatMap((edit) =>
      edit.op === 'set' && typeof edit.after === 'string' && groupIdOf(edit.after) && /\/subnets\//i.test(edit.after)
        ? [actionOn('Microsoft.Network/virtualNetworks/subnets/join/action', edit.after)]
        : [],
    ),
  ],
});
