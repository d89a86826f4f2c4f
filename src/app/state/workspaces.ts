// Switching to another workspace or demo world: the session on the screen ends, and the screen starts again with the other one.
import type { KnownWord } from '../../command/completion.ts';
import { exitStatus } from '../../model/failure.ts';
import { nameOf, resourceGroupOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { Source } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import type { Binding } from './binding.ts';
import type { CompletionContext, EffectContext } from './effect-context.ts';
import { busy } from './reasons.ts';
import { listedIn, withRecent } from './welcome.ts';

interface Place {
  /** A full id, or the name of a world. */
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** Time of the last opening; null where that is not known. */
  readonly at: string | null;
  /** It is the one on the screen. */
  readonly isHere: boolean;
  /** Takes effect when the screen has ended. */
  open(): void;
}

/**
 * The workspaces that can be read, then recent ones; in a demo the other workspaces of a world that has several, then the worlds. A list
 * that Azure refuses is told, and recent ones remain.
 */
async function placesTo(
  effects: CompletionContext,
  listed: () => Promise<readonly string[]>,
): Promise<readonly Place[]> {
  const { source, fleet } = effects.store.get();
  if (isOnline(source)) return workspacePlaces(effects, await listed());
  const { demos } = effects.options;
  const ids = fleet?.report.workspaces.map(({ id }) => id) ?? [];
  const worlds = ((await demos?.list()) ?? []).map(({ name, title }) => ({
    ...{ id: name, name, about: title, at: null, isHere: ids.length < 2 && source.name === `demo:${name}` },
    open: () => demos?.start(name),
  }));
  return [...(ids.length < 2 ? [] : workspacePlaces(effects, ids)), ...worlds];
}

const isOnline = ({ kind }: Source): boolean => kind === 'azure' || kind === 'endpoint';

async function listed({ controller, session }: EffectContext): Promise<readonly string[]> {
  let ids: readonly string[] = [];
  await controller.work({ title: 'Listing the workspaces', writing: false }, async (signal) => {
    ids = (await session.workspaces?.(signal)) ?? [];
  });
  return ids;
}

function workspacePlaces({ options, store }: CompletionContext, ids: readonly string[]): readonly Place[] {
  const { workspaces } = options;
  const { source, snapshot } = store.get();
  return withRecent(ids, store.get()).map((one) => ({
    name: clean(nameOf(one.id)),
    about: [resourceGroupOf(one.id), subscriptionOf(one.id), one.source.name]
      .map((text) => clean(text ?? ''))
      .join('  '),
    id: one.id,
    at: one.at,
    isHere: sameId(one.id, snapshot?.workspace ?? null) && one.source.name === source.name,
    open: () => workspaces?.open(one),
  }));
}

/** The places with this id or name, else those with the text in their name, else with every word in it or beside it: a subscription. */
function fitting(places: readonly Place[], text: string): readonly Place[] {
  const wanted = text.toLowerCase();
  const words = wanted.split(/\s+/);
  const ways: readonly ((place: Place) => boolean)[] = [
    ({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted,
    ({ name }) => name.toLowerCase().includes(wanted),
    ({ name, about }) => words.every((one) => `${name} ${about}`.toLowerCase().includes(one)),
  ];
  return ways.map((fits) => places.filter(fits)).find((found) => found.length > 0) ?? [];
}

/** Those that were open before come first, the newest first; the one on the screen is the last that is wanted. */
function completions(places: readonly Place[]): KnownWord[] {
  const order = ({ isHere, at }: Place): string => (isHere ? '' : (at ?? '0'));
  const counts = new Map<string, number>();
  for (const { name } of places) counts.set(name, (counts.get(name) ?? 0) + 1);
  return places
    .toSorted((a, b) => (order(a) < order(b) ? 1 : order(a) > order(b) ? -1 : 0))
    .map((place) => ({
      ...{ value: counts.get(place.name) === 1 ? place.name : place.id, label: place.name },
      says: place.isHere ? `${place.about}  (current)` : place.about,
    }));
}

/**
 * Recent ones at once, and those that Welcome lists; the list of Azure comes later, and is not asked for before something has been
 * read.
 */
async function offer(effects: CompletionContext, say: (words: readonly KnownWord[]) => void): Promise<void> {
  const { source, snapshot, problem } = effects.store.get();
  if (isOnline(source)) say(completions(workspacePlaces(effects, listedIn(problem?.details))));
  if (isOnline(source) && snapshot === null) return;
  say(completions(await placesTo(effects, async () => (await effects.session.workspaces?.()) ?? [])));
}

async function switchTo(effects: EffectContext, words: readonly string[]): Promise<void> {
  const { asking, controller, leave } = effects;
  const places = await placesTo(effects, () => listed(effects));
  if (places.length === 0) return;
  const text = words.join(' ');
  const found = text === '' ? [] : fitting(places, text);
  // Of thousands only those that fit.
  const among = found.length === 0 ? places : found;
  const width = Math.max(...among.map(({ name }) => name.length)) + 2;
  const choices = among.map(({ name, about, isHere }, at) => ({
    value: String(at),
    label: `${name.padEnd(width)}${about}${isHere ? '  (current)' : ''}`,
  }));
  const count = `${found.length.toLocaleString('en-US')} of ${places.length.toLocaleString('en-US')} match`;
  const why = text === '' ? '' : `${found.length === 0 ? 'None matches' : count} ${clean(text, 60)}. `;
  const ask = () => asking.ask.choose({ name: 'ws', title: `${why}Switch to`, choices }).catch(() => '');
  const place = found.length === 1 ? found[0] : among[Number((await ask()) || -1)];
  if (place === undefined) return;
  if (place.isHere) return controller.say(`${place.name} is open already.`);
  place.open();
  leave(exitStatus.done);
}

export const workspaceBindings: readonly Binding[] = [
  {
    name: 'workspaces',
    word: 'ws',
    where: ['screen'],
    keys: [],
    label: 'workspaces',
    help: 'Switch to another workspace, also of another subscription, or in a demo to another world: `:ws`, `:ws NAME`, with Tab the next one',
    completes: { takes: '[NAME]', says: 'name of a workspace, its subscription or its resource group', offer },
    effect: (effects, words = []) => effects.guard(switchTo(effects, words)),
    disabledReason: busy,
  },
];
