// An address that is given for a run decides what the run did, whatever is declared.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bastideJson, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

interface Outcome {
  readonly verified: Readonly<Record<'resolved' | 'unknown' | 'notApplicable', readonly unknown[]>>;
}

test.each(['firewalled', 'tunnelled'])('%s: allowed is resolved', async (world) => {
  const words = ['fix', 'storage.dev-client-ip', '--ip', '45.45.45.45', '--yes', '--allow-effects', 'opens'];
  const { status, result } = await bastideJson<Outcome>([...words, `--demo=${world}`], home);
  const { resolved, unknown, notApplicable } = result.verified;
  expect([status, unknown, notApplicable]).toEqual([0, [], []]);
  expect(resolved.length).toBeGreaterThan(0);
});
