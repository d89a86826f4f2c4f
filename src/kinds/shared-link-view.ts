// Shared private links of a workspace: endpoints of the workspace service's own, which lead to a resource of the customer's.
// Reads only; never throws.
import { isObject, type Json } from '../model/json.ts';
import { memberIgnoringCase, type Pointer } from '../model/pointer.ts';
import { itemsAt } from './read.ts';

export const sharedLinksPointer: Pointer = '/properties/sharedPrivateLinkResources';

export interface SharedLink {
  readonly name: string | undefined;
  /** Id of the resource it leads to. */
  readonly target: string;
  /** In lower case. */
  readonly group: string | undefined;
  /** As the workspace shows it; the word of the resource itself counts for more. */
  readonly status: string | undefined;
  /** What it asks for approval with; the connection at the target shows it. */
  readonly message: string | undefined;
  readonly pointer: Pointer;
}

/** Members as templates of 2019 spell them (`PrivateLinkResourceId`) count as well. */
export const sharedLinksOf = (body: Json): SharedLink[] => itemsAt(body, sharedLinksPointer).flatMap(sharedLink);

function sharedLink({ item, pointer }: { item: Json; pointer: Pointer }): SharedLink[] {
  const properties = within(item, 'properties');
  const id = textIn(properties, 'privateLinkResourceId');
  if (id === undefined) return [];
  const target = id.replace(/\/privateLinkResources\/[^/]*$/i, '');
  const group = textIn(properties, 'groupId') ?? id.slice(target.length).split('/').at(-1);
  const status = textIn(properties, 'status');
  const message = textIn(properties, 'requestMessage');
  return [{ name: textIn(item, 'name'), target, group: group?.toLowerCase(), status, message, pointer }];
}

const within = (item: Json | undefined, name: string): Json | undefined =>
  isObject(item) ? memberIgnoringCase(item, name) : undefined;
function textIn(item: Json | undefined, name: string): string | undefined {
  const value = within(item, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
