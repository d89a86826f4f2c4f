// The operator's address is kept once it is given, and offered from one place, the surest first.
import { describe, expect, test } from 'vitest';
import { keepAddress, ownAddresses } from '../../src/command/own-address.ts';
import type { Json } from '../../src/model/json.ts';
import { isClientAddress } from '../../src/net/ip-rules.ts';
import { fakeOptions } from '../support/fake-options.ts';

function sources(given: Record<string, Json> = {}, env: Record<string, string> = {}, interactive = true) {
  const { context } = fakeOptions();
  const kept = new Map<string, Json>(Object.entries(given));
  const settings = {
    ...context.settings,
    get: async (name: string) => kept.get(name),
    set: async (name: string, value: Json) => void kept.set(name, value),
  };
  return { kept, settings, host: { ...context.host, env, interactive }, flags: context.flags };
}

describe('what is offered', () => {
  test('given before declared before the SSH client, each once', async () => {
    const all = sources({ address: '203.0.113.9' }, { SSH_CONNECTION: '198.51.100.4 22 10.0.0.1 22' });
    expect(await ownAddresses(all, ['203.0.113.9', '192.0.2.0/24'], isClientAddress)).toEqual([
      { address: '203.0.113.9', from: 'given' },
      { address: '192.0.2.0/24', from: 'declared' },
      { address: '198.51.100.4', from: 'ssh' },
    ]);
  });

  test('no address that a firewall refuses', async () => {
    const odd = sources({ address: 'nonsense' }, { SSH_CONNECTION: '10.1.2.3 22 10.0.0.1 22' });
    expect(await ownAddresses(odd, ['2001:db8::1'], isClientAddress)).toEqual([]);
    expect(await ownAddresses(sources({ address: 7 }), [], isClientAddress)).toEqual([]);
  });
});

describe('what is kept', () => {
  test.each([
    ['one address', ['203.0.113.9'], true, '203.0.113.9'],
    ['a range', ['203.0.113.0/24'], true, undefined],
    ['several', ['203.0.113.9', '203.0.113.10'], true, undefined],
    ['what a script passes', ['203.0.113.9'], false, undefined],
  ] as const)('%s', async (_title, given, interactive, wanted) => {
    const all = sources({}, {}, interactive);
    await keepAddress(all, given, isClientAddress);
    expect(all.kept.get('address')).toBe(wanted);
  });

  test('nothing in a dry run or a read-only session', async () => {
    const all = sources();
    await keepAddress({ ...all, flags: { ...all.flags, dryRun: true } }, ['203.0.113.9'], isClientAddress);
    await keepAddress({ ...all, flags: { ...all.flags, readOnly: true } }, ['203.0.113.9'], isClientAddress);
    expect(all.kept.has('address')).toBe(false);
  });
});
