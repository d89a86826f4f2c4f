// Templates among the files, with the parameter files given beside them: the resources they would make, and what is not known of
// these as a whole.

import { exitStatus, Failure } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject, memberName } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import { type ExpandOptions, expandTemplate, LimitError } from '../../template/index.ts';
import type { Document } from './documents.ts';
import { type Declarations, declarationsOf } from './locations.ts';

const schemaOf = (json: JsonObject): string => fold(String(memberIgnoringCase(json, '$schema') ?? ''));

/** An ARM template or compiled Bicep, of any level and version. */
export const isTemplate = (json: Json): json is JsonObject =>
  isObject(json) && /deploymenttemplate\.json/.test(schemaOf(json));

/** A parameter file: by its schema, or by its shape where it names none. */
export function isParameters(json: Json): json is JsonObject {
  if (!isObject(json)) return false;
  if (/deploymentparameters\.json/.test(schemaOf(json))) return true;
  const parameters = memberIgnoringCase(json, 'parameters');
  return (
    isObject(parameters) &&
    memberIgnoringCase(json, 'resources') === undefined &&
    memberIgnoringCase(json, 'id') === undefined &&
    Object.values(parameters).every(
      (one) =>
        isObject(one) &&
        (memberIgnoringCase(one, 'value') !== undefined || memberIgnoringCase(one, 'reference') !== undefined),
    )
  );
}

/** What files other than lists of resources make. */
export interface MadeResources {
  /** Bodies hold open values as the template language leaves them; `settleObject` makes them markers. */
  readonly resources: readonly Resource[];
  readonly gaps: readonly ReadFailure[];
  readonly declarations: Declarations;
}

/** A file's name without folder and ending. */
export const stemOf = (path: string): string =>
  clean(path.split(/[\\/]/).at(-1) ?? path, 60).replace(/\.jsonc?$/i, '') || 'file';
/** The name a parameter file shares with its template: `main` of `main.parameters.json`. */
const sharedName = (path: string): string => fold(stemOf(path)).replace(/[.-](?:parameters|params|param)$/, '');

/** The parameter files of each template: those of its name; without a match, all of them where there is only one template. */
function parametersFor(
  template: Document,
  templates: readonly Document[],
  parameters: readonly Document[],
): Document[] {
  const own = parameters.filter(({ path }) => sharedName(path) === sharedName(template.path));
  const strays = parameters.filter(({ path }) => !templates.some((one) => sharedName(one.path) === sharedName(path)));
  return templates.length === 1 ? [...strays, ...own] : own;
}

export type TemplateOptions = Pick<ExpandOptions, 'cloud' | 'values' | 'place'>;

/** Throws Failure (exit 2) for a value of a parameter that no template has. */
function checkValues(templates: readonly Document[], values: NonNullable<TemplateOptions['values']>): void {
  const known = templates.flatMap(({ json }) => {
    const parameters = isObject(json) ? memberIgnoringCase(json, 'parameters') : undefined;
    return isObject(parameters) ? Object.keys(parameters).map(memberName) : [];
  });
  const stray = Object.keys(values).find((name) => !known.some((one) => fold(one) === fold(name)));
  if (stray === undefined) return;
  throw new Failure(
    'unknown-parameter',
    exitStatus.usage,
    `No template has a parameter ${clean(stray, 100)}.`,
    known.length === 0 ? 'Remove --set-parameter.' : `Parameters: ${clean(known.slice(0, 20).join(', '), 400)}.`,
  );
}

/** Throws Failure (exit 2) for a template past the limits, or a parameter file that belongs to none. */
export function resourcesOfTemplates(
  templates: readonly Document[],
  parameters: readonly Document[],
  options: TemplateOptions,
): MadeResources {
  checkValues(templates, options.values ?? {});
  const taken = new Set(templates.flatMap((template) => parametersFor(template, templates, parameters)));
  const stray = parameters.find((one) => !taken.has(one));
  if (stray) {
    throw new Failure(
      'unreadable-file',
      exitStatus.usage,
      `${clean(stray.path, 300)}: this is a parameter file, and its template is not among the files.`,
      'Pass its template too: --from main.json --from main.parameters.json.',
      { file: stray.path },
    );
  }
  const names = placeNames(templates);
  const expansions = templates.map((template, index) => {
    const given = parametersFor(template, templates, parameters).flatMap(({ json }) => {
      const found = isObject(json) ? memberIgnoringCase(json, 'parameters') : undefined;
      return isObject(found) ? [found] : [];
    });
    return { file: template.file, ...expanded(template, { name: names[index] ?? '', parameters: given, ...options }) };
  });
  return {
    resources: expansions.flatMap(({ resources }) =>
      resources.map(({ id, type, apiVersion, body }): Resource => {
        const kind = resourceTypeOf(type);
        return { id, type: kind.type, apiVersion: apiVersion ?? kind.apiVersion, body };
      }),
    ),
    gaps: expansions.flatMap(({ notes }) => notes.map(({ id, reason }): ReadFailure => ({ id, reason, action: '' }))),
    declarations: declarationsOf(
      expansions.flatMap(({ file, resources }) =>
        resources.map(({ id, declared }) => [id, { file, json: declared }] as const),
      ),
    ),
  };
}

function expanded({ json, path }: Document, options: ExpandOptions) {
  try {
    return expandTemplate(json as JsonObject, options);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    throw new Failure(
      'unreadable-file',
      exitStatus.usage,
      `${clean(path, 300)}: the template cannot be read: ${error.message}.`,
      'Split the template, or deploy it and pass the output of `az resource show`.',
      { file: path },
    );
  }
}

/** A name for each file's placeholder group, never the same twice. */
function placeNames(templates: readonly Document[]): string[] {
  const used = new Map<string, number>();
  return templates.map(({ path }) => {
    const name = stemOf(path);
    const before = used.get(fold(name)) ?? 0;
    used.set(fold(name), before + 1);
    return before === 0 ? name : `${name}-${before + 1}`;
  });
}
