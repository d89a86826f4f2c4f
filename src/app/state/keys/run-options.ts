// The questions of keys before their command runs, and how the screen shows its result.
import type { Line } from '../../../command/definition.ts';
import { type AddressOrigin, type OwnAddress, ownAddresses } from '../../../command/own-address.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { clean, counted } from '../../../model/text.ts';
import { aclsOf, isClientAddress } from '../../../resource-types/index.ts';
import { line, word } from '../../draw/text.ts';
import { findings } from '../../screens/findings.ts';
import { self } from '../../screens/resources/keys.ts';
import { withTab } from '../../screens/resources/moving.ts';
import type { EffectContext, RunOptions } from '../effect-context.ts';
import { selectedFinding, selectedResource } from '../select.ts';
import { inSlice } from '../view.ts';

/** The screen already shows the scan, or why it failed. */
export const scanning = ({ controller }: EffectContext): RunOptions => ({
  ...{ title: 'Scanning the workspace', quiet: true },
  shown: () => undefined,
  failed: controller.unread,
});

/** The operator's address: the first one known that the account does not allow yet. */
export function suggestedAddress(account: Resource | undefined, known: readonly OwnAddress[]): OwnAddress | null {
  const view = account && aclsOf(account);
  const rules = typeof view === 'object' ? view.ipRules.map(({ value }) => value) : [];
  return known.find(({ address }) => !rules.includes(address.replace(/\/32$/, '')) && !rules.includes(address)) ?? null;
}

/** Asks for the address to allow in the selected account, whose rules are shown; the operator's own is suggested. */
export async function askAddress({ options, asking, store }: EffectContext): Promise<readonly string[] | null> {
  const state = store.get();
  const id = selectedResource(state) ?? '';
  const title = `IP address or range to allow in the firewall of ${clean(nameOf(id))}`;
  const account = state.snapshot?.resources.find((one) => sameId(one.id, id));
  const known = await ownAddresses(options.context, state.snapshot?.intents.devClientIps ?? [], isClientAddress);
  const own = suggestedAddress(account, known);
  const suggestion = own?.address ?? '';
  const lines = addressLines(account, own?.from ?? null);
  const address = await asking.above.text({ name: 'ip', title, suggestion, lines }).catch(() => '');
  return address === '' ? null : ['--ip', address];
}

const mostRules = 8;
const addressFrom = {
  given: 'The address is the one that you gave before.',
  declared: 'The address is that of the assumption devClientIps.',
  ssh: 'The address is that of your SSH client. mine uses lookupUrl, if it is set.',
  none: 'Type an address, a range such as 203.0.113.0/24, or mine if lookupUrl is set.',
};

/** The firewall of the account as it is, and where the suggested address comes from. */
export function addressLines(account: Resource | undefined, from: AddressOrigin | null): Line[] {
  const fact = (name: string, text: string): Line => line(word(name.padEnd(16), 'dim'), clean(text, 400));
  const view = account && aclsOf(account);
  const acls = typeof view === 'object' ? view : undefined;
  const rules = acls?.ipRules.map(({ value }) => value) ?? [];
  const more = rules.length > mostRules ? ` and ${rules.length - mostRules} more` : '';
  return [
    ...(acls === undefined
      ? []
      : [
          fact('defaultAction', acls.defaultAction ?? 'Allow (not set)'),
          fact('IP rules', rules.length === 0 ? 'none' : `${rules.slice(0, mostRules).join(', ')}${more}`),
          fact('Subnets', counted(acls.subnetRules.length, 'virtual network rule')),
          [],
        ]),
    line(word(addressFrom[from ?? 'none'], 'dim')),
  ];
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
        controller.say('Effective settings read; Evidence compares them, and Tables of the subnet lists them.', 'ok');
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
        return controller.say('Diagnosis finished. The selected profile has no rule that shows its result.');
      controller.say(clean(own.because, 400), own.outcome === 'pass' ? 'ok' : 'warn');
    },
  };
}
