// One thing in Azure, as raw as it came.
import type { JsonObject } from './json.ts';

export interface Resource {
  /** The id in Azure's own casing. */
  readonly id: string;
  /** ARM type, e.g. `Microsoft.Storage/storageAccounts`, in the casing of our kinds where we know it. */
  readonly type: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
  readonly etag?: string;
}
