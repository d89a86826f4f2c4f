// Azure's time is known from its answers, and only from its own: a machine whose clock is off dates what it compares with Azure by it.
import { expect, test } from 'vitest';
import { openClock } from '../../src/main/clock.ts';
import { clientTo } from './serving.ts';

const hour = 3_600_000;

test.each([-hour, hour])('a clock that is %i ms off is corrected by an answer of Azure', async (off) => {
  const local = () => Date.now() + off;
  const clock = openClock(local);
  let own = true;
  const { arm } = await clientTo(
    () => ({
      status: 404,
      body: '{"error":{"code":"ResourceNotFound","message":"x"}}',
      headers: { date: new Date().toUTCString(), ...(own ? { 'x-ms-request-id': 'id' } : {}) },
    }),
    { hear: clock.hear },
  );
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
  own = false;
  await arm.read(id);
  expect(Math.abs(clock.now().getTime() - local())).toBeLessThan(1000);
  own = true;
  await arm.read(id);
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(5000);
});

test('a clock that is right is left alone: an answer is on its way for a moment', () => {
  let at = 1_000_000;
  const clock = openClock(() => at);
  clock.hear(at - 4000);
  expect(clock.now().getTime()).toBe(at);
  clock.hear(at + hour);
  clock.hear(at + hour + 900);
  expect(clock.now().getTime()).toBe(at + hour);
  at += hour;
  clock.hear(at);
  expect(clock.now().getTime()).toBe(at);
});
