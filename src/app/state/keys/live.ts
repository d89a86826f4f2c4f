// The key that asks Azure what is in effect where the selected finding is, and then shows the evidence.
import { sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { findings } from '../../screens/findings.ts';
import { self } from '../../screens/resources/keys.ts';
import { withTab } from '../../screens/resources/moving.ts';
import type { Kit } from '../kit.ts';
import { selectedFinding } from '../select.ts';
import { inSlice } from '../view.ts';

export function askLive({ desk, options, session, store, change }: Kit): Promise<void> {
  const { snapshot } = store.get();
  const finding = selectedFinding(store.get());
  if (snapshot === null || finding === undefined) return Promise.resolve();
  return desk.work({ title: 'Asking Azure', writing: false }, async (signal) => {
    const request = { profile: options.profile, findings: [finding.id] };
    const { live } = await desk.drain(session.live(snapshot, request, signal));
    await desk.refresh();
    // Wherever the finding is shown, its evidence comes up.
    change((state) =>
      inSlice(
        inSlice(state, self, (slice) => withTab(slice, 'evidence')),
        findings,
        (slice) => ({ ...slice, tab: 1 }),
      ),
    );
    const about = [finding.resource, finding.where];
    const nowhere = live?.nowhere.find(({ subnet }) => about.some((id) => sameId(id, subnet))) ?? live?.nowhere[0];
    if (live !== undefined && live.cards.length > 0)
      desk.say('Azure has answered; what it says stands with the evidence.', 'ok');
    else desk.say(nowhere === undefined ? 'There was nothing to ask.' : clean(nowhere.reason, 300), 'warn');
  });
}
