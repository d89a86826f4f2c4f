// A resource by what the operator calls it: its id, or a name that only one resource has.
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import { clean } from '../../src/model/text.ts';

/** The resource with this id, or the only one with this name. Throws Failure (exit 2). */
export function pick(resources: readonly Resource[], wanted: string): Resource {
  const exact = resources.find((resource) => sameId(resource.id, wanted));
  const named = resources.filter((resource) => sameId(nameOf(resource.id), wanted));
  const [first, second] = named;
  if (exact) return exact;
  if (first && !second) return first;
  throw new Failure(
    first ? 'ambiguous-resource' : 'unknown-resource',
    exitStatus.usage,
    first ? `${named.length} resources are named ${clean(wanted, 80)}.` : `No resource is named ${clean(wanted, 80)}.`,
    first
      ? `Use the resource ID of one: ${named.map((resource) => clean(resource.id)).join(', ')}`
      : wanted.includes('@')
        ? 'For a finding, run `bastide explain ID`.'
        : 'Run `bastide scan` for the list.',
  );
}
