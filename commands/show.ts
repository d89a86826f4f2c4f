// `show`: one resource as Azure has it, its lists as tables, and what the audit says about it.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { stringifyJson } from '../src/model/json.ts';
import { nameOf, sameId } from '../src/model/resource-id.ts';
import { byCharacters, tableLines } from '../src/model/table.ts';
import { line } from '../src/model/words.ts';
import { findingLines } from '../src/render/audit-text.ts';
import { withFindingsJson } from '../src/render/finding-json.ts';
import { tablesOf } from '../src/resource-types/index.ts';
import { scanAndJudge } from './parts/judge.ts';
import { pick } from './parts/targets.ts';

export const show = defineCommand({
  name: 'show',
  summary: 'Show one resource: its rules and routes as tables, its findings and its JSON',
  args: z.object({
    resource: flag(z.string(), 'resource ID, or a unique name', { value: 'ID|NAME', of: 'resource' }),
  }),
  positional: ['resource'],
  effect: 'read',
  examples: [{ line: 'show stmlsim', says: 'Show the storage account of the demo' }],
  async *run(context, { resource: wanted }) {
    const { snapshot, report } = yield* scanAndJudge(context);
    const resource = pick(snapshot.resources, wanted);
    const about = report.findings.filter(
      (finding) =>
        (sameId(finding.resource, resource.id) || sameId(finding.where, resource.id)) &&
        finding.outcome !== 'notApplicable',
    );
    return { resource, findings: about, tables: tablesOf(resource, snapshot.resources, snapshot.live) };
  },
  json: ({ resource, findings }) => withFindingsJson({ resource, findings }),
  text({ resource, findings, tables }) {
    return [
      line([nameOf(resource.id), 'heading'], [`  ${resource.type}  api-version ${resource.apiVersion}`, 'dim']),
      line([resource.id, 'dim']),
      [],
      ...tables.flatMap((table) => [
        ...tableLines(table, { width: Number.POSITIVE_INFINITY, skip: 0, measure: byCharacters }),
        [],
      ]),
      ...findings.flatMap(findingLines),
      ...stringifyJson(resource.body, 2)
        .split('\n')
        .map((text) => line(text)),
    ];
  },
});
