// A recording of the screen: a file that asciinema plays, complete at any moment, and redacted where that is asked for.
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretsShown } from '../../src/app/state/secrets-shown.ts';
import type { State } from '../../src/app/state/state.ts';
import { createRecording, type RecordingFile } from '../../src/app/terminal/recording.ts';
import { createRedactor } from '../../src/app/terminal/redact.ts';
import { ids } from '../support/fake-session.ts';

const size = { columns: 40, rows: 6 };
const open = '\x1b[?1049h';
const frame = (...rows: string[]) => `\x1b[?2026h\x1b[H\x1b[2J${rows.join('\n')}\x1b[?2026l`;

function memory(room = Number.POSITIVE_INFINITY) {
  const lines: string[] = [];
  const file: RecordingFile = {
    startedAt: null,
    written: 0,
    write(text) {
      if (lines.join('').length + text.length > room) return false;
      lines.push(text);
      return true;
    },
  };
  return { file, lines };
}

/** The format's own rules: a header, then events of [time, code, data] in order of time. */
function parsed(lines: readonly string[]) {
  const [head = '', ...rest] = lines.join('').split('\n').slice(0, -1);
  const header = JSON.parse(head) as { version: number; width: number; height: number; timestamp: number };
  const events = rest.map((line) => JSON.parse(line) as [number, string, string]);
  expect(header).toMatchObject({ version: 2, ...{ width: size.columns, height: size.rows } });
  expect(Number.isInteger(header.timestamp)).toBe(true);
  let last = 0;
  for (const [time, code, data] of events) {
    expect(time).toBeGreaterThanOrEqual(last);
    expect(['o', 'r']).toContain(code);
    expect(typeof data).toBe('string');
    last = time;
  }
  return { header, events };
}

/** What a terminal shows after all outputs. */
async function played(lines: readonly string[]): Promise<string[]> {
  const terminal = new Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, convertEol: true });
  for (const [, code, data] of parsed(lines).events) {
    const [columns = 0, rows = 0] = data.split('x').map(Number);
    if (code === 'r') terminal.resize(columns, rows);
    else await new Promise<void>((done) => terminal.write(data, done));
  }
  const { active } = terminal.buffer;
  return Array.from(
    { length: terminal.rows },
    (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
  );
}

const clock = () => {
  let at = 1_700_000_000_000;
  return () => {
    at += 120;
    return at;
  };
};

test('what was shown can be played, with its sizes, and the end leaves the alternate screen', async () => {
  const { file, lines } = memory();
  const recording = createRecording({ file, size, now: clock() });
  recording.feed(open);
  recording.feed(frame('one', 'two'));
  recording.feed(frame('one', 'three'));
  expect(await played(lines)).toEqual(['one', 'three', '', '', '', '']);
  recording.resized({ columns: 60, rows: 8 });
  recording.feed(frame('x'.repeat(50), 'wide'));
  expect((await played(lines)).slice(0, 2)).toEqual(['x'.repeat(50), 'wide']);
  recording.close();
  recording.feed(frame('after the end'));
  const { events } = parsed(lines);
  expect(events.some(([, code, data]) => code === 'r' && data === '60x8')).toBe(true);
  expect(events.at(-1)?.[2]).toContain('\x1b[?1049l');
});

test('every moment of a recording is whole lines, however it ends', () => {
  const { file, lines } = memory();
  const recording = createRecording({ file, size, now: clock() });
  for (const data of [open, frame('a'), frame('b')]) {
    recording.feed(data);
    expect(lines.join('').endsWith('\n')).toBe(true);
    parsed(lines);
  }
});

test('a full disk and the largest size end it with a sentence, and whole', () => {
  for (const [room, limit, reason] of [
    [300, undefined, 'unwritten'],
    [Number.POSITIVE_INFINITY, 300, 'full'],
  ] as const) {
    const { file, lines } = memory(room);
    const ends: string[] = [];
    const recording = createRecording({
      ...{ file, size, now: clock(), onEnd: (why: string) => void ends.push(why) },
      ...(limit === undefined ? {} : { limit }),
    });
    recording.feed(open);
    for (let at = 0; at < 20; at += 1) recording.feed(frame(`row ${at}`, 'z'.repeat(at)));
    recording.close();
    expect(ends).toEqual([reason]);
    expect(lines.join('').length).toBeLessThanOrEqual(300);
    parsed(lines);
  }
});

test('the screen of another workspace goes on in the same recording', async () => {
  const { file, lines } = memory();
  const now = clock();
  const first = createRecording({ file, size, now });
  first.feed(open + frame('first'));
  first.close();
  const second = createRecording({ file, size, now });
  second.feed(open + frame('second'));
  expect((await played(lines))[0]).toBe('second');
});

