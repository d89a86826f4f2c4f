// The access scopes of `bastide.yaml` in a snapshot, with what they depend on and no scan reads.
import { judgedScopes } from '../audit/scopes.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Requests that follow from one another: an end, its network, what that is connected to. */
const rounds = 4;

/** `extend`: the snapshot with these resources. */
export async function withScopes(
  scanned: Snapshot,
  scopes: readonly string[],
  extend: (snapshot: Snapshot, ids: readonly string[]) => Promise<Snapshot>,
): Promise<Snapshot> {
  if (scopes.length === 0) return scanned;
  let snapshot: Snapshot = { ...scanned, scopes };
  for (let round = 0; round < rounds; round += 1) {
    const { toRead } = judgedScopes(snapshot, scopes);
    if (toRead.length === 0) break;
    snapshot = await extend(snapshot, toRead);
  }
  return snapshot;
}
