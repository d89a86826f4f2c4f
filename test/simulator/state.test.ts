import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatorError, type SimulatorOptions, startSimulator, worlds } from '../../src/simulator/index.ts';
import { object, parseJson, stringifyJson } from '../../src/simulator/json.ts';
import { readState, stateOf, statePieces, stateText, writeState } from '../../src/simulator/store/state-file.ts';
import { recordingEnvironment } from '../support/record-exchanges.ts';
import { account, network, start, subnet, type TestClient, workspace } from './support.ts';

const main = account('stmlsim');
const running: TestClient[] = [];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/simulator-`);
});
afterEach(async () => {
  for (const client of running.splice(0)) await client.stop();
});

async function run(options: SimulatorOptions): Promise<TestClient> {
  const client = await start(options);
  running.push(client);
  return client;
}

async function failureOf(options: SimulatorOptions): Promise<{ code: string; message: string }> {
  const failure = await startSimulator(options).catch((error: unknown) => error);
  if (!(failure instanceof SimulatorError)) throw new Error('it started');
  return { code: failure.code, message: failure.message };
}

test('the file is there from the start, current before each answer, and taken up again', async () => {
  const state = `${folder}/state.json`;
  const first = await run({ world: 'open', state });
  expect(await readFile(state, 'utf8')).toBe(first.sim.stateText());
  await first.patch(main, { tags: { touched: 'yes' } });
  expect(await readFile(state, 'utf8')).toContain('"touched": "yes"');
  const second = await run({ world: 'mixed', state });
  expect((await second.get(main)).at('tags', 'touched')).toBe('yes');
  expect(await readdir(folder)).toEqual(['state.json', 'state.json.changes']);
});

test('a file too large for one text is read line by line, to the same state, in its own layout only', async () => {
  const state = `${folder}/state.json`;
  const odd = object({ id: `${main}-odd`, name: 'a "quoted\\" name\n  "resources": []', list: ['\n    },', {}, []] });
  const store = stateOf((await run({ world: 'drifted' })).sim.stateText());
  store.set(`${main}-odd`, odd);
  expect(writeState(state, statePieces(store), '')).toBeDefined();
  const text = await readFile(state, 'utf8');
  expect(text).toBe(stateText(store));
  const [whole, lined] = [readState(state), readState(state, 0)];
  expect(lined?.document(main)).toEqual(whole?.document(main));
  expect(lined && stateText(lined)).toBe(text);
  expect(lined?.ids()).toEqual(store.ids());
  writeFileSync(state, JSON.stringify(JSON.parse(text)));
  expect(readState(state)?.ids()).toEqual(store.ids());
  expect(() => readState(state, 0)).toThrow(/must be as it was written.*--fresh/);
  writeFileSync(state, text.slice(0, text.length / 2));
  expect(() => readState(state, 0)).toThrow(/cannot be used/);
});

test('a folder that is not there yet is made', async () => {
  const state = `${folder}/demo/open.json`;
  const client = await run({ world: 'open', state });
  expect(await readFile(state, 'utf8')).toBe(client.sim.stateText());
  expect(await failureOf({ world: 'open', state: `${state}/below.json` })).toMatchObject({ code: 'state' });
});

test('fresh starts over', async () => {
  const state = `${folder}/state.json`;
  await (await run({ world: 'open', state })).patch(main, { tags: { touched: 'yes' } });
  const again = await run({ world: 'open', state, fresh: true });
  expect((await again.get(main)).at('tags', 'touched')).toBeUndefined();
  expect(await readFile(state, 'utf8')).toBe(again.sim.stateText());
});

test('two servers over one file see each other', async () => {
  const state = `${folder}/state.json`;
  const [left, right] = [await run({ world: 'open', state }), await run({ world: 'open', state })];
  await left.patch(main, { tags: { left: '1' } });
  await right.patch(account('stmldata'), { tags: { right: '1' } });
  expect((await left.get(account('stmldata'))).at('tags', 'right')).toBe('1');
  expect((await right.get(main)).at('tags', 'left')).toBe('1');
});

test('two processes that write at the same time lose nothing', async () => {
  const state = `${folder}/state.json`;
  const client = await run({ world: 'open', state });
  const lock = (name: string): string => `${client.group}/providers/Microsoft.Authorization/locks/${name}`;
  const script = `
    const { start } = await import(${JSON.stringify(new URL('./support.ts', import.meta.url).href)});
    const client = await start({ state: ${JSON.stringify(state)} });
    for (let count = 0; count < 60; count += 1) {
      const made = await client.put(client.group + '/providers/Microsoft.Authorization/locks/theirs-' + count, { properties: { level: 'CanNotDelete' } });
      if (made.status !== 201) process.exit(made.status === 500 ? 3 : 4);
    }
    await client.stop();`;
  const env = { ...process.env, ...recordingEnvironment() };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const done = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let isOver = false;
  void done.then(() => {
    isOver = true;
  });
  let ours = 0;
  for (; !isOver || ours < 60; ours += 1) {
    expect(await client.put(lock(`ours-${ours}`), { properties: { level: 'CanNotDelete' } })).toMatchObject({
      status: 201,
    });
  }
  expect(await done).toBe(0);
  const kept = (await readFile(state, 'utf8')).match(/"name": "(ours|theirs)-[0-9]+"/g) ?? [];
  expect(new Set(kept).size).toBe(ours + 60);
});

test('what is deleted is remembered, with its body', async () => {
  const client = await run({ world: 'open' });
  await client.delete(subnet('snet-pe'));
  const state = parseJson(client.sim.stateText());
  const deleted = state instanceof Map ? stringifyJson(state.get('deleted') ?? null) : '';
  expect(deleted).toContain(`"id":"${subnet('snet-pe')}"`);
  expect(deleted).toContain('"addressPrefix":"10.0.4.0/24"');
});

test.each([
  ['not json {', 'Unexpected'],
  ['{"schema":"other"}', 'its schema is not'],
  ['{"schema":"bastide/simulator/v1"}', 'no list of resources'],
  ['{"schema":"bastide/simulator/v1","resources":[{}]}', 'a resource without an id'],
  ['{"schema":"bastide/simulator/v1","resources":[],"operations":[{}]}', 'an operation has no'],
])('the broken file %s is named and left as it is', async (content, why) => {
  const state = `${folder}/state.json`;
  await writeFile(state, content);
  const failure = await failureOf({ world: 'open', state });
  expect(failure.code).toBe('state');
  expect(failure.message).toContain(state);
  expect(failure.message).toContain(why);
  expect(await readFile(state, 'utf8')).toBe(content);
});

test('a file that appears broken while running is an error of that request, not a loss', async () => {
  const state = `${folder}/state.json`;
  const client = await run({ world: 'open', state });
  await writeFile(state, 'broken');
  expect((await client.get(main)).status).toBe(500);
  expect(await readFile(state, 'utf8')).toBe('broken');
});

test('an unknown world names the known ones', async () => {
  const failure = await failureOf({ world: 'atlantis' });
  expect(failure).toEqual({
    code: 'world',
    message: `Unknown world "atlantis". Worlds: ${worlds.map(({ name }) => name).join(', ')}.`,
  });
});

test.each(['soon', 'polls', 'polls:1.5', 'seconds:-1'])('the clock %s is refused with the forms', async (clock) => {
  expect(await failureOf({ clock })).toMatchObject({
    code: 'clock',
    message: expect.stringContaining('instant, polls:N or seconds:N'),
  });
});

test('a port in use is said', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  expect(await failureOf({ port })).toMatchObject({ code: 'port', message: expect.stringContaining(`Port ${port} `) });
  await new Promise((resolve) => server.close(resolve));
});

test('a snapshot, an array and an answer with value make the same state', async () => {
  const source = await run({ world: 'closed' });
  const state = parseJson(source.sim.stateText());
  const resources = state instanceof Map ? (state.get('resources') ?? null) : null;
  if (!Array.isArray(resources)) throw new Error('no resources');
  const wrapped = resources.map((body) => `{"id":"x","type":"t","apiVersion":"v","body":${stringifyJson(body)}}`);
  const texts = [
    `{"schema":"bastide/snapshot/v1","resources":[${wrapped.join()}],"permissions":[]}`,
    stringifyJson(resources),
    `{"value":${stringifyJson(resources)}}`,
  ];
  for (const load of texts) {
    const client = await run({ load });
    expect(client.sim.workspace).toBe(workspace);
    expect((await client.get(network)).text).toBe((await source.get(network)).text);
    expect((await client.get(main)).text).toBe((await source.get(main)).text);
  }
});

test('a loaded subnet that stands alone finds its network, groups and subscriptions appear by themselves', async () => {
  const other =
    '/subscriptions/abababab-0000-0000-0000-000000000000/resourceGroups/else/providers/Microsoft.Network/virtualNetworks/v';
  const load = JSON.stringify([
    { id: `${other}/subnets/s`, name: 's', properties: { addressPrefix: '10.0.0.0/24' } },
    { id: other, name: 'v', location: 'eastus', properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } },
  ]);
  const client = await run({ load });
  expect(client.sim.subscription).toBe('abababab-0000-0000-0000-000000000000');
  expect(client.sim.workspace).toBe('');
  expect((await client.get(other)).at('properties', 'subnets')).toHaveLength(1);
  expect((await client.get(other.slice(0, other.indexOf('/providers')))).at('location')).toBe('eastus');
});

test.each(['', 'null', '{"resources": 1}', '[1]', '[{"name":"x"}]'])('%j cannot be loaded', async (load) => {
  expect((await failureOf({ load })).code).toBe('load');
});

test('listeners hear every exchange until they stop listening', async () => {
  const client = await run({ world: 'open' });
  const heard: string[] = [];
  const stop = client.sim.onExchange((exchange) =>
    heard.push(`${exchange.method} ${exchange.status} ${exchange.responseBody.length > 0}`),
  );
  await client.get(main);
  await client.delete(account('nothere'));
  stop();
  await client.get(main);
  expect(heard).toEqual(['GET 200 true', 'DELETE 204 false']);
});
