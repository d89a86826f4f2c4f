// Switching to another workspace or demo world: the session on the screen ends, and the screen starts again with the other one.
import { exitStatus } from '../../model/failure.ts';
import { nameOf, resourceGroupOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Binding } from './binding.ts';
import type { EffectContext } from './effect-context.ts';
import { busy } from './reasons.ts';
import { withRecent } from './welcome.ts';

interface Place {
  readonly name: string;
  readonly about: string;
  /** It is the one on the screen. */
  readonly isHere: boolean;
  /** Takes effect when the screen has ended. */
  open(): void;
}

/**
 * The workspaces that can be read, then recent ones; in a demo the other workspaces of a world that has several, then the worlds. A list
 * that Azure refuses is told, and recent ones remain.
 */
async function placesTo(effects: EffectContext): Promise<readonly Place[]> {
  const { source, fleet } = effects.store.get();
  if (source.kind === 'azure' || source.kind === 'endpoint') return workspacePlaces(effects, await listed(effects));
  const { demos } = effects.options;
  const ids = fleet?.report.workspaces.map(({ id }) => id) ?? [];
  const worlds = ((await demos?.list()) ?? []).map(({ name, title }) => ({
    ...{ name, about: title, isHere: ids.length < 2 && source.name === `demo:${name}` },
    open: () => demos?.start(name),
  }));
  return [...(ids.length < 2 ? [] : workspacePlaces(effects, ids)), ...worlds];
}

async function listed({ controller, session }: EffectContext): Promise<readonly string[]> {
  let ids: readonly string[] = [];
  await controller.work({ title: 'Listing the workspaces', writing: false }, async (signal) => {
    ids = (await session.workspaces?.(signal)) ?? [];
  });
  return ids;
}

function workspacePlaces({ options, store }: EffectContext, ids: readonly string[]): readonly Place[] {
  const { workspaces } = options;
  const { source, snapshot } = store.get();
  return withRecent(ids, store.get()).map((one) => ({
    name: clean(nameOf(one.id)),
    about: [resourceGroupOf(one.id), subscriptionOf(one.id), one.source.name]
      .map((text) => clean(text ?? ''))
      .join('  '),
    isHere: sameId(one.id, snapshot?.workspace ?? null) && one.source.name === source.name,
    open: () => workspaces?.open(one),
  }));
}

/** The only place with this name, else the only one that has the text in its name. */
function named(places: readonly Place[], text: string): Place | undefined {
  const wanted = text.toLowerCase();
  const exact = places.filter(({ name }) => name.toLowerCase() === wanted);
  const fitting = exact.length > 0 ? exact : places.filter(({ name }) => name.toLowerCase().includes(wanted));
  return fitting.length === 1 ? fitting[0] : undefined;
}

async function switchTo(effects: EffectContext, words: readonly string[]): Promise<void> {
  const { asking, controller, leave } = effects;
  const places = await placesTo(effects);
  if (places.length === 0) return;
  const text = words.join(' ');
  const width = Math.max(...places.map(({ name }) => name.length)) + 2;
  const choices = places.map(({ name, about, isHere }, at) => ({
    value: String(at),
    label: `${name.padEnd(width)}${about}${isHere ? '  (open)' : ''}`,
  }));
  const found = text === '' ? undefined : named(places, text);
  const title =
    text === '' || found !== undefined ? 'Switch to' : `Several or none match ${clean(text, 60)}. Switch to`;
  const ask = () => asking.ask.choose({ name: 'ws', title, choices }).catch(() => '');
  const place = found ?? places[Number((await ask()) || -1)];
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
    help: 'Switch to another workspace, also of another subscription, or in a demo to another world: `:ws`, `:ws NAME`',
    effect: (effects, words = []) => effects.guard(switchTo(effects, words)),
    disabledReason: busy,
  },
];
