// Makes a state out of what was read elsewhere: a snapshot, a list of resources, or an answer with `value`.
import { SimulatorError } from '../error.ts';
import { fold, parentOf, typeOf } from '../gateway/address.ts';
import { grantsOf } from '../gateway/authorization.ts';
import { type ArmJson, type ArmObject, at, isObject, list, parseJson, put } from '../json.ts';
import { linksAsSeen } from '../providers/microsoft.containerinstance/association-links.ts';
import { limitsAsSeen } from '../providers/microsoft.machinelearningservices/machine-sizes.ts';
import { completeRules } from '../providers/microsoft.machinelearningservices/managed-network-effects.ts';
import { inlineMembers } from './inline.ts';
import { ReadLog } from './seen.ts';
import { completeScopes, idOf, Store } from './store.ts';

/**
 * The text of a snapshot (`resources[].body`), of an array, or of `{value: []}`. `played`: what a snapshot does not speak of is
 * not known, rather than not there.
 */
export function storeOfText(content: string, world: string, played = false): Store {
  const given = parsed(content);
  // What `scan --output` writes holds the snapshot as its result.
  const document = at(given, 'result') ?? given;
  const store = new Store(world);
  const bodies = bodiesIn(document).sort((left, right) => depth(left) - depth(right));
  for (const body of bodies) store.set(idOf(body), body);
  store.grants = grantsOf(at(document, 'permissions'));
  completeScopes(store);
  completeRules(store);
  if (played) {
    limitsAsSeen(store);
    linksAsSeen(store);
    store.seen = new ReadLog(document);
  }
  return store;
}

function parsed(content: string): ArmJson {
  try {
    return parseJson(content);
  } catch (error) {
    throw new SimulatorError(
      'load',
      `The input to load is not JSON: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

function bodiesIn(document: ArmJson): ArmObject[] {
  const items = Array.isArray(document) ? document : ['resources', 'value'].flatMap((name) => list(document, name));
  const isList = Array.isArray(document) || ['resources', 'value'].some((name) => Array.isArray(at(document, name)));
  if (!isList) {
    throw new SimulatorError('load', 'The input to load is not a snapshot, a list of resources or {"value": [...]}.');
  }
  return items.map((item) => {
    const wrapped = at(item, 'body');
    const body = isObject(wrapped) ? wrapped : item;
    if (!isObject(body)) throw new SimulatorError('load', 'The input to load has an item that is not a resource.');
    if (idOf(body) === '') {
      const id = at(item, 'id');
      if (typeof id !== 'string') throw new SimulatorError('load', 'The input to load has a resource without an id.');
      put(body, 'id', id);
    }
    return body;
  });
}

/** Parents before their inline children, so that a child finds its place inside the parent. */
function depth(body: ArmObject): number {
  const id = idOf(body);
  return inlineMembers.has(fold(typeOf(id))) ? parentOf(id).split('/').length + 2 : 0;
}
