// A recently opened workspace, as stored and offered again. A file is accepted only in this exact shape: the id becomes part
// of a request's URL.
import { isObject, type Json } from './json.ts';
import { member } from './pointer.ts';
import type { Source } from './snapshot.ts';

export interface RecentWorkspace {
  /** Full id. */
  readonly id: string;
  /** A cloud or an endpoint: demo worlds and files are not stored. */
  readonly source: Source;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const shape =
  /^\/subscriptions\/[a-z0-9][\w-]{0,63}\/resourceGroups\/(?!\.+\/)[\p{L}\p{N}_.()-]{1,90}\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[a-z0-9][\w-]{0,63}$/iu;

export const isWorkspaceId = (value: unknown): value is string => typeof value === 'string' && shape.test(value);

/** Undefined for any other shape. */
export function readRecent(value: Json | undefined): RecentWorkspace | undefined {
  const source = readSource(isObject(value) ? member(value, 'source') : undefined);
  const id = isObject(value) ? member(value, 'id') : undefined;
  const at = isObject(value) ? member(value, 'at') : undefined;
  if (source === undefined || !isWorkspaceId(id) || typeof at !== 'string') return undefined;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(at) && at.length <= 30 ? { id, source, at } : undefined;
}

function readSource(value: Json | undefined): Source | undefined {
  if (!isObject(value)) return undefined;
  const kind = member(value, 'kind');
  const name = member(value, 'name');
  if (typeof name !== 'string' || name.length > 300) return undefined;
  if (kind === 'azure') return ['public', 'china', 'usgov'].includes(name) ? { kind, name } : undefined;
  return kind === 'endpoint' && /^https?:\/\/[\w.:[\]-]+$/.test(name) ? { kind, name } : undefined;
}
