// What was not read is refused, never shown as absent: the answers of a simulator that serves a snapshot. It must not know a
// single provider.
import type { ProviderCall } from '../providers/provider.ts';
import { fold } from './address.ts';
import { type ArmError, type GatewayResponse, gatewayError, ok } from './answer.ts';
import type { Machine } from './machine.ts';
import { parameter } from './request.ts';

/** How this simulator says that it cannot know; Azure has no such code. */
export const notSeen = 'NotSeen';

/** Not one that clients try again (408, 429, 5xx), and not one that Azure gives. */
const dependency = 424;

const unseen = (path: string): ArmError => gatewayError(dependency, notSeen, `'${path}' is not in the snapshot.`);

/** The refusal that the snapshot tells of. What a client would sign in anew for, or try again, is said otherwise. */
function replayed(path: string, status: number | undefined, action: string, reason: string): ArmError {
  if (status !== 403)
    return gatewayError(dependency, notSeen, `'${path}' could not be read for the snapshot: ${reason}`);
  const message = `The client does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid.`;
  return gatewayError(403, 'AuthorizationFailed', message);
}

/** An answer from the snapshot alone; undefined where the state may answer. Throws for what was not read. */
export function answerUnseen({ store }: Machine, call: ProviderCall): GatewayResponse | undefined {
  const { seen } = store;
  const { address, request } = call;
  if (seen === undefined || address.types.length === 0) return undefined;
  const { path } = address;
  const isItem = address.names.length === address.types.length;
  if (!isItem && request.method === 'POST') return undefined;
  const holds = (id: string): boolean => store.holds(id);
  if (!isItem) {
    const query = [...request.query].filter(([name]) => fold(name) !== 'api-version' && fold(name) !== '$skiptoken');
    const asked = query.map(([name, value]) => `${name}=${value}`).join('&');
    if (seen.hasList(path, asked, holds)) return undefined;
    // Usages, sizes: documents of the service itself, kept under their path as they were read. Azure gives them no id.
    const kept = store.holds(path) ? store.get(path) : undefined;
    if (kept) return ok(new Map([...kept].filter(([name]) => name !== 'id')));
  } else if (isOperation(path) || store.holds(path)) return undefined;
  const gap = seen.gap(isItem ? path : withQuery(path, call));
  if (gap && !(isItem && gap.status === 404)) throw replayed(path, gap.status, gap.action, gap.reason);
  if (isItem && seen.isAbsent(path, holds)) return undefined;
  throw unseen(path);
}

const isOperation = (path: string): boolean => /\/locations\/[^/]+\/operation(s|results)\/[^/]+$/i.test(path);

function withQuery(path: string, { request }: ProviderCall): string {
  const filter = parameter(request, '$filter');
  return filter === undefined ? path : `${path}?$filter=${filter}`;
}
