// `show`: one resource as Azure has it, and what the audit says about it.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Finding } from '../src/model/finding.ts';
import { stringifyJson } from '../src/model/json.ts';
import type { Resource } from '../src/model/resource.ts';
import { nameOf, sameId } from '../src/model/resource-id.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { findingLines } from '../src/render/audit-text.ts';
import { asJson, shapeOf } from './parts/json.ts';
import { scanAndJudge } from './parts/judge.ts';

interface Shown {
  readonly resource: Resource;
  readonly findings: readonly Finding[];
}

export const show = defineCommand({
  name: 'show',
  summary: 'show one resource: its raw body and its findings',
  args: z.object({
    resource: flag(z.string(), 'an id, or a name that only one resource has', { value: 'ID|NAME', of: 'resource' }),
  }),
  positional: ['resource'],
  effect: 'read',
  examples: [{ line: 'show stmlsim', says: 'the storage account of the demo' }],
  async *run(context, { resource: wanted }) {
    const { snapshot, report } = yield* scanAndJudge(context);
    const resource = pick(snapshot.resources, wanted);
    const about = report.findings.filter(
      (finding) =>
        (sameId(finding.resource, resource.id) || sameId(finding.where, resource.id)) &&
        finding.outcome !== 'notApplicable',
    );
    return asJson({ resource, findings: about } satisfies Shown);
  },
  text(result) {
    const { resource, findings } = shapeOf<Shown>(result);
    return [
      line([nameOf(resource.id), 'heading'], [`  ${resource.type}  api-version ${resource.apiVersion}`, 'dim']),
      line([resource.id, 'dim']),
      [],
      ...findings.flatMap(findingLines),
      ...stringifyJson(resource.body, 2)
        .split('\n')
        .map((text) => line(text)),
    ];
  },
});

/** The resource with this id, or the only one with this name. Throws Failure (exit 2). */
function pick(resources: readonly Resource[], wanted: string): Resource {
  const exact = resources.find((resource) => sameId(resource.id, wanted));
  const named = resources.filter((resource) => sameId(nameOf(resource.id), wanted));
  const [first, second] = named;
  if (exact) return exact;
  if (first && !second) return first;
  throw new Failure(
    first ? 'ambiguous-resource' : 'unknown-resource',
    exitStatus.usage,
    first
      ? `${named.length} resources are called ${clean(wanted, 80)}.`
      : `No resource is called ${clean(wanted, 80)}.`,
    first
      ? `Give the id of one: ${named.map((resource) => clean(resource.id)).join(', ')}`
      : 'Run `bastide scan` for the list.',
  );
}
