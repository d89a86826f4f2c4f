// `scan`: reads the workspace and returns a snapshot, which `--from` reads without credentials.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import type { Resource } from '../src/model/resource.ts';
import { nameInParent, nameOf } from '../src/model/resource-id.ts';
import { failedReads } from '../src/model/snapshot.ts';
import { tagsSummary, tagsWords } from '../src/model/tags-seen.ts';
import { line } from '../src/model/words.ts';

/** Names of one type; with the parent where two are named alike. */
function namesOf(resources: readonly Resource[]): string[] {
  const names = resources.map(({ id }) => nameOf(id));
  return new Set(names).size === names.length ? names : resources.map(({ id }) => nameInParent(id));
}

export const scan = defineCommand({
  name: 'scan',
  summary: 'Read the workspace and its dependencies; --output saves a snapshot',
  args: z.object({}),
  effect: 'read',
  artefact: true,
  examples: [
    { line: 'scan', says: 'List the resources by type' },
    {
      line: 'scan --output snapshot.json',
      says: 'Save a snapshot for `audit --from snapshot.json`, which needs no credentials',
    },
  ],
  async *run(context) {
    const session = await context.session();
    return yield* session.scan(context.signal);
  },
  text(snapshot) {
    const tags = tagsWords(tagsSummary(snapshot));
    const types = [...Map.groupBy(snapshot.resources, (resource) => resource.type)];
    return [
      line(
        [snapshot.workspace === null ? 'no workspace' : nameOf(snapshot.workspace), 'heading'],
        [
          `  ${snapshot.source.name}  ${snapshot.takenAt}  ${snapshot.requests} API ${snapshot.requests === 1 ? 'request' : 'requests'}${tags === '' ? '' : `  ${tags}`}`,
          'dim',
        ],
      ),
      [],
      ...types.flatMap(([type, resources]) => [
        line([type, 'accent'], [`  ${resources.length}`, 'dim']),
        ...namesOf(resources).map((name) => line(`  ${name}`)),
      ]),
      ...failedReads(snapshot.gaps).map((gap) => line(['not accessible  ', 'unknown'], `${gap.id}: ${gap.reason}`)),
    ];
  },
});
