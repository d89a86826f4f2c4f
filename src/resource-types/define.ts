// Makes a resource type from its definition. Comparison, normal form, requests and permissions have defaults here, so that a
// type's file states only what differs.
import { readVersionOf, writeVersionOf } from '../model/api-versions.ts';
import { applyEdits } from '../model/edit.ts';
import { parentId } from '../model/resource-id.ts';
import { actionOn, readOnly, twinSpelling, withoutComputed } from './parts/bodies.ts';
import { normalBody, type ResourceShape, sameBy } from './parts/normal.ts';
import { textAt } from './read.ts';
import type { Change, Edit, JsonObject, Resource, ResourceType, WriteRequest } from './resource-type.ts';

/** The standard requests of a type that is written as a whole. A change of an operation that is not listed here is rejected. */
export interface WriteForm {
  /** The body of a PUT. By default the body without members of the URL and without the `computed` members. */
  readonly body?: (body: JsonObject) => JsonObject;
  /** Create: a PUT that fails where the resource exists. */
  readonly create?: true;
  /** Delete: under the etag that was read, where there is one. */
  readonly delete?: true;
  /** Edits to write, as a PUT of the whole body under the etag that was read. */
  readonly edits?: (edit: Edit) => boolean;
  /** Why this change is rejected, in a sentence. */
  readonly blocked?: (change: Change, current: Resource | null) => string | null;
  /** The subject of a rejected change, where the label differs: `NAT gateway that exists`. */
  readonly refused?: string;
}

type Own = 'type' | 'label' | 'plural' | 'columns';

export interface ResourceTypeDefinition
  extends Pick<ResourceType, Own>,
    Partial<Omit<ResourceType, Own | 'apiVersion' | 'normal' | 'lists' | 'write'>> {
  /** Members of `properties` that only the service writes: ignored in comparisons, omitted from a PUT. */
  readonly computed?: readonly string[];
  /** Other members that may differ between two reads without a change. */
  readonly shape?: ResourceShape;
  /** A read-only type has none. */
  readonly write?: ResourceType['write'] | WriteForm;
  /** Permissions that a write needs besides `TYPE/write`, such as the right to join a subnet. */
  readonly alsoNeeds?: (change: Change, current?: Resource) => ReturnType<ResourceType['needs']>;
}

/**
 * The resource type with every default filled in: compared and normalised by its shape, lists keyed as the shape's sets are, no
 * references, nothing irreversible, writes of a child serial within its parent, and read-only without `write`.
 */
export function defineResourceType(definition: ResourceTypeDefinition): ResourceType {
  const { computed = [], shape: stated = {}, write: form, alsoNeeds, ...own } = definition;
  const { type, label } = own;
  const shape: ResourceShape = {
    ...stated,
    volatile: [...computed.map((name) => `/properties/${name}`), ...(stated.volatile ?? [])],
  };
  const needs: ResourceType['needs'] = (change, current) =>
    change.kind === 'delete'
      ? [actionOn(`${type}/delete`, change.resource)]
      : [actionOn(`${type}/write`, change.resource), ...(alsoNeeds?.(change, current) ?? [])];
  return {
    apiVersion: readVersionOf(type),
    references: () => [],
    comparesEtag: comparing(type),
    tellsNew: tellingNew(type),
    lists: Object.fromEntries(Object.entries(shape.sets ?? {}).filter(([pointer]) => !pointer.includes('*'))),
    same: sameBy(shape),
    normal: (body) => normalBody(shape, body),
    oneWay: () => null,
    effects: () => [],
    writer: type.split('/').length > 2 ? (id) => parentId(id) ?? id : (id) => id,
    write: typeof form === 'function' ? form : formWriter(label, writeVersionOf(type), computed, form ?? {}),
    az: () => '',
    needs: form === undefined ? () => [] : needs,
    ...own,
  };
}

/** Requests by the form, at one api-version. */
function formWriter(
  label: string,
  apiVersion: string,
  computed: readonly string[],
  form: WriteForm,
): (change: Change, current: Resource | null) => WriteRequest | string {
  const bodyOf = form.body ?? ((body: JsonObject) => withoutComputed(body, computed));
  return (change, current) => {
    const blocked = form.blocked?.(change, current) ?? null;
    if (blocked !== null) return blocked;
    const at = { id: change.resource, apiVersion };
    if (change.kind === 'create' && form.create) {
      return { method: 'PUT', ...at, body: bodyOf(change.body), ifNoneMatch: '*' };
    }
    if (change.kind === 'delete' && form.delete) {
      return { method: 'DELETE', ...at, body: null, ...ifRead(current) };
    }
    if (change.kind !== 'edit' || !form.edits) return readOnly(form.refused ?? label, change);
    if (current === null) return unseen(label);
    const strange = change.edits.find((edit) => !form.edits?.(edit));
    if (strange) return `Bastide does not write ${strange.pointer} of ${withArticle(label)}.`;
    const twin = twinSpelling(current.body, change.edits);
    if (twin !== undefined) return twin;
    return { method: 'PUT', ...at, body: bodyOf(applyEdits(current.body, change.edits)), ...ifRead(current) };
  };
}

/** Microsoft.Network does, private DNS with it; perimeters, storage accounts, vaults, registries and workspaces have no etag. */
const comparing = (type: string): boolean => /^Microsoft\.Network\/(?!networkSecurityPerimeters)/i.test(type);

/** Recorded (azure-cli, azure-cli-extensions, azure-service-operator, 2026). Role assignments answer 201 to both, with one time. */
function tellingNew(type: string): ResourceType['tellsNew'] {
  if (
    /^Microsoft\.(?:MachineLearningServices\/workspaces\/computes|ContainerService\/managedClusters\/agentPools)$/i.test(
      type,
    )
  )
    return 'status';
  const signs =
    /^Microsoft\.(?:Network\/networkSecurityPerimeters|ContainerRegistry\/registries|Databricks\/workspaces)(?:\/|$)/i;
  return signs.test(type) ? 'times' : null;
}

const withArticle = (label: string): string => `${/^[aeiou]/i.test(label) ? 'an' : 'a'} ${label}`;

/** Why a resource that is replaced as a whole is not written. */
export const unseen = (label: string): string =>
  `The ${label} was not read. Bastide replaces it as a whole, and only after reading it.`;

/** The If-Match condition that the resource has not changed since it was read. None without an etag. */
export function ifRead(current: Resource | null): { readonly ifMatch?: string } {
  const etag = current?.etag ?? textAt(current?.body, '/etag');
  return etag === undefined ? {} : { ifMatch: etag };
}
