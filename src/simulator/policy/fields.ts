// What a policy's `field` means on a document: the plain fields, and aliases such as
// `Microsoft.Storage/storageAccounts/networkAcls.ipRules[*].value` (Azure Policy, "definition structure: aliases").
import { fold } from '../gateway/address.ts';
import { type ArmJson, at, isObject } from '../json.ts';
import { NotUnderstood } from './not-understood.ts';

/** A document with its id and type, and, inside a `count`, the element that an array's alias means. */
export interface PolicySubject {
  readonly id: string;
  readonly type: string;
  readonly document: ArmJson;
  /** What a rule sees as the version of the request; the newest one of the type where none is evaluated. */
  readonly apiVersion: string;
  /** The elements now looked at, the innermost first: the alias up to and with `[*]`, or the name of a `count` of values, in lower case. */
  readonly current?: readonly { readonly name: string; readonly element: ArmJson }[];
}

/** The members outside `properties`; every other alias leads into it. */
const topMembers = ['sku', 'kind', 'identity', 'zones', 'plan', 'managedby', 'tags', 'location'];

/** The values of a field: one, possibly undefined, or with `[*]` one for each element. */
export function fieldValues(
  subject: PolicySubject,
  field: string,
): { readonly values: (ArmJson | undefined)[]; readonly isArray: boolean } {
  const one = (value: ArmJson | undefined) => ({ values: [value], isArray: false });
  const { document, id, type } = subject;
  switch (fold(field)) {
    case 'type':
      return one(type);
    case 'id':
      return one(id);
    case 'name':
      return one(id.slice(id.lastIndexOf('/') + 1));
    case 'fullname':
      return one(fullName(id));
    case 'location':
      return one(plainLocation(at(document, 'location')));
    case 'kind':
    case 'tags':
      return one(at(document, field));
    case 'identity.type':
      return one(at(document, 'identity', 'type'));
  }
  const tag = /^tags(?:\.|\[')(.+?)(?:'\])?$/i.exec(field)?.[1];
  if (tag !== undefined) return one(at(document, 'tags', tag));
  if (!field.includes('/')) throw new NotUnderstood(`the field '${field}'`);
  return aliasValues(subject, field);
}

function aliasValues(subject: PolicySubject, alias: string): { values: (ArmJson | undefined)[]; isArray: boolean } {
  const { document, type } = subject;
  const current = subject.current?.find(({ name }) => name.endsWith('[*]') && fold(alias).startsWith(name));
  if (current !== undefined) {
    const rest = alias.slice(current.name.length).replace(/^\./, '');
    const values = rest === '' ? [current.element] : walk([current.element], rest.split('.'));
    return { values, isArray: rest.includes('[*]') };
  }
  const path = alias.slice(type.length + 1);
  // An alias of another type: this resource has no such field.
  if (!fold(alias).startsWith(`${fold(type)}/`) || path.includes('/')) return { values: [undefined], isArray: false };
  const steps = path.split('.');
  const isTop = topMembers.includes(fold(steps[0]?.replace('[*]', '') ?? ''));
  const start = isTop ? document : at(document, 'properties');
  return { values: walk([start], steps), isArray: path.includes('[*]') };
}

/** Aliases leave `properties` out wherever it is. */
function walk(from: readonly (ArmJson | undefined)[], steps: readonly string[]): (ArmJson | undefined)[] {
  return steps.reduce<(ArmJson | undefined)[]>(
    (here, step) => {
      const name = step.replace('[*]', '');
      const found = here.map((value) => at(value, name) ?? at(value, 'properties', name) ?? inside(value, name));
      if (!step.endsWith('[*]')) return found;
      return found.flatMap((value) => (Array.isArray(value) ? value : []));
    },
    [...from],
  );
}

/** A compute keeps its own properties one level deeper still. */
function inside(value: ArmJson | undefined, name: string): ArmJson | undefined {
  const deeper = at(value, 'properties');
  return isObject(deeper) ? at(deeper, 'properties', name) : undefined;
}

function plainLocation(value: ArmJson | undefined): ArmJson | undefined {
  return typeof value === 'string' ? fold(value).replaceAll(' ', '') : value;
}

function fullName(id: string): string {
  const tail = id.split('/').slice(fold(id).split('/').lastIndexOf('providers') + 2);
  return tail.filter((_, index) => index % 2 === 1).join('/');
}
