// Templates inside what tools print around them: `{"template": ...}` of an export, the template spec of `az ts show` with its linked
// templates.
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import type { Document } from './documents.ts';
import { isTemplate } from './template-files.ts';

/** The document itself, or the templates inside it. */
export function unwrapped(document: Document): Document[] {
  const { json, path } = document;
  if (!isObject(json) || isTemplate(json)) return [document];
  const properties = member(json, 'properties');
  const holder = [json, ...(isObject(properties) ? [properties] : [])].find((one) => templateIn(one) !== undefined);
  const template = holder && templateIn(holder);
  if (holder === undefined || template === undefined) return [document];
  const linked = member(holder, 'linkedTemplates');
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const parts = (isArray(linked) ? linked : []).flatMap((one): Document[] => {
    const [at, inside] = isObject(one) ? [member(one, 'path'), member(one, 'template')] : [];
    if (typeof at !== 'string' || inside === undefined || !isTemplate(inside)) return [];
    return [{ ...document, path: `${folder}${at}`, json: inside, isLinked: true }];
  });
  return [{ ...document, json: template }, ...parts];
}

const templateIn = (json: JsonObject): JsonObject | undefined =>
  ['template', 'mainTemplate']
    .map((name): Json | undefined => member(json, name))
    .find((one): one is JsonObject => one !== undefined && isTemplate(one));
