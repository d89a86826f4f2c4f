// `bastide.yaml`: what is wrong is said with its line; what is written keeps comments, line ends and mode, and is whole or not there.
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Acceptance } from '../../src/model/project-config.ts';
import { openProjectFile } from '../../src/settings/project-file.ts';
import { acceptanceKeys, projectKeys } from '../../src/settings/project-schema.ts';
import { readProjectText, withAcceptances, withoutAcceptances } from '../../src/settings/project-text.ts';
import { YamlTextError } from '../../src/yaml/read-yaml.ts';

const rules = ['storage.shared-key-access', 'storage.default-action-deny', 'nsg.outbound-mcr'];
const read = (text: string) => readProjectText(text, 'bastide.yaml', rules);
const mistake = (text: string): { line: number; message: string; next: string } => {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error;
    return { line: error.line, message: error.message, next: error.next };
  }
  throw new Error(`accepted: ${text}`);
};
const entry = (change: Partial<Acceptance> = {}): Acceptance => ({
  ...{ finding: 'nsg.outbound-mcr@/s/a#/s/b', reason: 'because: "so" # yes', until: '2027-03-31', by: 'ann' },
  ...change,
});

describe('reading', () => {
  test('a mistake in an access scope is named with its line and character', () => {
    expect(() => read('scopes:\n  - snet-train reaches stmlsim\n  - nothing reachs stmlsim\n')).toThrow(
      expect.objectContaining({
        line: 3,
        message: expect.stringMatching(
          /^scopes, item 2, character 9: The word reaches is expected here\. .*>>> reachs/,
        ),
      }),
    );
  });
  test('an empty file, and one with every key', () => {
    const nothing = { accepted: [], rulesOff: [], severities: {}, assumptions: {}, production: false };
    for (const text of ['', '# only a comment\n', '---\n'])
      expect(read(text)).toEqual({ path: 'bastide.yaml', ...nothing });
    const whole = projectKeys()
      .map(({ example }) => example)
      .join('\n')
      .replace('databricks.*', 'nsg.*');
    expect(read(whole)).toEqual({
      path: 'bastide.yaml',
      rules: ['rules'],
      scopes: ['nothing from Internet reaches stmlsim except 203.0.113.0/24'],
      accepted: [
        {
          finding: 'storage.shared-key-access@*',
          reason: 'Keys are rotated weekly until the migration',
          until: '2027-03-31',
          by: 'ann',
        },
      ],
      rulesOff: ['nsg.*'],
      severities: { 'nsg.outbound-*': 'low' },
      assumptions: { outboundMode: 'limited' },
      failOn: 'high',
      production: ['mlw-prod'],
    });
    expect([...projectKeys(), ...acceptanceKeys()].filter(({ says }) => !/^[A-Z].*\.$/.test(says))).toEqual([]);
  });

  test.each(['../rules', 'a/../../b', '/etc', 'C:\\rules', '..\\rules', '\\\\host\\share'])(
    'rules of its own are beside the file or below it, and not at %s',
    (folder) => {
      const { line, message } = mistake(`fail-on: high\nrules:\n  - ok\n  - '${folder}'\n`);
      expect([line, message]).toEqual([4, expect.stringContaining('beside this file or below it')]);
    },
  );

  test('a rule id stands for all its findings, whatever its case', () => {
    expect(read('accepted: [{finding: Storage.Shared-Key-Access, reason: x}]').accepted[0]?.finding).toBe(
      'storage.shared-key-access@*',
    );
  });

  test.each([
    ['fail-on: hi', 1, /^fail-on is hi, and must be one of critical, high/],
    ['\n\nfail-on: hi', 3, /hi/],
    ['a: [', 1, /^It is not valid YAML: /],
    ['accepted:\n  - finding: nsg.outbound-mcr', 2, /^accepted, item 1, reason is missing\.$/],
    ['accepted:\n  - finding: nsg.x@*\n    reason: a', 2, /no rule matches nsg\.x/],
    ['accepted:\n  - finding: "*"\n    reason: a', 2, /must be a finding id/],
    ['accepted:\n  - finding: "*@/s/*"\n    reason: a', 2, /must be a finding id/],
    ['accepted:\n  - finding: nsg.*\n    reason: "  "', 3, /must be a text/],
    [
      'accepted:\n  - finding: nsg.*\n    reason: a\n    until: 31.12.2026',
      4,
      /until is 31\.12\.2026, and must be a date/,
    ],
    ['accepted:\n  - finding: nsg.*\n    reason: a\n    until: 2026-02-30', 4, /must be a date/],
    ['accepted:\n  - finding: nsg.*\n    reason: a\n    unitl: 2026-02-20', 4, /unitl is not a key/],
    ['accepted: 3', 1, /^accepted is 3, and must be a list/],
    ['accepted:\n  -', 2, /must have finding and reason/],
    ['rules-off:\n  - nsg.*\n  - "*"', 3, /item 2 is \*, and must be a rule id/],
    ['rules-off: [aks.x]', 1, /no rule matches aks\.x/],
    ['severities:\n  nsg.*: low\n  storage.*: hot', 3, /hot, and must be one of/],
    ['severities:\n  aks.x: low', 2, /no rule matches/],
    ['assumptions:\n  outboundmode: limited', 2, /outboundmode is not an assumption/],
    ['assumptions:\n  sshWanted: maybe', 2, /must be one of true, false/],
    ['production: 5', 1, /must be true, false or a list/],
    ['fail-on: high\nfail-on: low', 2, /keys must be unique/],
    ['x: &a 1\ny: *a', 2, /Aliases/],
    ['a: 1\n---\nb: 2', 2, /several documents/],
    ['- a', 1, /must be keys with values/],
    ['['.repeat(100_000), 1, /nested too deeply/],
    ['rules_off: []', 1, /rules_off is not a key of this file/],
    ['a: !!js/function x', 1, /tag/],
    // Of what the file may not do, each by its own reason.
    ['answers: {sku: Premium}', 1, /answers is not allowed/],
    ['allow-effects: [deletes]', 1, /not allowed/],
    ['allowEffects: deletes', 1, /not allowed/],
    ['yes: true', 1, /not allowed/],
    ['client-secret: a', 1, /not allowed/],
    ['credentials: a', 1, /not allowed/],
    ['accepted:\n  - finding: nsg.*\n    reason: a\n    token: b', 4, /token is not allowed/],
    ['exec: rm', 1, /not allowed/],
    ['__proto__: {a: 1}', 1, /is not a key/],
  ] as const)('%j: line %i', (text, line, message) => {
    const told = mistake(text);
    expect(told).toMatchObject({ line, message: expect.stringMatching(message) });
    if (message.source.includes('not allowed'))
      expect(told.next).toMatch(/^The file (?:answers no|allows no|contains no|runs nothing)/);
  });
});

