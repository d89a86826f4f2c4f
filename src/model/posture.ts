// Whose network settings apply to a workspace: its own or, for a project, those of its hub.
import { isObject } from './json.ts';
import { valueAt } from './pointer.ts';
import type { Resource } from './resource.ts';
import { fold } from './resource-id.ts';

/**
 * The hub of a project; undefined for any other workspace. A project has no network settings: the account, the vault, the
 * registry, the endpoint and the managed network are its hub's, whatever a read of the project shows in their place (Microsoft
 * Learn, "Hub workspaces", 2025-05-12).
 */
export function hubOf({ body }: Resource): string | undefined {
  const kind = isObject(body) ? valueAt(body, '/kind') : undefined;
  if (typeof kind !== 'string' || fold(kind) !== 'project') return undefined;
  const hub = valueAt(body, '/properties/hubResourceId');
  return typeof hub === 'string' && hub !== '' ? hub : undefined;
}
