// Service tags by the real program against `simulate`: asked for once, kept in the home, shown with their age, replaced by a file.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TagsSummary } from '../../src/model/tags-seen.ts';
import { bastide, bastideJson, freshHome, type Home, launcher, type PrintedFinding } from '../support/bastide.ts';
import { firstLine, stopped } from '../support/child.ts';

interface Judged {
  readonly snapshot: {
    readonly requests: number;
    readonly serviceTags: TagsSummary;
    readonly gaps: readonly { readonly id: string }[];
  };
  readonly findings: readonly PrintedFinding[];
}
const document = (changeNumber: string, name: string) =>
  JSON.stringify({ changeNumber, values: [{ name, properties: { addressPrefixes: ['192.0.2.0/24'] } }] });

let home: Home;
let server: ReturnType<typeof spawn>;
let flags: readonly string[];
beforeAll(async () => {
  const made = freshHome();
  const args = ['simulate', '--world', 'limited'];
  server = spawn('sh', [launcher, ...args], { env: made.env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = JSON.parse(await firstLine(server)) as Record<string, string>;
  home = {
    ...made,
    env: {
      ...made.env,
      AZURE_TENANT_ID: ready.tenant ?? '',
      AZURE_CLIENT_ID: ready.client ?? '',
      AZURE_CLIENT_SECRET: ready.secret ?? '',
    },
  };
  writeFileSync(file('empty.json'), '{"values":[]}');
  flags = ['--endpoint', ready.endpoint ?? '', '--ca', ready.ca ?? '', '--fail-on', 'never'];
});
afterAll(async () => {
  await stopped(server);
  home.remove();
});

const file = (name: string) => path.join(home.folder, name);
const kept = () => path.join(home.folder, 'bastide/service-tags');
const audit = async (...more: readonly string[]) => {
  const { result, status, failure } = await bastideJson<Judged>(['audit', ...flags, ...more], home);
  expect([status, failure]).toEqual([0, null]);
  return result.snapshot;
};

test('asked for by the first audit, kept for the second, asked for anew on demand', async () => {
  const first = await audit();
  expect(first.serviceTags).toMatchObject({ source: 'azure', changeNumber: '376', ageDays: 0 });
  const second = await audit();
  expect(second.serviceTags).toEqual({ ...first.serviceTags, source: 'cache' });
  expect(second.requests).toBe(first.requests - 1);
  const third = await audit('--refresh-tags');
  expect([third.serviceTags.source, third.requests]).toEqual(['azure', first.requests]);
  expect(readdirSync(kept())).toHaveLength(1);
});

test('the header says how old they are', async () => {
  const [name = ''] = readdirSync(kept());
  const entry = path.join(kept(), name);
  const now = JSON.parse(readFileSync(entry, 'utf8')) as { at: string };
  writeFileSync(entry, JSON.stringify({ ...now, at: new Date(Date.now() - 3 * 86_400_000).toISOString() }));
  const { stdout } = await bastide(['audit', ...flags], home);
  expect(stdout.split('\n')[0]).toContain('service tags 376, downloaded 3 days ago');
  const scan = await bastide(['scan', ...flags], home);
  expect(scan.stdout.split('\n')[0]).toContain('service tags 376, downloaded 3 days ago');
});

test('a damaged copy is as if there were none', async () => {
  const [name = ''] = readdirSync(kept());
  writeFileSync(path.join(kept(), name), '{"schema":"bastide/service-tags/v1","at":');
  expect((await audit()).serviceTags.source).toBe('azure');
  expect((await audit()).serviceTags.source).toBe('cache');
});

test('two audits at once both end well, with one whole copy', async () => {
  const [one, other] = await Promise.all([audit('--refresh-tags'), audit('--refresh-tags')]);
  expect([one.serviceTags.source, other.serviceTags.source]).toEqual(['azure', 'azure']);
  expect(readdirSync(kept())).toHaveLength(1);
  expect((await audit()).serviceTags.source).toBe('cache');
});

describe('--service-tags', () => {
  test('is used instead of asking, by every command that audits', async () => {
    writeFileSync(file('ServiceTags_Public_20251110.json'), document('5', 'Storage'));
    const given = ['--service-tags', 'ServiceTags_Public_20251110.json'];
    const judged = await audit(...given);
    expect(judged.serviceTags).toMatchObject({
      ...{ source: 'file', changeNumber: '5', takenAt: '2025-11-10T00:00:00.000Z' },
      ageDays: expect.any(Number),
    });
    const verified = await bastideJson<Judged>(['verify', ...flags, ...given], home);
    expect(verified.result.snapshot.serviceTags.source).toBe('file');
    const planned = await bastide(['plan', '--all', ...flags, ...given], home);
    expect([planned.status, planned.stderr]).toEqual([0, expect.anything()]);
  });

  test("takes precedence over a snapshot's, and a snapshot holds what it was audited with", async () => {
    const scan = await bastide(['scan', ...flags, '--output', 'snapshot.json'], home);
    expect(scan.status).toBe(0);
    const own = await bastideJson<Judged>(['audit', '--from', 'snapshot.json', '--fail-on', 'never'], home);
    expect(own.result.snapshot.serviceTags).toMatchObject({ changeNumber: '376' });
    writeFileSync(file('tags.json'), document('77', 'AzureMonitor'));
    const other = await bastideJson<Judged>(
      ['audit', '--from', 'snapshot.json', '--service-tags', 'tags.json', '--fail-on', 'never'],
      home,
    );
    expect(other.result.snapshot.serviceTags).toEqual({
      source: 'file',
      changeNumber: '77',
      takenAt: null,
      ageDays: null,
    });
  });

  test.each([
    ['a file that is not there', ['--service-tags', 'nowhere.json'], 'unreadable-file'],
    ['a file without tags', ['--service-tags', 'empty.json'], 'unreadable-service-tags'],
    ['together with --refresh-tags', ['--service-tags', 'empty.json', '--refresh-tags'], 'contradicting-flags'],
  ])('%s is exit 2, and nothing is asked', async (_what, more, code) => {
    const ran = await bastideJson(['audit', ...flags, ...more], home);
    expect([ran.status, ran.failure?.code]).toEqual([2, code]);
  });

  test('--refresh-tags has nothing to ask where files are read', async () => {
    const ran = await bastideJson(['audit', '--from', 'x.json', '--refresh-tags'], home);
    expect([ran.status, ran.failure?.code]).toEqual([2, 'contradicting-flags']);
  });
});

test('a demo keeps nothing of what its Azure says', async () => {
  const own = freshHome();
  try {
    const { result } = await bastideJson<Judged>(['audit', '--demo=limited', '--fail-on', 'never'], own);
    expect(result.snapshot.serviceTags.source).toBe('azure');
    expect(existsSync(path.join(own.folder, 'bastide/service-tags'))).toBe(false);
    expect(existsSync(path.join(own.folder, '.cache/bastide/service-tags'))).toBe(false);
  } finally {
    own.remove();
  }
});

test('simulate answers with a file of either shape as ARM lays it out', async () => {
  writeFileSync(
    file('download.json'),
    JSON.stringify({
      ...{ changeNumber: 412, cloud: 'Public' },
      values: [
        {
          ...{ name: 'Storage', id: 'Storage' },
          properties: {
            changeNumber: 9,
            region: '',
            regionId: 0,
            platform: 'Azure',
            addressPrefixes: ['192.0.2.0/24'],
          },
        },
      ],
    }),
  );
  const args = ['simulate', '--world', 'limited', '--service-tags', 'download.json'];
  const child = spawn('sh', [launcher, ...args], {
    env: home.env,
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const { endpoint = '', ca = '' } = JSON.parse(await firstLine(child)) as Record<string, string>;
    const { result } = await bastideJson<{ serviceTags: { document: unknown } }>(
      ['scan', '--endpoint', endpoint, '--ca', ca],
      home,
    );
    expect(result.serviceTags.document).toMatchObject({
      ...{ changeNumber: '412', type: 'Microsoft.Network/serviceTags' },
      values: [{ name: 'Storage', properties: { changeNumber: '9', state: 'GA', addressPrefixes: ['192.0.2.0/24'] } }],
    });
    expect(JSON.stringify(result.serviceTags.document)).not.toMatch(/regionId|platform/);
  } finally {
    await stopped(child);
  }
  const bad = await bastide(['simulate', '--service-tags', 'empty.json'], home);
  expect([bad.status, bad.stderr]).toEqual([2, expect.stringContaining('no tag')]);
});
