// A PUT replaces what it does not say. So it goes out at the api-version at which the resource was read: an older one does not take
// members that were shown, a newer one may have members that were not.

import { isOlder } from '../model/api-versions.ts';
import { type Change, isDeferred } from '../model/change.ts';
import type { Failure } from '../model/failure.ts';
import { isArray, isObject, type Json, type JsonObject, memberName, sameJson } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { applyChange } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { WriteRequest } from '../resource-types/resource-type.ts';
import { bare, notSent } from './preflight.ts';

/** Why a PUT would lose settings. `shown`: the version that showed the resource, `written`: that of the PUT. */
export type PutRefusal = { readonly id: string; readonly shown: string; readonly written: string } & (
  | { readonly reason: 'shown-by-newer'; readonly members: readonly string[] }
  | { readonly reason: 'read-at-older' }
);

const words: { readonly [R in PutRefusal['reason']]: (refusal: Extract<PutRefusal, { reason: R }>) => string } = {
  'shown-by-newer': ({ id, shown, written, members }) =>
    `${nameOf(id)} was read with api-version ${shown} and is written with ${written}, which may remove ${
      members.length === 0
        ? 'settings that only the newer one has'
        : members
            .slice(0, 5)
            .map((one) => clean(one, 60))
            .join(', ')
    }.`,
  'read-at-older': ({ id, shown, written }) =>
    `This cloud shows ${nameOf(id)} with api-version ${shown} only, and it is written as a whole with ${written}: settings that the older one does not show may be removed.`,
};
export const putRefusalText = (refusal: PutRefusal): string =>
  (words[refusal.reason] as (one: PutRefusal) => string)(refusal);

/** `seen`: the resource as it was shown elsewhere, with its parent or in an earlier read. */
export function refusedPut(
  { id, method, apiVersion: written }: WriteRequest,
  current: Resource | null,
  seen?: Resource,
): PutRefusal | null {
  if (method !== 'PUT' || current === null) return null;
  const at = { id, written };
  const shown = current.apiVersion;
  if (shown === '') return null;
  if (isOlder(written, shown)) return { ...at, shown, reason: 'shown-by-newer', members: [] };
  if (isOlder(shown, written)) return { ...at, shown, reason: 'read-at-older' };
  if (seen === undefined || !isOlder(written, seen.apiVersion)) return null;
  const { normal } = resourceTypeOf(typeOf(id));
  const members = missingIn(bodyIn(normal(seen.body)), bodyIn(normal(current.body)));
  return members.length === 0 ? null : { ...at, shown: seen.apiVersion, reason: 'shown-by-newer', members };
}

/** What an api-version may not show; tags are in all of them. Members of `properties` are named without it. */
function bodyIn({ properties, tags: _tags, ...rest }: JsonObject): JsonObject {
  return isObject(properties) ? { ...rest, ...properties } : rest;
}

/** Members that one reading has and the other lacks, at any depth: `networkProfile/outboundType`. */
function missingIn(seen: Json, now: Json, at = ''): string[] {
  if (isArray(seen) && isArray(now)) return seen.flatMap((one, index) => missingIn(one, likeIn(now, one, index), at));
  if (!isObject(seen) || !isObject(now)) return [];
  return Object.keys(seen).flatMap((name) => {
    const [value, other] = [seen[name] ?? null, now[name] ?? null];
    const here = at === '' ? memberName(name) : `${at}/${memberName(name)}`;
    if (value === null) return [];
    return other === null ? [here] : missingIn(value, other, here);
  });
}

/** The item of a list that has the same name, else the same place; an item that is gone was removed, not hidden. */
function likeIn(list: readonly Json[], item: Json, index: number): Json {
  if (!isObject(item) || item.name === undefined) return list[index] ?? null;
  return list.find((one) => isObject(one) && sameJson(one.name ?? null, item.name ?? null)) ?? null;
}

/** Throws Failure (exit 4) where a step of the plan would lose settings. `pending`: what is left of each step; `resources`: what it writes, as it is now. */
export function refuseLostMembers(
  { source, steps }: Plan,
  before: Snapshot | undefined,
  pending: readonly (Change | null)[],
  resources: readonly Resource[],
): void {
  const read: Snapshot = { ...bare(source), resources };
  let world = read;
  for (const [index, { change }] of steps.entries()) {
    const shown = resourceIn(world, change.resource);
    // An earlier step may show it with its parent, at another version than it was read at.
    const current = shown && { ...shown, apiVersion: resourceIn(read, change.resource)?.apiVersion ?? '' };
    const left = pending[index];
    if (left == null || isDeferred(change)) continue;
    const request = current === undefined ? '' : resourceTypeOf(typeOf(change.resource)).write(left, current);
    const refusal =
      typeof request === 'string' || current === undefined
        ? null
        : refusedPut(request, current, before && resourceIn(before, change.resource));
    if (refusal !== null) throw lost(refusal);
    world = applyChange(world, left);
  }
}

const lost = (refusal: PutRefusal): Failure =>
  notSent(
    'version',
    `${putRefusalText(refusal)} Nothing was sent.`,
    'Make the change with the Azure portal, or with az rest and an api-version that shows all of the resource.',
    { resource: refusal.id, shown: refusal.shown, written: refusal.written },
  );
