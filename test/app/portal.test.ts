// The page of a resource in the Azure portal: its address by cloud, and a browser that no shell is asked to start.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { addressLines, suggestedAddress } from '../../src/app/state/keys/run-options.ts';
import { portalUrl } from '../../src/app/state/portal.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { openerOf, openPage } from '../../src/main/open-page.ts';
import { fakeOptions, ids } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const azure = (name: string) => ({ kind: 'azure', name }) as const;

test('the address is that of the cloud, with the tenant where it is known', () => {
  const path = `resource${ids.storage}`;
  expect(portalUrl(ids.storage, azure('public'), 'contoso.com')).toBe(`https://portal.azure.com/#@contoso.com/${path}`);
  expect(portalUrl(ids.storage, azure('china'), undefined)).toBe(`https://portal.azure.cn/#${path}`);
  expect(portalUrl(ids.storage, azure('usgov'), undefined)).toBe(`https://portal.azure.us/#${path}`);
  expect(portalUrl('Microsoft.Storage is not registered', azure('public'), undefined)).toBeNull();
});

test('whatever an ID and a tenant hold, the address stays one of the portal, without spaces, quotes or options', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, tenant) => {
      fc.pre(name.isWellFormed() && tenant.isWellFormed());
      const url = portalUrl(`/subscriptions/1/${name}`, azure('public'), tenant) ?? '';
      expect(url).toMatch(/^https:\/\/portal\.azure\.com\/#@[^\s"`$;&|<>\\^{}#]*$/);
    }),
  );
});

test('a browser is opened where there is a desktop, and not over SSH', () => {
  const url = 'https://portal.azure.com/';
  expect(openerOf(url, { DISPLAY: ':0' }, 'linux')).toEqual(['xdg-open', url]);
  expect(openerOf(url, { WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toEqual(['xdg-open', url]);
  expect(openerOf(url, {}, 'darwin')).toEqual(['open', url]);
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(openerOf(url, { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.9 1 10.0.0.1 22' }, platform)).toBeNull();
  }
  expect(openerOf(url, { DISPLAY: '' }, 'linux')).toBeNull();
});

test('the address is one word of the program that opens it', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-open-'));
  const before = process.env.PATH;
  try {
    writeFileSync(path.join(folder, 'xdg-open'), '#!/bin/sh\nprintf "%s|" "$@" > "$0.out"\n', { mode: 0o755 });
    process.env.PATH = `${folder}:${before}`;
    const url = 'https://portal.azure.com/#$(touch nothing)';
    expect(await openPage(url, { DISPLAY: ':0' }, 'linux')).toBe(true);
    const out = path.join(folder, 'xdg-open.out');
    while (!existsSync(out) || readFileSync(out, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(readFileSync(out, 'utf8')).toBe(`${url}|`);
    process.env.PATH = '/nowhere';
    expect(await openPage(url, { DISPLAY: ':0' }, 'linux')).toBe(false);
  } finally {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  }
});

test('v opens the selected resource, or shows and copies its address where nothing can be opened', async () => {
  const opened: string[] = [];
  for (const isOpening of [true, false]) {
    const written: string[] = [];
    const stdout = {
      columns: 100,
      rows: 30,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream;
    const session = { ...fakeSession(), source: azure('usgov') };
    const openPage = async (url: string) => {
      opened.push(url);
      return isOpening;
    };
    const shell = createShell(fakeOptions({ session, stdout, openPage }));
    await shell.begin();
    shell.press('v');
    await new Promise((resolve) => setImmediate(resolve));
    expect(opened.at(-1)).toMatch(/^https:\/\/portal\.azure\.us\/#.*resource\/subscriptions\//);
    const { overlay, message } = shell.store.get();
    if (isOpening) expect([overlay, message?.text]).toEqual([null, 'Opened mlw-sim in the Azure portal.']);
    else {
      expect(overlay).toMatchObject({ kind: 'output', title: 'Azure portal' });
      expect(Buffer.from(/52;c;([^\x07]*)/.exec(written.at(-1) ?? '')?.[1] ?? '', 'base64').toString()).toBe(
        opened.at(-1),
      );
    }
  }
});

test('the question for an address names the rules of the account as they are', () => {
  const account = {
    ...{ id: ids.storage, type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01' },
    body: {
      properties: {
        networkAcls: {
          defaultAction: 'Deny',
          ipRules: Array.from({ length: 10 }, (_, at) => ({ value: `203.0.113.${at}`, action: 'Allow' })),
          virtualNetworkRules: [{ id: ids.subnet, action: 'Allow' }],
        },
      },
    },
  };
  const text = addressLines(account, 'ssh').map(plain).join('\n');
  expect(text).toMatch(/defaultAction +Deny/);
  expect(text).toMatch(/IP rules +203\.0\.113\.0, .*203\.0\.113\.7 and 2 more/);
  expect(text).toMatch(/Subnets +1 virtual network rule/);
  expect(text).toContain('your SSH client');
  expect(addressLines(undefined, null).map(plain).join('\n')).toContain('Type an address');
  // What is declared and not allowed yet is suggested before the address of the SSH client.
  const declared = ['203.0.113.9', '198.51.100.0/24'].map((address) => ({ address, from: 'declared' as const }));
  const ssh = { address: '192.0.2.1', from: 'ssh' as const };
  expect(suggestedAddress(account, [...declared, ssh])).toEqual({ address: '198.51.100.0/24', from: 'declared' });
  expect(suggestedAddress(account, [...declared.slice(0, 1), ssh])).toEqual(ssh);
  expect(suggestedAddress(undefined, [])).toBeNull();
});
