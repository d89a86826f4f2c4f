// The rules of a network security group on the screen: as a table in the detail, and every value by moving right.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { resources } from '../../src/app/screens/resources.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

const rule = (name: string, priority: number, access: string, port: string) => ({
  name,
  properties: {
    ...{ priority, access, direction: 'Outbound', protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*' },
    ...{ destinationAddressPrefix: 'AzureActiveDirectory', destinationPortRange: port },
  },
});
const group = {
  id: `${ids.network.replace(/virtualNetworks.*/, '')}networkSecurityGroups/nsg-train`,
  type: 'Microsoft.Network/networkSecurityGroups',
  apiVersion: '',
  body: {
    name: 'nsg-train',
    properties: { securityRules: [rule('AllowLate', 300, 'Allow', '443'), rule('DenyFirst', 200, 'Deny', '400-500')] },
  },
};

async function opened() {
  const stdout = { columns: 100, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession({ extra: [group] }), stdout }));
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const panes = () => sliceOf(shell.store.get(), resources);
  const rows = () => bodyRows(shell.store.get()).map((words) => plain(words).trimEnd());
  press('4');
  while (panes().rows.value[panes().tree.index]?.label !== 'nsg-train') press('j');
  return { press, panes, text: () => rows().join('\n') };
}

test('a resource without findings shows its rules at once, by priority, the shadowed one with its cause', async () => {
  const { text } = await opened();
  expect(text()).toMatch(/Security rules 2 +\d columns hidden; right shows them/);
  expect(text().indexOf('DenyFirst')).toBeLessThan(text().indexOf('AllowLate'));
  expect(text()).toContain('shadowed by DenyFirst (Deny, priority 200)');
});

test('right shows the columns that are hidden, left goes back to the view and then to the pane before', async () => {
  const { press, panes, text } = await opened();
  press(']', ']', ']');
  expect(panes().tab).toBe('tables');
  press('l', 'l');
  expect(panes().pane).toBe('detail');
  expect(text()).not.toContain('Source ports');
  press('5', 'l');
  expect(text()).toContain('Source ports');
  expect(text()).toMatch(/Priority +Name +Source ports/);
  press('l', 'l', 'l', 'l', 'l');
  expect(text()).toMatch(/Priority +Name +Destination ports/);
  expect(text()).toContain('400-500');
  press('9', 'h');
  expect(text()).not.toContain('Source ports');
  expect(panes().pane).toBe('detail');
  press('h');
  expect(panes().pane).toBe('findings');
});

test('another row starts with the view that is not scrolled', async () => {
  const { press, panes } = await opened();
  press(']', ']', ']', 'l', 'l', '3', 'l');
  expect(panes().columns).toBe(3);
  press('esc', 'esc', 'k');
  expect(panes().columns).toBe(0);
});
