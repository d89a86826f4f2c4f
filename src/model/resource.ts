// One Azure resource, unchanged as read.
import type { JsonObject } from './json.ts';

export interface Resource {
  /** The id in Azure's own casing. */
  readonly id: string;
  /** ARM type, e.g. `Microsoft.Storage/storageAccounts`, in the casing of our resource types where it is one of them. */
  readonly type: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
  readonly etag?: string;
}