test('nothing is recorded before the names are known; then the whole screen is', async () => {
  const { file, lines } = memory();
  let ready = false;
  const recording = createRecording({ file, size, now: clock(), isReady: () => ready });
  recording.feed(open);
  recording.feed(frame('secret', 'stays'));
  recording.resized(size);
  expect(lines).toEqual([]);
  ready = true;
  recording.feed(frame('known', 'stays'));
  expect((await played(lines)).slice(0, 2)).toEqual(['known', 'stays']);
  expect(lines.join('')).not.toContain('secret');
});

const secrets = new Set(['stmlsim', 'stmldata', 'vnet-ml', 'snet-train', 'anna@example.org', 'Anna Berg', 'Zürich']);
const redactor = createRedactor(() => secrets);
const told = (text: string, above = '') => redactor.text(text, above);

test('names, ids and addresses are replaced by others of the same width, one always by the same', () => {
  const [first, second] = [told('stmldata  10.0.1.4'), told('│ StmlData allows 10.0.1.4/32 and 10.0.1.5')];
  const name = first.slice(0, 8);
  expect(name).toMatch(/^[a-z]{8}$/);
  expect(name).not.toBe('stmldata');
  expect(second.toLowerCase()).toContain(`│ ${name} allows ${first.slice(10)}/32 and `);
  expect(told('stmlsim').slice(0, 4)).not.toBe(name.slice(0, 4));
  for (const text of [
    'app 11111111-2222-3333-4444-555555555555 (vnet-ml/snet-train)',
    'https://stmlsim.blob.core.windows.net by anna@example.org, Anna Berg',
    '2603:1020:207::/48 and fe80::1 and 198.51.100.0/24',
  ]) {
    const out = told(text);
    expect(out).toHaveLength(text.length);
    expect(out).not.toMatch(/11111111|vnet-ml|snet-train|stmlsim|anna|Berg|2603|fe80|198\.51/i);
  }
});

test('what is cut, or broken over two rows, does not show its rest', () => {
  for (const text of [
    '│ stmld…  f',
    '…ldata and snet-tr…',
    'stm…ata',
    'vnet-~',
    '/subnets/snet-tr',
    ': stml',
    ' /snet-',
  ]) {
    expect(told(text)).toHaveLength(text.length);
    expect(told(text)).not.toMatch(/stml|ldata|snet-|stm…|…ata|vnet-/);
  }
  expect(told('ain", next', '"/subscriptions/x/subnets/snet-tr')).toMatch(/^(?!ain)/);
  expect(told('Zürich グループ ok')).toMatch(/^(?!Z)[a-z]{6} xxxx ok$/);
});

test('words of the screen, times, counts and well-known addresses stay', () => {
  for (const text of [
    '10 critical  27 high · Scanned 04:05:06 · 2026-11-28',
    'Storage account allows access from all networks',
    '0.0.0.0/0 and 168.63.129.16, version 2024-01-01',
    '> ▾ Storage accounts 4   C  31 │',
  ]) {
    expect(told(text, '/a/path')).toBe(text);
  }
});

test('no text of any kind keeps a secret in it, or changes its length', () => {
  const piece = fc.oneof(
    fc.constantFrom(...secrets, '10.1.2.3', '/', '…', ' ', '│', '"', '.', ', ', 'Allow', '443'),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join(' ');
      const out = told(text);
      expect(out).toHaveLength(text.length);
      for (const secret of secrets) expect(` ${out} `.toLowerCase()).not.toContain(` ${secret.toLowerCase()} `);
    }),
  );
});

test('the secrets are the names in ids, in tags and of people; never types, regions or what everybody has', () => {
  const resource = {
    id: ids.subnet,
    type: 'Microsoft.Network/virtualNetworks/subnets',
    apiVersion: '',
    body: {
      location: 'westeurope',
      tags: { team: 'vision' },
      systemData: { createdBy: 'anna@example.org' },
      properties: { networkSecurityGroup: { id: `${ids.network}/x/nsg-a` }, privateEndpoints: [] },
    },
  };
  const state = {
    snapshot: { resources: [resource], gaps: [{ id: ids.vault }] },
    requests: [{ path: `${ids.storage}?api-version=1` }],
    ...{ identity: { name: '33333333-0000-0000-0000-000000000000' }, recent: [], entries: [] },
  } as unknown as State;
  const shown = secretsShown(['operator']);
  const all = [...shown(state)];
  expect(all).toEqual(
    expect.arrayContaining([
      ...['vnet-ml', 'snet-train', 'rg-ml', 'nsg-a', 'vision', 'anna@example.org', 'kv-mlsim', 'stmlsim'],
      ...['operator', '33333333', '11111111-2222-3333-4444-555555555555'],
    ]),
  );
  for (const word of ['westeurope', 'subnets', 'Microsoft.Network', 'virtualNetworks', 'providers', 'team']) {
    expect(all).not.toContain(word);
  }
  expect(shown(state)).toBe(shown(state));
});
