// Is a resource the one that was read before, or another one under its name? Pure.
import { scalarText } from './change-record.ts';
import type { JsonObject } from './json.ts';
import { type Pointer, valueAt } from './pointer.ts';
import { fold } from './resource-id.ts';

/** What Azure writes when it makes a resource, and not again, the most certain first: an identity can be taken off and given anew. */
export const identityPointers: readonly Pointer[] = [
  '/properties/resourceGuid',
  '/properties/uniqueId',
  '/properties/vmId',
  '/properties/creationTime',
  '/properties/creationDate',
  '/properties/createdOn',
  '/properties/timeCreated',
  '/systemData/createdAt',
  '/identity/principalId',
];

/** The NIC of a private endpoint: Azure gives it with the endpoint, under a name of its own unless one was asked for. */
const endpointNic: Pointer = '/properties/networkInterfaces/0/id';
const namesItsNic = (body: JsonObject): boolean =>
  (scalarText(valueAt(body, '/properties/customNetworkInterfaceName')) ?? '') !== '';
const isEndpoint = (body: JsonObject): boolean =>
  /\/privateEndpoints\/[^/]+$/i.test(scalarText(valueAt(body, '/id')) ?? '') && !namesItsNic(body);

/** Is it of the resource, from when it is made until it is deleted? An identity can be taken off and given anew. */
export const isLasting = (pointer: Pointer): boolean =>
  (identityPointers.includes(pointer) && pointer !== '/identity/principalId') || pointer === endpointNic;

const whenMade = identityPointers.filter((pointer) =>
  /(?:creationTime|creationDate|createdOn|timeCreated|createdAt)$/.test(pointer),
);

/** When Azure made a resource, as its body says, ISO 8601; undefined where it says nothing. */
export function madeAt(body: JsonObject | undefined): string | undefined {
  const times = whenMade.map((pointer) => scalarText(valueAt(body, pointer)));
  return times.find((text) => text !== undefined && !Number.isNaN(Date.parse(text)));
}

/** When a body says that it was last modified, ISO 8601; the latest, where it says it in several places. */
export function modifiedAt(body: JsonObject | undefined): string | undefined {
  const times = ['/systemData/lastModifiedAt', '/properties/modifiedOn', '/properties/updatedOn'].flatMap((pointer) => {
    const time = Date.parse(scalarText(valueAt(body, pointer)) ?? '');
    return Number.isNaN(time) ? [] : [time];
  });
  return times.length === 0 ? undefined : new Date(Math.max(...times)).toISOString();
}

/** By what two bodies are those of two resources: the first of these members that both have decides. Null where none does. */
export function anotherBy(was: JsonObject, is: JsonObject): Pointer | null {
  const decides = decidingIn(was, is);
  return decides === undefined || identityAt(was, decides) === identityAt(is, decides) ? null : decides;
}

/** Is it one resource? Undefined where no member that both have says it. */
export const isSameOne = (was: JsonObject, is: JsonObject): boolean | undefined =>
  decidingIn(was, is) === undefined ? undefined : anotherBy(was, is) === null;

const decidingIn = (was: JsonObject, is: JsonObject): Pointer | undefined =>
  [...identityPointers, ...(isEndpoint(was) && isEndpoint(is) ? [endpointNic] : [])].find((pointer) =>
    [was, is].every((body) => identityAt(body, pointer) !== undefined),
  );

/** Ids in one spelling, times as moments. */
function identityAt(body: JsonObject, pointer: Pointer): string | undefined {
  const text = scalarText(valueAt(body, pointer));
  if (text === undefined || text === '') return undefined;
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? fold(text) : String(time);
}
