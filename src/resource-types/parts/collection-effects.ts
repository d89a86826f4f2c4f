// Who gains or loses access by a change of the rule collections of an Azure Firewall or of a rule collection group.
import { isObject, type Json, sameJson } from '../../model/json.ts';
import type { Pointer } from '../../model/pointer.ts';
import { fold, nameInParent, nameOf, parentId } from '../../model/resource-id.ts';
import { listAt, textAt, textsAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';
import { isAny, named } from './effects.ts';

/** Collections are told apart by name; one that changed counts as withdrawn and made anew. */
export function collectionEffects({ id, before, after }: ChangeSides, pointer: Pointer): OwnEffect[] {
  const [was, is] = [listAt(before?.body, pointer), listAt(after?.body, pointer)];
  const only = (a: readonly Json[], b: readonly Json[]) => a.filter((one) => !b.some((other) => sameRules(one, other)));
  const at = parentId(id) === undefined ? nameOf(id) : nameInParent(id);
  return [
    ...only(is, was).flatMap((one) => effectOf(one, at, 'made')),
    ...only(was, is).flatMap((one) => effectOf(one, at, 'gone')),
  ];
}

const inside = (collection: Json, name: string): string =>
  `${isObject(collection) && isObject(collection.properties) ? '/properties' : ''}/${name}`;
const rulesOf = (collection: Json): readonly Json[] => listAt(collection, inside(collection, 'rules'));
const nameIn = (collection: Json): string => textAt(collection, '/name') ?? '';
const actionOf = (collection: Json): string =>
  fold(textAt(collection, `${inside(collection, 'action')}/type`) ?? 'allow');

const sameRules = (a: Json, b: Json): boolean =>
  fold(nameIn(a)) === fold(nameIn(b)) && actionOf(a) === actionOf(b) && sameJson([...rulesOf(a)], [...rulesOf(b)]);

const sides = {
  sources: ['sourceAddresses', 'sourceIpGroups'],
  destinations: ['destinationAddresses', 'destinationIpGroups', 'destinationFqdns', 'targetFqdns', 'fqdnTags'],
} as const;

/** An IP group by its name; the slash of a range is no path. */
const endName = (text: string): string => (text.startsWith('/') ? nameOf(text) : text);

function effectOf(collection: Json, at: string, state: 'made' | 'gone'): OwnEffect[] {
  const rules = rulesOf(collection);
  const of = (names: readonly string[]) => [
    ...new Set(rules.flatMap((rule) => names.flatMap((name) => textsAt(rule, `/${name}`)))),
  ];
  const [sources, destinations] = [of(sides.sources), of(sides.destinations)];
  const action = actionOf(collection);
  const isNat = action === 'dnat' || action === 'snat';
  const wide = isNat ? sources.some(isAny) || sources.length === 0 : destinations.some(isAny);
  const verb = action === 'deny' ? 'denies traffic' : isNat ? 'forwards inbound traffic' : 'allows traffic';
  const negated =
    action === 'deny'
      ? 'no longer denies traffic'
      : isNat
        ? 'no longer forwards inbound traffic'
        : 'no longer allows traffic';
  const flow = `from ${named(sources.map(endName), 3) || 'any source'} to ${named(destinations.map(endName), 3) || 'any destination'}`;
  const detail = `${at} ${state === 'made' ? verb : negated} ${flow} (${nameIn(collection)}).`;
  const opens = (action === 'deny') === (state === 'gone');
  const kind = !opens ? 'restricts' : action === 'deny' || wide ? 'relaxes' : 'allows';
  return [{ kind, detail, subject: sources.join(', ') || nameIn(collection) }];
}
