// The access scopes of a workspace, judged over its snapshot.
import { judgeScope, unresolved } from '../facts/path/scope.ts';
import { readScope, type ScopeResult } from '../model/access-scope.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { neverAsked } from './path.ts';

/** `strange`: the first end that names nothing; `toRead`: ids that were not requested from Azure. The sentences are valid. */
export function judgedScopes(
  snapshot: Snapshot,
  scopes: readonly string[],
): {
  readonly results: readonly ScopeResult[];
  readonly strange: string | undefined;
  readonly toRead: readonly string[];
} {
  const index = indexSnapshot(snapshot);
  const [strange] = scopes.flatMap((text) => unresolved(readScope(text), index) ?? []);
  const results = scopes.map((text) => judgeScope(text, index));
  const toRead = neverAsked(
    snapshot,
    results.flatMap(({ gaps }) => gaps),
  );
  return { results, strange, toRead };
}
