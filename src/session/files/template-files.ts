// Templates among the files, with the parameter files given beside them: the resources they would make, and what is not known of
// these as a whole.

import { exitStatus, Failure } from '../../model/failure.ts';
import { isObject, type Json, type JsonObject, memberName } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { ReadFailure, SkippedFile } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { resourceTypeOf } from '../../resource-types/index.ts';
import {
  choicesOf,
  type ExpandOptions,
  expandTemplate,
  LimitError,
  type ParameterChoice,
} from '../../template/index.ts';
import { deploymentsOf, linksAmong } from './deployments.ts';
import { type Document, readOrSkip } from './documents.ts';
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
  /** A part of what will be there is in other files. */
  readonly isPart: boolean;
}

export type TemplateOptions = Pick<ExpandOptions, 'cloud' | 'values' | 'place'>;

/** What parameters of these templates may be that have no value, not even from a parameter file. */
export function openChoices(
  templates: readonly Document[],
  parameters: readonly Document[],
  values: NonNullable<TemplateOptions['values']>,
): readonly ParameterChoice[] {
  const stated = [...parameters.map(({ json }) => sectionOf(json)).flatMap(Object.keys), ...Object.keys(values)];
  const given = new Set(stated.map((name) => fold(memberName(name))));
  const all = templates.flatMap(({ json }) => (isObject(json) ? choicesOf(json) : []));
  const named = [...Map.groupBy(all, ({ name }) => fold(name)).values()];
  const declaring = (name: string) =>
    templates.filter(({ json }) => memberIgnoringCase(sectionOf(json), name) !== undefined).length;
  return named.flatMap((same) => {
    const [first] = same;
    // A value is given to all templates that have the parameter.
    const isOne = same.every(({ values: own }) => own.join('\n') === first?.values.join('\n'));
    return first && isOne && !given.has(fold(first.name)) && declaring(first.name) === same.length ? [first] : [];
  });
}

/** The parameters of a template or of a parameter file. */
function sectionOf(json: Json): JsonObject {
  const found = isObject(json) ? memberIgnoringCase(json, 'parameters') : undefined;
  return isObject(found) ? found : {};
}

/** Throws Failure (exit 2) for a value of a parameter that no template has. */
function checkValues(templates: readonly Document[], values: NonNullable<TemplateOptions['values']>): void {
  const known = templates.flatMap(({ json }) => Object.keys(sectionOf(json)).map(memberName));
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
  skipped: SkippedFile[],
): MadeResources {
  checkValues(templates, options.values ?? {});
  const linked = linksAmong(templates);
  const expansions = deploymentsOf(templates, parameters, skipped).flatMap((one) => {
    const given = one.parameters.flatMap(({ json }) => {
      const found = isObject(json) ? memberIgnoringCase(json, 'parameters') : undefined;
      return isObject(found) ? [found] : [];
    });
    const { file, path } = one.template;
    const made = readOrSkip(file, skipped, () =>
      expanded(one.template, { ...options, name: one.name, parameters: given, file: path, linked }),
    );
    return made === undefined ? [] : [made];
  });
  const fileOf = new Map(templates.map((one) => [one.path, one.file]));
  return {
    resources: expansions.flatMap(({ resources }) =>
      resources.map(({ id, type, apiVersion, body }): Resource => {
        const kind = resourceTypeOf(type);
        return { id, type: kind.type, apiVersion: apiVersion ?? kind.apiVersion, body };
      }),
    ),
    gaps: expansions.flatMap(({ notes }) => notes.map(({ id, reason }): ReadFailure => ({ id, reason, action: '' }))),
    isPart: expansions.some(({ notes }) => notes.some(({ isElsewhere }) => isElsewhere === true)),
    declarations: declarationsOf(
      expansions.flatMap(({ resources }) =>
        resources.flatMap(({ id, declared, file: from }) => {
          const file = fileOf.get(from);
          return file === undefined ? [] : [[id, { file, json: declared }] as const];
        }),
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
