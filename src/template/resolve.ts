// Values of a template gone through: strings between brackets evaluated, loops over members unrolled (`copy` inside an object).
import { isArray, isObject, type Json, type JsonObject, memberKey, memberName } from '../model/json.ts';
import { member, memberIgnoringCase } from '../model/pointer.ts';
import { clean } from '../model/text.ts';
import { unresolvedMember } from '../model/unresolved.ts';
import { evaluateText } from './evaluate.ts';
import { LimitError, limits, TemplateError } from './limits.ts';
import { written } from './parse.ts';
import { type Scope, withLoop } from './scope.ts';
import { isOpen, type Open, open, textOf, wantNumber } from './values.ts';

/** The value with everything in it evaluated. Never throws but for a limit. */
export function resolve(value: Json, scope: Scope): Json {
  scope.budget.step();
  if (typeof value === 'string') {
    const found = written(value);
    return found.kind === 'literal' ? found.text : evaluateText(found.text, scope);
  }
  if (isArray(value)) return scope.budget.deeper(() => value.map((item) => resolve(item, scope)));
  if (!isObject(value)) return value;
  return scope.budget.deeper(() => resolveObject(value, scope));
}

/** Names may be expressions as well: one that is not known leaves the whole object open. */
function resolveObject(object: JsonObject, scope: Scope): Json {
  const stated = member(object, unresolvedMember);
  if (stated !== undefined) return open(clean(textOf(stated), 300), 'the file does not resolve it');
  const entries: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) {
    const name = memberName(key);
    if (name.toLowerCase() === 'copy' && isLoops(value)) {
      entries.push(...unrolled(value, scope));
      continue;
    }
    const known = name.startsWith('[') ? resolve(name, scope) : name;
    if (isOpen(known) && !known.ambient) return known;
    entries.push([memberKey(isOpen(known) ? known.text : textOf(known)), resolve(value, scope)]);
  }
  return Object.fromEntries(entries);
}

const isLoops = (value: Json): value is readonly JsonObject[] =>
  isArray(value) &&
  value.every(
    (loop) => isObject(loop) && typeof member(loop, 'name') === 'string' && member(loop, 'input') !== undefined,
  );

/** The members that loops make: `{name, count, input}` each gives one array. */
export const unrolled = (loops: readonly JsonObject[], scope: Scope): [string, Json][] =>
  loops.map((loop) => {
    const name = textOf(member(loop, 'name') ?? '');
    const input = member(loop, 'input') ?? null;
    const count = countOf(loop, scope);
    if (isOpen(count)) return [memberKey(name), count];
    const items = Array.from({ length: count }, (_, index) => resolve(input, withLoop(scope, [name], index)));
    return [memberKey(name), items];
  });

/** How often a loop runs; open where that is not known. Throws LimitError past what Azure allows. */
export function countOf(loop: JsonObject, scope: Scope): number | Open {
  const stated = resolve(memberIgnoringCase(loop, 'count') ?? null, scope);
  if (isOpen(stated)) return stated;
  try {
    const count = wantNumber(stated);
    if (count > limits.copies) throw new LimitError(`a loop runs ${count} times, more than ${limits.copies}`);
    if (count < 0) throw new TemplateError('a loop count cannot be negative');
    return count;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return open(`the count of the loop ${clean(textOf(memberIgnoringCase(loop, 'name') ?? ''), 100)}`, error.message);
  }
}
