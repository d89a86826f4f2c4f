// `scan`: reads everything about the workspace and returns the snapshot, which `--from` takes back without credentials.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { nameOf } from '../src/model/resource-id.ts';
import { tagsSummary, tagsWords } from '../src/model/tags-seen.ts';
import { line } from '../src/model/words.ts';

export const scan = defineCommand({
  name: 'scan',
  summary: 'read the workspace and what it uses, and keep it as a snapshot',
  args: z.object({}),
  effect: 'read',
  artefact: true,
  examples: [
    { line: 'scan', says: 'what there is, by type' },
    {
      line: 'scan --output snapshot.json',
      says: 'a snapshot for `audit --from snapshot.json`, anywhere, without credentials',
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
          `  ${snapshot.source.name}  ${snapshot.takenAt}  ${snapshot.requests} requests${tags === '' ? '' : `  ${tags}`}`,
          'dim',
        ],
      ),
      [],
      ...types.flatMap(([type, resources]) => [
        line([type, 'accent'], [`  ${resources.length}`, 'dim']),
        ...resources.map((resource) => line(`  ${nameOf(resource.id)}`)),
      ]),
      ...snapshot.gaps.map((gap) => line(['not read  ', 'unknown'], `${gap.id}: ${gap.reason}`)),
    ];
  },
});
