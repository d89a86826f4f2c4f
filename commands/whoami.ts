// `whoami`: who is signed in, how, and where the data comes from.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { endingVersions } from '../src/model/api-versions.ts';
import { line } from '../src/model/words.ts';
import { versionLines } from '../src/render/audit-text.ts';

export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Show who is signed in, and how',
  args: z.object({}),
  effect: 'read',
  examples: [{ line: 'whoami', says: 'Show identity, tenant and data source' }],
  // biome-ignore lint/correctness/useYield: a command is a generator even when it has no event to report.
  async *run(context) {
    const session = await context.session();
    const identity = await session.identity(context.signal);
    const readOnly = session.readOnly || context.flags.readOnly;
    const versions = endingVersions(context.now().toISOString());
    return { identity, source: session.source, readOnly, ...(versions.length === 0 ? {} : { versions }) };
  },
  text({ identity, source, readOnly, versions }) {
    return [
      line([identity.name, 'heading'], [`  ${identity.how}`, 'dim']),
      ...(identity.tenant === undefined ? [] : [line(['tenant  ', 'dim'], identity.tenant)]),
      ...(identity.objectId === undefined ? [] : [line(['object  ', 'dim'], identity.objectId)]),
      line(['source  ', 'dim'], source.name, [readOnly ? '  read-only' : '', 'badge']),
      ...versionLines(versions),
    ];
  },
});
