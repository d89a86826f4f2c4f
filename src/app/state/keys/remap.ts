// The operator's keys, which override the defaults: the keys of each binding, by its name. A setting that is ambiguous,
// shadows typed text, or removes the keys to quit is rejected with a sentence.

import type { Json } from '../../../model/json.ts';
import { nearest } from '../../../model/nearest.ts';
import { clean } from '../../../model/text.ts';
import { overlays } from '../../overlays/index.ts';
import { screens } from '../../screens/index.ts';
import { isPrintable, type KeyName } from '../../terminal/keys.ts';
import type { Binding, KeyScope } from '../binding.ts';
import { readKey, spell } from '../spell.ts';
import { bindings as standard } from './index.ts';

/** Keys that cannot be reassigned: those that quit, cancel and confirm. */
const kept: readonly KeyName[] = ['esc', 'ctrl-c', 'enter'];
/** Places where letters are text. */
const typing: readonly KeyScope[] = ['input', 'line', 'palette', 'everywhere'];

/** Names that settings made by version 0.1 may hold. */
const formerNames: Readonly<Record<string, string>> = {
  admit: 'allow-ip',
  take: 'confirm',
  drop: 'cancel',
  leave: 'quit',
  'intent-answer': 'assumption-declare',
  'intent-clear': 'assumption-clear',
  'plan-rehearse': 'plan-what-if',
  'guide-rehearse': 'guide-what-if',
  'map-resource': 'go-to',
  'map-open': 'jump',
  'findings-by-on': 'findings-by-name',
};

export interface Remapped {
  readonly bindings: readonly Binding[];
  /** One sentence for each error; `bindings` are then the defaults. */
  readonly wrong: readonly string[];
}

/** The bindings with the keys of a setting, `{"fix": ["x"], "undo": "ctrl-u z"}`. */
export function remapped(setting: Json | undefined): Remapped {
  const wrong: string[] = [];
  const own = new Map<string, readonly KeyName[]>();
  for (const [member, value] of Object.entries(asObject(setting))) {
    const name = Object.hasOwn(formerNames, member) ? (formerNames[member] ?? member) : member;
    const binding = standard.find((one) => one.name === name);
    if (binding === undefined) {
      const near = nearest(
        name,
        standard.map((one) => one.name),
      );
      wrong.push(
        `keys.${clean(name, 60)} is not a key binding${near === undefined ? '' : `; did you mean keys.${near}`}`,
      );
      continue;
    }
    const keys = wordsOf(value).map((word) => ({ word, key: readKey(word) }));
    for (const { word, key } of keys) {
      const why = key === null ? 'is not a key that a terminal sends by itself' : whyNot(binding, key);
      if (why !== null) wrong.push(`keys.${name}: ${clean(word, 40)} ${why}`);
    }
    const held = binding.keys.filter((key) => kept.includes(key));
    const given = keys.flatMap(({ key }) => (key === null ? [] : [key]));
    own.set(name, [...new Set([...given, ...held])]);
  }
  const given = standard.filter(({ name }) => own.has(name)).map((one) => ({ ...one, keys: own.get(one.name) ?? [] }));
  const free = (one: Binding) =>
    one.yields === true
      ? one.keys.filter((key) => !given.some((other) => other.keys.includes(key) && meet(one, other)))
      : one.keys;
  const bindings = standard.map((one) => ({ ...one, keys: own.get(one.name) ?? free(one) }));
  if (wrong.length === 0) wrong.push(...conflicts(bindings, new Set(own.keys())));
  return { bindings: wrong.length === 0 ? bindings : standard, wrong };
}

const asObject = (setting: Json | undefined): Readonly<Record<string, Json>> =>
  typeof setting === 'object' && setting !== null && !Array.isArray(setting)
    ? (setting as Readonly<Record<string, Json>>)
    : {};

/** Keys in one text separated by spaces, or a list; `none` for no key. */
function wordsOf(value: Json): string[] {
  const words = Array.isArray(value) ? value.map(String) : String(value).split(/\s+/);
  return words.filter((word) => word !== '' && word.toLowerCase() !== 'none');
}

function whyNot(binding: Binding, key: KeyName): string | null {
  if (/^[0-9]$/.test(key)) return 'is reserved: digits count moves and select screens';
  if (kept.includes(key) && !binding.keys.includes(key)) return `is reserved: ${spell(key)} cannot be reassigned`;
  const text = binding.where.find((place) => typing.includes(place));
  return text !== undefined && (isPrintable(key) || key === 'backspace')
    ? 'is reserved: it is needed for typing text'
    : null;
}

function conflicts(all: readonly Binding[], changed: ReadonlySet<string>): string[] {
  return all
    .filter((one) => changed.has(one.name))
    .flatMap((one) =>
      one.keys.flatMap((key) => {
        const rival = all.find((other) => other.name !== one.name && other.keys.includes(key) && meet(one, other));
        // Of two that were both changed, the first is reported.
        if (rival === undefined || (changed.has(rival.name) && rival.name < one.name)) return [];
        return [
          `keys.${one.name}: ${spell(key)} is used by ${rival.name} (${rival.help.replace(/[,;:.].*$/, '').toLowerCase()}); assign that another key as well`,
        ];
      }),
    );
}

/** Can both be active at once? Those that share a key in the default table never are. */
function meet(a: Binding, b: Binding): boolean {
  const [first, second] = [a, b].map(({ name }) => standard.find((one) => one.name === name)?.keys ?? []);
  if (first?.some((key) => second?.includes(key) === true) === true) return false;
  return a.where.some((one) => b.where.some((other) => together(one, other)));
}

const names: readonly KeyScope[] = screens.map((screen) => screen.name);
const kinds: readonly KeyScope[] = overlays.map((overlay) => overlay.kind);
/** Places that a screen may activate besides its own: lists and texts, whichever has the focus. */
const ofScreens: readonly KeyScope[] = ['screen', 'list', 'text', 'panes'];

/** The input of an overlay is one of these. */
const questions: readonly KeyScope[] = ['buttons', 'choices', 'result', 'input', 'line'];

function together(a: KeyScope, b: KeyScope): boolean {
  if (a === b || a === 'everywhere' || b === 'everywhere') return true;
  const onScreen = [a, b].every((place) => names.includes(place) || ofScreens.includes(place));
  if (onScreen) return !(names.includes(a) && names.includes(b));
  if (questions.includes(a) && questions.includes(b)) return false;
  // The active places of an overlay may depend on its question: any of them may conflict with its own keys.
  return (
    [a, b].every((place) => place !== 'screen' && !names.includes(place)) && !(kinds.includes(a) && kinds.includes(b))
  );
}
