// Terraform's plans and states among the files: the resources they make or hold, and what they leave out.
import type { Resource } from '../../model/resource.ts';
import type { ReadFailure, SkippedFile } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { placeholderId } from '../../template/index.ts';
import { isTerraform, refusalOf, resourcesOfTerraform } from '../../terraform/index.ts';
import { stemOf } from './deployments.ts';
import { type Document, readOrSkip, unusable } from './documents.ts';
import { declarationsOf } from './locations.ts';
import type { MadeResources } from './template-files.ts';

/** Throws Failure (exit 2) for a format that is not known. */
export function resourcesOfTerraformFiles(documents: readonly Document[], skipped: SkippedFile[]): MadeResources {
  const readOne = ({ file, json, path }: Document) => {
    if (!isTerraform(json)) return [];
    const refused = refusalOf(json);
    if (refused !== null) {
      throw unusable(
        path,
        `${clean(refused, 200)}.`,
        'Pass the output of `terraform show -json` of a plan or a state.',
      );
    }
    return [{ file, ...resourcesOfTerraform(json, groupOfFile(path)) }];
  };
  const read = documents.flatMap((one) => readOrSkip(one.file, skipped, () => readOne(one)) ?? []);
  return {
    resources: read.flatMap(({ resources }) =>
      resources.map(({ id, type, apiVersion, body }): Resource => {
        const kind = resourceTypeOf(type);
        return { id, type: kind.type, apiVersion: apiVersion ?? kind.apiVersion, body };
      }),
    ),
    gaps: read.flatMap(({ notes }) => notes.map(({ id, reason }): ReadFailure => ({ id, reason, action: '' }))),
    isPart: false,
    declarations: declarationsOf(
      read.flatMap(({ file, resources }) =>
        resources.map(({ id, declared, address }) => [id, { file, json: declared, body: bodyIn, address }] as const),
      ),
    ),
  };
}

/** Where the provider azapi has a body as ARM spells it; others have attributes by names of their own. */
const bodyIn = ['change', 'after', 'body'];

/** The id of the placeholder group of a file. */
const groupOfFile = (path: string): string => placeholderId(stemOf(path), 'a/b', 'c').split('/providers/')[0] ?? '';
