import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { worldNames } from '../../src/command/world-names.ts';
import { worlds } from '../../src/simulator/index.ts';
import { start, type TestClient } from './support.ts';

test('help lists every world', () => {
  expect(worldNames).toEqual(worlds.map(({ name }) => name));
});

test('names and aliases are unique', () => {
  const names = worlds.flatMap((world) => [world.name, ...world.aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['open', 'mixed', 'closed-service-endpoint', 'closed']));
});

test.each(worlds.map((world) => world.name))(
  '%s: every fault is about something that is there, and listed once',
  async (name) => {
    const world = worlds.find((candidate) => candidate.name === name);
    const client: TestClient = await start({ world: name });
    const keys = new Set<string>();
    for (const fault of world?.faults ?? []) {
      expect((await client.get(fault.resource)).status).toBe(200);
      expect(fault.says).not.toBe('');
      if (fault.needsIntent !== undefined) expect(world?.intents).toHaveProperty(fault.needsIntent);
      keys.add(`${fault.rule} ${fault.resource} ${fault.where ?? ''}`.toLowerCase());
    }
    expect(keys.size).toBe(world?.faults.length);
    await client.stop();
  },
);

test('a world is the same every time', async () => {
  const [left, right] = [await start({ world: 'mixed' }), await start({ world: 'mixed' })];
  expect(left.sim.stateText()).toBe(right.sim.stateText());
  await left.stop();
  await right.stop();
});

test('naming the worlds loads neither TLS nor certificates', () => {
  const script = `
    const { worlds } = await import(${JSON.stringify(new URL('../../src/simulator/index.ts', import.meta.url).href)});
    const loaded = process.moduleLoadList.filter((name) => / (tls|https|http)$/.test(name));
    console.log(JSON.stringify({ count: worlds.length, loaded }));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(JSON.parse(run.stdout)).toEqual({ count: worlds.length, loaded: [] });
});
