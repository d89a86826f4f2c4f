// Paths into the body of a resource, as rule files write them: `properties.ipRules[*].value`, `tags['cost center']`. `[*]` stands for
// every member of a list. Pure.
import { isArray, isObject, type Json, memberName } from '../model/json.ts';
import { formatPointer, member, type Pointer } from '../model/pointer.ts';
import { type Readable, readable } from '../model/readable.ts';
import { clean } from '../model/text.ts';

type Step = { readonly kind: 'member'; readonly name: string } | { readonly kind: 'item'; readonly at: number | '*' };

export interface ValuePath {
  readonly text: string;
  readonly steps: readonly Step[];
  /** Does it hold a `[*]`? */
  readonly isMany: boolean;
}

const mostSteps = 30;
const stepForm = /^(?:\.?([A-Za-z_$@][\w$@-]*)|\[(\d{1,6}|\*)\]|\['((?:[^'\\]|\\.)*)'\])/;

/** The path, or why the text is none. */
export function parseValuePath(text: string): ValuePath | string {
  const steps: Step[] = [];
  for (let rest = text; rest !== ''; ) {
    const [whole, plain, item, quoted] = stepForm.exec(rest) ?? [];
    const isFirst = rest === text;
    if (whole === undefined || (isFirst && (whole.startsWith('.') || item !== undefined))) {
      return `is not a path at character ${text.length - rest.length + 1}`;
    }
    if (!isFirst && plain !== undefined && !whole.startsWith('.')) {
      return `has no dot at character ${text.length - rest.length + 1}`;
    }
    if (item !== undefined) steps.push({ kind: 'item', at: item === '*' ? '*' : Number(item) });
    else steps.push({ kind: 'member', name: plain ?? (quoted ?? '').replace(/\\(.)/g, '$1') });
    rest = rest.slice(whole.length);
  }
  if (steps.length === 0) return 'is empty';
  if (steps.length > mostSteps) return `has more than ${mostSteps} steps`;
  return { text, steps, isMany: steps.some((step) => step.kind === 'item' && step.at === '*') };
}

/** A place in a body and what is there: undefined where it is absent, the reason where it cannot be read. */
export interface PlacedValue {
  /** As the rule file writes it, with the numbers of members. */
  readonly text: string;
  readonly pointer: Pointer;
  readonly value: Readable<Json | undefined>;
}

interface Here {
  readonly text: string;
  readonly path: readonly string[];
  readonly value: Readable<Json | undefined>;
}

const absent: Readable<undefined> = { state: 'known', value: undefined };

/**
 * The places that a path stands for: one, or with `[*]` one for each member. A list that is absent or null has none. `strange`: a
 * clause where the path has a `[*]` and the body no list, or the other way round.
 */
export function placesIn(
  body: Json,
  { steps }: ValuePath,
): { readonly places: readonly PlacedValue[]; readonly strange?: string } {
  let here: readonly Here[] = [{ text: '', path: [], value: { state: 'known', value: body } }];
  let strange: string | undefined;
  for (const step of steps) {
    here = here.flatMap((one) => {
      const { value } = one;
      if (step.kind === 'member') {
        // Otherwise a forgotten `[*]` would read as an absent member.
        if (value.state === 'known' && isArray(value.value))
          strange ??= `${clean(one.text, 200)} is a list, read as one value`;
        return [inMember(one, step.name)];
      }
      if (step.at !== '*') return [inItem(one, step.at)];
      if (value.state === 'unreadable') return [one];
      if (value.value === undefined || value.value === null) return [];
      if (isArray(value.value)) return Array.from(value.value, (_item, at) => at).map((at) => inItem(one, at));
      strange ??= `${clean(one.text, 200)} is not a list`;
      return [];
    });
  }
  return { places: here.map(placed), ...(strange === undefined ? {} : { strange }) };
}

const placed = ({ text, path, value }: Here): PlacedValue => ({ text, pointer: formatPointer(path), value });

/** A member by its name, in any letter case where none has it exactly: Azure writes some names in several. */
function inMember({ text, path, value }: Here, name: string): Here {
  const shown = /^[A-Za-z_$@][\w$@-]*$/.test(name)
    ? `${text === '' ? '' : '.'}${name}`
    : `['${name.replaceAll("'", "\\'")}']`;
  const inside = value.state === 'known' ? value.value : undefined;
  const own = isObject(inside) ? nameIn(Object.keys(inside).map(memberName), name) : name;
  return {
    text: `${text}${shown}`,
    path: [...path, own],
    value: value.state === 'unreadable' ? value : isObject(inside) ? readable(() => member(inside, own)) : absent,
  };
}

const nameIn = (names: readonly string[], wanted: string): string =>
  names.find((name) => name === wanted) ?? names.find((name) => name.toLowerCase() === wanted.toLowerCase()) ?? wanted;

function inItem({ text, path, value }: Here, at: number): Here {
  const inside = value.state === 'known' ? value.value : undefined;
  return {
    text: `${text}[${at}]`,
    path: [...path, String(at)],
    value: value.state === 'unreadable' ? value : isArray(inside) ? readable(() => inside[at]) : absent,
  };
}
