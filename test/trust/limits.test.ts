// Limits: what a server, a file or a home may do to Bastide. Nothing ends as a bug, memory stays bounded, and the failure names the
// limit; nothing is restricted on a guess, and what could not be read stands in the plan.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { cloudAt } from '../../src/azure/clouds.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import type { SignIn } from '../../src/azure/sign-in.ts';
import { largestFile, readText } from '../../src/cli/files.ts';
import { requireFolder } from '../../src/disk/folder.ts';
import { makeFolder } from '../../src/disk/make-folder.ts';
import { replaceFile } from '../../src/disk/replace-file.ts';
import { storageType } from '../../src/facts/links.ts';
import { isFailure } from '../../src/model/failure.ts';
import { JsonError, parseJson } from '../../src/model/json.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { plain, renderText } from '../../src/render/text.ts';

import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { openSettings } from '../../src/settings/settings.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { selfSigned } from '../azure/self-signed.ts';
import { bastide, freshHome, launcher } from '../support/bastide.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-limits-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
const failureOf = async (work: Promise<unknown> | (() => unknown)): Promise<unknown> => {
  try {
    await (typeof work === 'function' ? work() : work);
    return undefined;
  } catch (error) {
    return error;
  }
};

const mebibyte = 1024 * 1024;
const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string | Buffer;
}
async function clientTo(reply: (url: string, origin: string) => Reply) {
  const pem = await selfSigned();
  let asked = 0;
  const server = https.createServer(pem, async (request, response) => {
    for await (const _ of request);
    asked += 1;
    const { status = 200, headers, body } = reply(request.url ?? '', `https://${request.headers.host}`);
    response.on('error', () => {});
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  const credential: SignIn = {
    getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
    renew: () => Promise.reject(new Error('refused')),
    identity: async () => ({ name: 'x', how: 'x' }),
    onEvent: () => () => {},
    tokens: 0,
  };
  const source = { kind: 'endpoint', name: endpoint } as const;
  const client = openArmClient({ source, endpoint, credential, ca: pem.cert, version: 'test', sleep: async () => {} });
  closers.push(() => {
    void client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, endpoint, ca: pem.cert, asked: () => asked };
}

/** 600 MB of blanks in a few hundred kilobytes: a gzip stream may have several members. */
const bomb = Buffer.concat(Array<Buffer>(60).fill(gzipSync(Buffer.alloc(10_000_000, ' '))));
const bombReply: Reply = { headers: { 'content-encoding': 'gzip' }, body: bomb };
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('answers', () => {
  test('a body that expands without end is cut off, once, and memory stays bounded', async () => {
    const { client, asked } = await clientTo(() => bombReply);
    const before = process.memoryUsage().rss;
    const answer = await client.read(account);
    expect(answer).toMatchObject({ ok: false, gap: { id: account, code: 'AnswerTooLarge' } });
    expect(answer.ok ? '' : answer.gap.reason).toContain('larger than 16 MiB');
    expect(asked()).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * mebibyte);
  });
  test.each<[string, string]>([
    ['alone', deep],
    ['in a member', `{"id":"${account}","properties":${deep}}`],
  ])('JSON nested 100,000 levels deep is a read failure that names the limit: %s', async (_where, body) => {
    const { client } = await clientTo(() => ({ body }));
    expect(await client.read(account)).toMatchObject({
      ok: false,
      gap: { reason: 'The response of Azure could not be read: it is nested more than 400 levels deep.' },
    });
  });
  test('what is no JSON says so', async () => {
    const { client } = await clientTo(() => ({ body: '<html>' }));
    expect(await client.read(account)).toMatchObject({ ok: false, gap: { code: 'UnreadableAnswer' } });
  });
  test('a list that goes on for ever ends at the limit of all its pages', async () => {
    let page = 0;
    const filler = 'x'.repeat(15 * mebibyte);
    const { client, asked } = await clientTo((url, origin) => {
      page += 1;
      return {
        body: `{"value":[{"id":"${account}${page}","x":"${filler}"}],"nextLink":"${origin}${url}&page=${page}"}`,
      };
    });
    const answer = await client.list('/subscriptions/s/providers/Microsoft.Storage/storageAccounts', {
      type: storageType,
    });
    expect(answer).toMatchObject({ ok: false });
    expect(answer.ok ? '' : answer.gap.reason).toContain('larger than 64 MiB');
    expect(asked()).toBeLessThan(8);
  });
  test('a scan of a workspace whose answer is a bomb ends with exit 7 and the limit', async () => {
    const { client } = await clientTo(() => bombReply);
    const failure = await failureOf(
      scanWorkspace({ arm: client, workspace, intents: {}, id: 'x', now: () => new Date(0), progress: () => {} }),
    );
    expect(failure).toMatchObject({ code: 'workspace-unreadable', exit: 7 });
    expect(String(failure)).toContain('larger than 16 MiB');
  });
  test('the metadata of an endpoint is bounded as well', async () => {
    const { endpoint, ca } = await clientTo(() => ({ body: Buffer.alloc(17 * mebibyte, ' ') }));
    const failure = await failureOf(cloudAt(endpoint, ca));
    expect(failure).toMatchObject({ exit: 7 });
    expect(String(failure)).toContain('larger than 16 MiB');
  });
  test('a write whose answer is too large is lost, not refused', async () => {
    const { client } = await clientTo(() => bombReply);
    const request = { method: 'PATCH', id: account, apiVersion: '2023-05-01', body: {} } as const;
    expect(await client.write(request)).toMatchObject({ state: 'lost' });
  });
  test('an answer with another id than the one asked for is refused', async () => {
    const { client } = await clientTo(() => ({ body: `{"id":"${account}2","properties":{}}` }));
    expect(await client.read(account)).toMatchObject({
      ok: false,
      gap: { id: account, reason: `The response of Azure could not be read: it is another resource, ${account}2.` },
    });
  });
  test('the same id in another letter case is the resource, and a body that names none is not', async () => {
    const read = async (body: string) => (await clientTo(() => ({ body }))).client.read(account);
    expect(await read(`{"id":"${account.toUpperCase()}","properties":{}}`)).toMatchObject({ ok: true });
    expect(await read('{"properties":{}}')).toMatchObject({ ok: false, gap: { code: 'UnreadableAnswer' } });
  });
  test.each([
    [
      'of another subscription',
      '/subscriptions/s/providers/Microsoft.Storage/storageAccounts',
      account.replace('/s/', '/t/'),
    ],
    ['of another parent', `${workspace}/computes`, `${workspace}2/computes/c`],
    ['of another kind', `${workspace}/computes`, account],
  ])('a list with a resource %s is refused', async (_which, collection, id) => {
    const { client } = await clientTo(() => ({ body: JSON.stringify({ value: [{ id }] }) }));
    const answer = await client.list(collection, { type: typeOf(`${collection}/x`) });
    expect(answer).toMatchObject({ ok: false, gap: { code: 'UnreadableAnswer' } });
  });
});

describe('JSON', () => {
  test('400 levels are read, 401 are not', () => {
    expect(parseJson(`${'['.repeat(400)}${']'.repeat(400)}`)).toBeDefined();
    expect(() => parseJson(`${'['.repeat(401)}${']'.repeat(401)}`)).toThrow(/more than 400 levels/);
    expect(parseJson(JSON.stringify({ a: '['.repeat(1000), b: '\\"['.repeat(500) }))).toBeDefined();
  });
  test('what is no JSON is known in the time of one reading', () => {
    const broken = `{"5":1,"a":"${'\\"'.repeat(1_000_000)}`;
    expect(() => parseJson(broken)).toThrow(JsonError);
  });
});

const options = { allResources: false, now: () => new Date(0), newId: () => 'x' };

describe('files', () => {
  test('a file, a device or an input without end is refused with the limit, exit 2', async () => {
    const file = path.join(scratch, 'large.json');
    writeFileSync(file, '');
    truncateSync(file, largestFile + 1);
    async function* endless() {
      for (;;) yield Buffer.alloc(mebibyte, ' ');
    }
    const stdin = endless() as unknown as NodeJS.ReadableStream;
    for (const one of [file, '/dev/zero', '-']) {
      const failure = await failureOf(readText(one, stdin));
      expect(failure).toMatchObject({ code: 'unreadable-file', exit: 2 });
      expect(String(failure)).toContain('larger than 32 MiB');
    }
  });
  test.each<[string, string, RegExp]>([
    ['deep', deep, /nested more than 400 levels/],
    ['deep in a member', `{"value":[{"id":"${account}","properties":${deep}}]}`, /nested more than 400 levels/],
    ['of many documents', '{}\n'.repeat(100_001), /more than 100000 JSON documents/],
    ['of comments without end', `{"a":1,${'/*x*/'.repeat(2 * mebibyte)}}`, /up to 8 MiB/],
    [
      'of many resources',
      `[${Array.from({ length: 50_001 }, (_, at) => `{"id":"${account}${at}"}`).join()}]`,
      /50001 resources; at most 50000/,
    ],
  ])('a file %s is refused with the limit, exit 2', async (_what, text, words) => {
    const failure = await failureOf(() => snapshotFromTexts([{ path: 'f.json', text }], options));
    expect(failure).toMatchObject({ exit: 2 });
    expect(String(failure)).toMatch(words);
  });
  test('settings and the state of a demo are bounded', async () => {
    const folder = path.join(scratch, 'settings');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'settings.json'), '');
    truncateSync(path.join(folder, 'settings.json'), 5 * mebibyte);
    const settings = await failureOf(openSettings({ folder }).all());
    expect(settings).toMatchObject({ code: 'corrupt-settings', exit: 2 });
    expect(String(settings)).toContain('larger than 4 MiB');
    const state = path.join(folder, 'state.json');
    writeFileSync(state, '');
    truncateSync(state, 65 * mebibyte);
    expect(String(await failureOf(startSimulator({ state })))).toContain('larger than 64 MiB');
    writeFileSync(state, deep);
    expect(String(await failureOf(startSimulator({ state })))).toContain('cannot be used');
  });
  test('what a writer that was killed has left beside a file is removed, a living one keeps its own', () => {
    const folder = path.join(scratch, 'leftovers');
    mkdirSync(folder);
    const file = path.join(folder, 'recent.json');
    const dead = `${file}.999999-0a1b2c3d.tmp`;
    const living = `${file}.${process.pid}-0a1b2c3d.tmp`;
    for (const one of [dead, living, `${file}.bak`, path.join(folder, 'other.json.999999-0a.tmp')])
      writeFileSync(one, '{');
    replaceFile(file, '{}');
    expect(readdirSync(folder).toSorted()).toEqual(
      ['other.json.999999-0a.tmp', 'recent.json', 'recent.json.bak', path.basename(living)].toSorted(),
    );
  });
});