describe('writing', () => {
  const commented =
    '# top\nfail-on: high # why\n\naccepted:\n  # the first\n  - finding: storage.shared-key-access@*\n    reason: x # soon\n# end\n';

  test('comments, order and line ends stay', () => {
    for (const text of [commented, commented.replaceAll('\n', '\r\n'), `\uFEFF${commented}`]) {
      const more = withAcceptances(text, [entry()]);
      expect(read(more.replace(/^\uFEFF/, '')).accepted.map(({ finding }) => finding)).toEqual([
        'storage.shared-key-access@*',
        'nsg.outbound-mcr@/s/a#/s/b',
      ]);
      for (const comment of ['# top', '# why', '# the first', '# soon', '# end']) expect(more).toContain(comment);
      expect(/(?<!\r)\n/.test(more)).toBe(!text.includes('\r'));
      expect(more.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
      const less = withoutAcceptances(more, ['nsg.outbound-mcr@/s/a#/s/b']);
      expect(read(less.replace(/^\uFEFF/, '')).accepted).toEqual(read(commented).accepted);
    }
  });

  test('whatever is added and removed is read again as it was meant', () => {
    const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).filter((one) => one.trim() !== '');
    const added = fc.record({
      finding: fc.constantFrom('nsg.outbound-mcr@*', 'storage.*@/s/a', 'storage.shared-key-access@/s/b#/s/c d'),
      reason: text,
      until: fc.constantFrom(null, '2027-03-31'),
      by: fc.option(text, { nil: null }),
    });
    const step = fc.oneof(added, fc.constantFrom('nsg.outbound-mcr@*', 'storage.*@/s/a'));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 6 }),
        fc.constantFrom('', commented, 'accepted: []\n'),
        (steps, start) => {
          let now: string = start;
          let wanted: readonly Acceptance[] = read(start).accepted;
          for (const one of steps) {
            const finding = typeof one === 'string' ? one : one.finding;
            now = typeof one === 'string' ? withoutAcceptances(now, [one]) : withAcceptances(now, [one]);
            wanted = [
              ...wanted.filter((other) => other.finding !== finding),
              ...(typeof one === 'string' ? [] : [one]),
            ];
          }
          const clean = (value: string | null) => value?.trim().replace(/[^\x20-\x7e]/g, '') ?? null;
          const told = (all: readonly Acceptance[]) =>
            all.map((one) => [one.finding, clean(one.reason), one.until, clean(one.by)]);
          expect(told(read(now).accepted)).toEqual(told(wanted));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('on disk', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-project-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = () => path.join(folder, 'bastide.yaml');
  const opened = (mayBeNew = true) => openProjectFile({ file: file(), mayBeNew, rules: async () => rules });
  const failure = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.then(
      () => new Error('it went well'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Failure)) throw error;
    return error;
  };

  test('a new file is readable by all; a dry run writes none', async () => {
    const store = await opened();
    expect(store.config()).toBeNull();
    expect((await store.accept([entry()], true)).accepted).toEqual([entry()]);
    expect(readdirSync(folder)).toEqual([]);
    expect(store.config()).toBeNull();
    await store.accept([entry()], false);
    expect(readdirSync(folder)).toEqual(['bastide.yaml']);
    expect(store.config()?.accepted).toEqual([entry()]);
    expect(statSync(file()).mode & 0o777).toBe(0o644 & ~process.umask());
    await store.accept([entry({ reason: 'other' })], false);
    expect((await opened()).config()?.accepted).toEqual([entry({ reason: 'other' })]);
    await store.remove([entry().finding], false);
    expect((await opened()).config()?.accepted).toEqual([]);
  });

  test('a link is followed, and the mode of the file stays', async () => {
    const target = path.join(folder, 'shared.yaml');
    writeFileSync(target, 'fail-on: high\n', { mode: 0o600 });
    symlinkSync(target, file());
    await (await opened()).accept([entry()], false);
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(read(readFileSync(target, 'utf8'))).toMatchObject({ failOn: 'high', accepted: [entry()] });
  });

  test('a changed file is read again; a mistake in it leaves what it said before', async () => {
    writeFileSync(file(), 'fail-on: high\n');
    const store = await opened();
    writeFileSync(file(), 'fail-on: low\n');
    await store.reload();
    expect(store.config()?.failOn).toBe('low');
    writeFileSync(file(), 'fail-on: x\n');
    expect(await failure(store.reload())).toMatchObject({ code: 'bad-config' });
    expect(store.config()?.failOn).toBe('low');
    rmSync(file());
    await store.reload();
    expect(store.config()).toBeNull();
  });

  test('what another program wrote meanwhile stays', async () => {
    writeFileSync(file(), 'fail-on: high\n');
    const store = await opened();
    writeFileSync(file(), 'fail-on: low\n');
    expect(await failure(store.accept([entry()], false))).toMatchObject({
      code: 'config-changed',
      exit: exitStatus.notSent,
    });
    expect(readFileSync(file(), 'utf8')).toBe('fail-on: low\n');
    expect(readdirSync(folder)).toEqual(['bastide.yaml']);
  });

  test('several at once: each is written or told, and none is lost', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => opened()));
    const done = await Promise.allSettled(
      stores.map((store, at) => store.accept([entry({ finding: `nsg.outbound-mcr@/s/${at}` })], false)),
    );
    const written = done.filter(({ status }) => status === 'fulfilled').length;
    expect(read(readFileSync(file(), 'utf8')).accepted).toHaveLength(written);
    expect(written).toBe(1);
    expect(readdirSync(folder)).toEqual(['bastide.yaml']);
  });

  test('no YAML, no UTF-8, no file, a folder, too large: named, with exit 2', async () => {
    expect(await failure(opened(false))).toMatchObject({ code: 'unreadable-file', exit: exitStatus.usage });
    for (const [content, code] of [
      ['a: [', 'bad-config'],
      [Buffer.from([0x61, 0xff, 0xfe]), 'bad-config'],
      ['#'.repeat(2_000_000), 'unreadable-file'],
    ] as const) {
      writeFileSync(file(), content);
      expect(await failure(opened())).toMatchObject({
        code,
        exit: exitStatus.usage,
        message: expect.stringContaining(file()),
      });
    }
    rmSync(file());
    const store = await openProjectFile({
      file: path.join(folder, 'no/x.yaml'),
      mayBeNew: true,
      rules: async () => rules,
    });
    expect(await failure(store.accept([entry()], false))).toMatchObject({ exit: exitStatus.usage });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')('without the right to write', async () => {
    const store = await openProjectFile({ file: '/sys/bastide.yaml', mayBeNew: true, rules: async () => rules });
    expect(await failure(store.accept([entry()], false))).toMatchObject({
      code: 'config-not-written',
      exit: exitStatus.usage,
      message: expect.stringMatching(/cannot be written \(E[A-Z]+\), so it was left as it is/),
    });
  });
});
