// The questions of keys before their command runs, and how the screen shows its result.
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { findings } from '../../screens/findings.ts';
import { self } from '../../screens/resources/keys.ts';
import { withTab } from '../../screens/resources/moving.ts';
import type { RunOptions } from '../dispatcher.ts';
import type { EffectContext } from '../effect-context.ts';
import { selectedFinding } from '../select.ts';
import { inSlice } from '../view.ts';

/** The screen already shows the scan, or why it failed. */
export const scanning = ({ controller }: EffectContext): RunOptions => ({
  ...{ title: 'Scanning the workspace', quiet: true },
  shown: () => undefined,
  failed: controller.unread,
});

/** Asks for the address to allow, with SSH's client address as the suggestion. */
export async function askAddress({ options, asking }: EffectContext): Promise<readonly string[] | null> {
  const suggestion = options.context.host.env.SSH_CONNECTION?.split(' ')[0] ?? '';
  const title = 'IP address or range to allow in the storage firewall ("mine" where lookupUrl is configured)';
  const address = await asking.ask.text({ name: 'ip', title, suggestion }).catch(() => '');
  return address === '' ? null : ['--ip', address];
}

/** Asks for an error text, so that it needs no quotes. */
export async function askError({ asking }: EffectContext): Promise<readonly string[] | null> {
  const text = await asking.ask.text({ name: 'error', title: 'Error message, whole or in part' }).catch(() => '');
  return text === '' ? null : ['--error', text];
}

/** Azure's answers are shown with the evidence of the finding. */
export function askingLive({ store, session, controller, change }: EffectContext): RunOptions {
  const finding = selectedFinding(store.get());
  return {
    ...{ title: 'Reading effective settings', withSnapshot: true, quiet: true },
    shown() {
      change((state) =>
        inSlice(
          inSlice(state, self, (slice) => withTab(slice, 'evidence')),
          findings,
          (slice) => ({ ...slice, tab: 1 }),
        ),
      );
      const live = session.latest()?.live;
      const about = [finding?.resource ?? null, finding?.where ?? null];
      const nowhere = live?.nowhere.find(({ subnet }) => about.some((id) => sameId(id, subnet))) ?? live?.nowhere[0];
      if (live !== undefined && live.cards.length > 0)
        controller.say('Effective settings read; they are shown with the evidence.', 'ok');
      else
        controller.say(nowhere === undefined ? 'No effective settings to read.' : clean(nowhere.reason, 300), 'warn');
    },
  };
}

/** The service's answer is shown with the findings it is about; `workspace.diagnose` has the result. */
export function askingService({ store, controller }: EffectContext): RunOptions {
  return {
    ...{ title: 'Running the diagnosis', withSnapshot: true, quiet: true },
    shown() {
      const own = store.get().report?.findings.find(({ rule }) => rule === 'workspace.diagnose');
      if (own === undefined)
        return controller.say('Diagnosis finished. The chosen profile has no rule that shows its result.');
      controller.say(clean(own.because, 400), own.outcome === 'pass' ? 'ok' : 'warn');
    },
  };
}

/** A plan is made from the snapshot and shown in the plan overlay. */
export const planning = (): RunOptions => ({ title: 'Planning', withSnapshot: true, quiet: true });