describe('a home that cannot be written', () => {
  // A folder of /proc exists and refuses every name, for the superuser too; a file has no folders inside.
  const file = path.join(scratch, 'a-file');
  writeFileSync(file, '');
  test.each(['/proc/bastide/deep', path.join(file, 'home')])('%s is refused at once, exit 2', (folder) => {
    expect(() => makeFolder(folder)).toThrow(/^E[A-Z]+/);
    const failure = (() => {
      try {
        requireFolder(folder, 'The history');
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toMatchObject({ code: 'home-not-writable', exit: 2 });
    expect(isFailure(failure) ? failure.message : '').toContain(`The history cannot be written to ${folder}`);
  });
  test('reading works, writing names the folder and what to do', async () => {
    const home = freshHome({ BASTIDE_HOME: '/proc/bastide', XDG_CACHE_HOME: '/proc/cache' });
    try {
      const read = await bastide(['audit', '--demo', '--fail-on', 'never', '--quiet'], home);
      expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: '' });
      const fixed = await bastide(['fix', '--all', '--demo', '--yes', '--format', 'json'], home);
      expect(fixed.status).toBe(2);
      const { failure } = JSON.parse(fixed.stdout) as { failure: { code: string; message: string; next: string } };
      expect(failure).toMatchObject({ code: 'home-not-writable' });
      expect(failure.message).toContain('/proc/bastide');
      expect(failure.next).toContain('BASTIDE_HOME');
      const kept = await bastide(['config', 'set', 'ascii', 'true'], home);
      expect(kept.status).toBe(2);
      expect(kept.stderr).toContain('/proc/bastide');
    } finally {
      home.remove();
    }
  });
});

test('a checkout that was not built says so, exit 2', async () => {
  const folder = path.join(scratch, 'checkout');
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  for (const file of ['bastide', 'bastide.js'])
    copyFileSync(path.join(path.dirname(launcher), file), path.join(folder, 'bin', file));
  const child = spawn('sh', [path.join(folder, 'bin/bastide'), 'version']);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(2);
  expect(said).toContain('npm ci --ignore-scripts');
  expect(existsSync(path.join(folder, 'dist'))).toBe(false);
});

describe('what could not be read', () => {
  const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
  const planOf = (snapshot: Snapshot) => buildPlan({ snapshot, rules, request, id: 'p' });
  const snapshotOf = (world: string): Snapshot =>
    snapshotFromTexts(
      [{ path: 'w.json', text: worldFiles.find(({ name }) => name === world)?.resources() ?? '' }],
      options,
    );
  const refusing = (snapshot: Snapshot, ids: readonly string[], status: number): Snapshot => {
    const gone = new Set(ids.map(fold));
    const gap = (id: string): ReadFailure => ({ id, reason: `Refused with ${status}.`, action: 'x/read', status });
    return {
      ...snapshot,
      resources: snapshot.resources.filter(({ id }) => !gone.has(fold(id))),
      gaps: [...snapshot.gaps, ...ids.map(gap)],
    };
  };
  const voters = /Microsoft\.(?:Storage\/storageAccounts|KeyVault\/vaults|ContainerRegistry\/registries)$/i;

  describe.each(['open', 'mixed', 'neglected', 'limited'])('in the world %s', (world) => {
    const whole = snapshotOf(world);
    const closing = (snapshot: Snapshot) => planOf(snapshot).steps.filter(({ phase }) => phase === 5);
    test.each([403, 404])(
      'nothing is restricted while the workspace answers %i, unless the architecture is declared',
      (status) => {
        const unread = refusing(whole, [whole.workspace ?? ''], status);
        expect(closing(unread)).toEqual([]);
        expect(planOf(unread).architecture).toBe('unknown');
        const declared = { ...unread, intents: { ...unread.intents, architecture: 'service-endpoint' as const } };
        expect(planOf(declared).architecture).toBe('service-endpoint');
      },
    );
    test('nor while every resource that decides the architecture is refused', () => {
      const ids = whole.resources.filter(({ type }) => voters.test(type)).map(({ id }) => id);
      const unread = refusing(whole, ids, 403);
      const plan = planOf(unread);
      expect(plan.architecture).toBe('unknown');
      expect(plan.steps.filter(({ phase }) => phase === 5)).toEqual([]);
    });
    test('each read failure stands in the plan, what does not exist does not', () => {
      const ids = whole.resources.filter(({ type }) => voters.test(type)).map(({ id }) => id);
      const datastores = `${whole.workspace}/datastores`;
      const unread = refusing(refusing(whole, ids.slice(0, 1), 403), [datastores], 403);
      const absent = refusing(unread, ids.slice(1, 2), 404);
      const plan = planOf(absent);
      const named = plan.gaps?.map(({ id }) => id) ?? [];
      expect(named).toEqual(expect.arrayContaining([...ids.slice(0, 1), datastores]));
      expect(named).not.toEqual(expect.arrayContaining(ids.slice(1, 2)));
      const text = renderText(planLines(plan), plain);
      expect(text).toContain('Not accessible');
      for (const id of named) expect(text).toContain(id);
    });
  });
});
