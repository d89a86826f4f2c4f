// Parameters that have no value and few possible ones: what is the same for each of them does not depend on the value.
import { isArray, isObject, type JsonObject, memberName } from '../model/json.ts';
import { memberIgnoringCase } from '../model/pointer.ts';
import { isSecret, section, withType } from './template.ts';
import { textOf } from './values.ts';

export interface ParameterChoice {
  readonly name: string;
  /** As texts, as `--set-parameter` takes them. */
  readonly values: readonly string[];
}

const mostValues = 8;

/** The parameters of a template without a value of which all possible values are stated. */
export function choicesOf(template: JsonObject): readonly ParameterChoice[] {
  return Object.entries(section(template, 'parameters')).flatMap(([key, stated]) => {
    if (!isObject(stated)) return [];
    const parameter = withType(stated, template);
    const isOptional = ['defaultValue', 'nullable'].some((name) => memberIgnoringCase(parameter, name) !== undefined);
    const values = isOptional || isSecret(parameter) ? [] : valuesOf(parameter);
    return values.length === 0 || values.length > mostValues ? [] : [{ name: memberName(key), values }];
  });
}

function valuesOf(parameter: JsonObject): readonly string[] {
  const allowed = memberIgnoringCase(parameter, 'allowedValues');
  const type = textOf(memberIgnoringCase(parameter, 'type') ?? '').toLowerCase();
  if (isArray(allowed)) {
    // Of an array parameter the allowed values are those of its items.
    const isPlain = type !== 'array' && allowed.every((one) => one !== null && !isObject(one) && !isArray(one));
    return isPlain ? [...new Set(allowed.map(textOf))] : [];
  }
  return type === 'bool' ? ['true', 'false'] : [];
}
