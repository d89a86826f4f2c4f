// Scanning again by itself: only while the screen waits for a key, never below a plan or a question.
import { intervalWords, nextDelay, readInterval } from '../../model/interval.ts';
import { clean } from '../../model/text.ts';
import type { Binding } from './binding.ts';
import type { EffectContext } from './effect-context.ts';
import { scanning } from './keys/run-options.ts';
import type { State } from './state.ts';

/** Milliseconds without a key before a scan starts. */
const quiet = 5000;

/** Is it time, and does the screen wait for a key? `keyAt`: when the last key came. */
export function isDue({ rescan, work, overlay, count, report, snapshot }: State, now: number, keyAt: number): boolean {
  if (rescan === null || report === null || snapshot === null) return false;
  if (work !== null || overlay !== null || count !== '' || now - keyAt < quiet) return false;
  const last = Math.max(rescan.last, Date.parse(snapshot.takenAt));
  return now - last >= nextDelay(rescan.every, 0, rescan.failed);
}

export async function rescanned(effects: EffectContext, now: number): Promise<void> {
  const tried = (failed: (before: number) => number) =>
    effects.change((state) =>
      state.rescan === null
        ? state
        : { ...state, rescan: { ...state.rescan, last: now, failed: failed(state.rescan.failed) } },
    );
  tried((before) => before);
  await effects.dispatcher.run(['scan'], scanning(effects));
  const isRead = effects.store.get().problem === null;
  tried((before) => (isRead ? 0 : before + 1));
}

/** `every 5m`, `5m`, `off`; without words one scan now. */
function chosen(effects: EffectContext, words: readonly string[]): void {
  const { controller, change, press } = effects;
  const [text = ''] = words.filter((one) => one.toLowerCase() !== 'every');
  if (words.length === 0) {
    press('rescan');
    return;
  }
  const every = readInterval(text);
  if (text !== 'off' && every === null) {
    controller.say(`rescan takes a time from 10s to 24h, or off, not ${clean(text, 40)}.`, 'warn');
    return;
  }
  change((state) => ({ ...state, rescan: every === null ? null : { every, last: state.now, failed: 0 } }));
  controller.say(
    every === null
      ? 'Automatic scans are off.'
      : `A scan starts every ${intervalWords(every)}, unless a plan or a question is open.`,
  );
}

const offer: NonNullable<Binding['completes']>['offer'] = async ({ store }, say) => {
  const every = ['1m', '5m', '15m', '1h'].map((one) => ({
    value: `every ${one}`,
    says: `a scan starts every ${one}, while no plan or question is open`,
  }));
  say([
    ...every,
    {
      value: 'off',
      says: store.get().rescan === null ? 'no scan starts by itself, as now' : 'no scan starts by itself',
    },
  ]);
};

export const rescanBindings: readonly Binding[] = [
  {
    name: 'rescan-every',
    word: 'rescan',
    where: ['screen'],
    keys: [],
    label: 'rescan every',
    help: 'Scan automatically: `:rescan every 5m`, or `:rescan off`; the setting `rescan` saves it',
    completes: { takes: '[every INTERVAL|off]', says: '10s to 24h; if omitted, one scan now', offer },
    effect: (effects, words = []) => chosen(effects, words),
  },
];
