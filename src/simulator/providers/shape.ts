// The kinds of JSON that a service expects where a body holds anything. Services read bodies into types, and refuse what does
// not fit before they look at its meaning; members that no shape names pass.
import { type ArmJson, at, isObject, JsonNumber } from '../json.ts';

export type BodyShape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'object'
  /** A list whose items all have this shape. */
  | readonly [BodyShape]
  | { readonly [member: string]: BodyShape };

/** The path of the first value that does not fit, e.g. `properties.routes[0].name`; undefined when all fit. Null fits everywhere. */
export function misfit(value: ArmJson | undefined, shape: BodyShape, path = ''): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return isOfKind(value, shape) ? undefined : path;
  if (isList(shape)) {
    if (!Array.isArray(value)) return path;
    return first(value.map((item, index) => () => misfit(item, shape[0], `${path}[${index}]`)));
  }
  if (!isObject(value)) return path;
  return first(
    Object.entries(shape).map(
      ([member, inner]) =>
        () =>
          misfit(at(value, member), inner, path === '' ? member : `${path}.${member}`),
    ),
  );
}

const isList = (shape: BodyShape): shape is readonly [BodyShape] => Array.isArray(shape);

function first(attempts: readonly (() => string | undefined)[]): string | undefined {
  for (const attempt of attempts) {
    const found = attempt();
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfKind(value: ArmJson, kind: 'text' | 'number' | 'boolean' | 'object'): boolean {
  if (kind === 'text') return typeof value === 'string';
  if (kind === 'number') return value instanceof JsonNumber;
  return kind === 'boolean' ? typeof value === 'boolean' : isObject(value);
}

/** Members of every tracked resource. */
export const tracked = { location: 'text', tags: 'object' } as const;
export const reference = { id: 'text' } as const;
