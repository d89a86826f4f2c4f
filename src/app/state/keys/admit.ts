// The key that lets an address through the firewall of the selected storage account: asks for it, then runs the fix.
import type { Kit } from '../kit.ts';
import { selectedResource } from '../select.ts';

export async function admit({ store, options, asking, palette }: Kit): Promise<void> {
  const account = selectedResource(store.get());
  const suggestion = options.context.host.env.SSH_CONNECTION?.split(' ')[0] ?? '';
  const title = 'Address or range to admit to the storage firewall ("mine" where a lookup is configured)';
  const address = await asking.ask.text({ name: 'ip', title, suggestion }).catch(() => '');
  if (address !== '' && account !== null) {
    await palette.run(['fix', 'storage.dev-client-ip', '--ip', address, '--resource', account]);
  }
}
