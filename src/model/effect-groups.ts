// Effects as an operator reads them: what must be selected or allowed first, then what is interrupted, then the others; those that
// say the same of several sources or targets in one sentence. Pure.
import { type CurrentEffect, currentEffects, type Effect, type EffectKind, effectKinds } from './effect.ts';
import { type EffectWording, wordingOf } from './effect-words.ts';
import { clean } from './text.ts';

export interface EffectGroup {
  readonly kind: EffectKind;
  /** One sentence. */
  readonly text: string;
  readonly automatic: boolean;
  readonly effects: readonly CurrentEffect[];
}

/** So many effects of a plan are named above its steps. */
export const mostNamed = 12;
/** So many names a sentence there has in each list. */
export const mostNames = 6;

/** Is it said before what the step changes? */
export const isSaidFirst = ({ kind, automatic }: Pick<EffectGroup, 'kind' | 'automatic'>): boolean =>
  !automatic || kind === 'interrupts';

interface Item {
  readonly wording: EffectWording;
  readonly frame: string;
  readonly lists: EffectWording['lists'];
  readonly effects: readonly CurrentEffect[];
}

/** The sentences of effects. `most`: so many names are in a list of one at most. */
export function effectGroups(effects: readonly Effect[], most = mostNames): EffectGroup[] {
  const items = currentEffects(effects).map((effect): Item => {
    const wording = wordingOf(effect.resource, effect);
    const frame = JSON.stringify([effect.kind, effect.reason, effect.automatic, wording.lists.length, wording.frame]);
    return { wording, frame, lists: wording.lists, effects: [effect] };
  });
  const lists = Math.max(1, ...items.map((one) => one.lists.length));
  const merged = Array.from({ length: lists }).reduce<Item[]>((left, _, at) => joinedIn(at, left), items);
  return merged
    .flatMap(({ wording, lists: own, effects: all }): EffectGroup[] => {
      const [first] = all;
      if (first === undefined) return [];
      const text = clean(wording.says(own, most), 20_000);
      return [{ kind: first.kind, text, automatic: first.automatic, effects: all }];
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}

const rankOf = (group: EffectGroup): number => {
  const lead = group.automatic ? (isSaidFirst(group) ? 1 : 2) : 0;
  return lead * effectKinds.length + effectKinds.indexOf(group.kind);
};

/** Those that differ in this list only as one. */
function joinedIn(at: number, items: readonly Item[]): Item[] {
  const key = ({ frame, lists }: Item): string =>
    JSON.stringify([frame, lists.map((list, index) => (index === at ? null : list.toSorted()))]);
  return [...Map.groupBy(items, key).values()].flatMap((alike): Item[] => {
    const [first] = alike;
    if (first === undefined) return [];
    const together = [...new Set(alike.flatMap(({ lists }) => lists[at] ?? []))];
    const lists = first.lists.map((list, index) => (index === at ? together : list));
    return [{ ...first, lists, effects: alike.flatMap(({ effects }) => effects) }];
  });
}
