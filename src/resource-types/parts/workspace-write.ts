// How a workspace is written beyond a PATCH: lists that change one element at a time, and the PUT of the whole for shared
// private links, which PATCH does not accept.
import { readVersionOf } from '../../model/api-versions.ts';
import type { EditChange } from '../../model/change.ts';
import { type AddEdit, applyEdits, type Edit, type ListKey, type RemoveEdit } from '../../model/edit.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import { clean } from '../../model/text.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { objectAt, textAt } from '../read.ts';
import type { WriteRequest } from '../resource-type.ts';
import { sharedLinksPointer } from '../shared-private-link.ts';
import { workspaceType } from '../workspace-view.ts';
import { sendable, twinSpelling, without } from './bodies.ts';
import { line } from './shell.ts';

const addressLists: Readonly<Record<string, ListKey>> = {
  '/properties/ipAllowlist': { member: null, fold: false },
  '/properties/networkAcls/ipRules': { member: 'value', fold: false },
};
export const workspaceLists: Readonly<Record<string, ListKey>> = {
  ...addressLists,
  [sharedLinksPointer]: { member: 'name', fold: true },
};

/**
 * `az resource update` reads the workspace and sends it back whole, so its api-version is one that returns all of it. The entries
 * of the IP allow-list are changed in one line, which is one write: an invalid entry that stays would make Azure reject the write.
 * Each shared private link is a separate line.
 */
export function listLines(id: string, edits: readonly Edit[]): string[] {
  const changes = edits.filter((edit): edit is AddEdit | RemoveEdit => edit.op !== 'set');
  const isLink = ({ pointer }: Edit): boolean => pointer === sharedLinksPointer;
  const update = (words: readonly string[]): string =>
    line('az', 'resource', 'update', '--ids', id, '--api-version', readVersionOf(workspaceType), words);
  const entries = changes.filter((edit) => !isLink(edit)).flatMap(listWords);
  const links = changes.filter(isLink).map(listWords);
  return [...(entries.length > 0 ? [update(entries)] : []), ...links.map(update)];
}

function listWords(edit: AddEdit | RemoveEdit): string[] {
  const list = edit.pointer.slice(1).replaceAll('/', '.');
  if (edit.op === 'remove') return ['--remove', list, String(edit.at ?? 0)];
  // The CLI cannot append to an absent list.
  if (edit.bare) return ['--set', `${list}=${JSON.stringify([edit.after])}`];
  if (edit.pointer === sharedLinksPointer) return ['--add', list, JSON.stringify(edit.after)];
  const text = typeof edit.after === 'string' ? edit.after : `value=${textAt(edit.after, '/value') ?? ''}`;
  return ['--add', list, text];
}

/** Why an entry of the IP allow-list cannot be restored. */
export function refusedEntry(edit: Edit): string | null {
  if (edit.op !== 'add' || !Object.hasOwn(addressLists, edit.pointer)) return null;
  const value = typeof edit.after === 'string' ? edit.after : textAt(edit.after, '/value');
  const verdict = vaultIpLegality(value ?? '');
  const shown = clean(value ?? 'that names no address', 60);
  return verdict.legal ? null : `the entry ${shown} of its IP allow-list is not restored: ${verdict.reason}`;
}

/** Members of `properties` that Azure writes; in a PUT they are rejected or ignored. */
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
  // No document lists these three; the service returns them.
  ...['creationTime', 'linkedModelInventoryArmId', 'sdkTelemetryAppInsightsKey'],
];
const computedOfNetwork = ['networkId', 'changeableIsolationModes', 'status'];

/** The body of a PUT: everything unchanged, without what Azure writes. */
function wholeWorkspace(after: JsonObject): JsonObject {
  const body = sendable(after);
  const { properties } = body;
  if (!isObject(properties)) return body;
  let kept = without(properties, computed);
  const { managedNetwork } = kept;
  if (isObject(managedNetwork)) kept = withMember(kept, 'managedNetwork', without(managedNetwork, computedOfNetwork));
  return withMember(body, 'properties', kept);
}

/** The PUT of a template instead of a patch. `apiVersion`: as of {@link putWhole}. */
export function wholeInTemplate(
  after: JsonObject,
  { id, body: patch }: WriteRequest,
  apiVersion: string,
): WriteRequest {
  const body = wholeWorkspace(after);
  const properties = { ...objectAt(patch, '/properties'), ...objectAt(body, '/properties') };
  return { method: 'PUT', id, apiVersion, body: withMember(body, 'properties', properties) };
}

/** `apiVersion`: one that returns every member of the body, so that none is lost. */
export function putWhole(change: EditChange, body: JsonObject, apiVersion: string): WriteRequest | string {
  if (change.edits.some((edit) => edit.pointer !== sharedLinksPointer)) {
    return 'Shared private links are written separately.';
  }
  const twin = twinSpelling(body, change.edits);
  if (twin !== undefined) return twin;
  return {
    method: 'PUT',
    id: change.resource,
    apiVersion,
    body: wholeWorkspace(applyEdits(body, change.edits)),
  };
}
