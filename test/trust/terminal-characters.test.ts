// No control, bidirectional or invisible character of a foreign name reaches a terminal, a document, a script or a log: each such
// code point, through every format, every screen and every sentence.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { planSentences } from '../../src/accessible/plan-words.ts';
import { createTalk } from '../../src/accessible/talk.ts';
import { screens } from '../../src/app/screens/index.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { audit } from '../../src/audit/index.ts';
import { mapOf } from '../../src/audit/map.ts';
import { openDebugLog } from '../../src/cli/debug-log.ts';
import type { Json } from '../../src/model/json.ts';
import { clean, cleanLines } from '../../src/model/text.ts';
import { buildPlan, requestsOf, withFixes } from '../../src/plan/index.ts';
import { auditResult } from '../../src/render/audit-result.ts';
import { auditLines, findingLines } from '../../src/render/audit-text.ts';
import { renderCsv } from '../../src/render/csv.ts';
import { az } from '../../src/render/export/az.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderJson, renderNdjson } from '../../src/render/json.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { mapLines } from '../../src/render/map-text.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderOcsf } from '../../src/render/ocsf.ts';
import { planMarkdown } from '../../src/render/plan-markdown.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { sarifLog } from '../../src/render/sarif.ts';
import { plain, renderText } from '../../src/render/text.ts';
import { word } from '../../src/resource-types/parts/shell.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { sandbox } from '../support/sandbox.ts';
import { tellTrust } from '../support/trust-size.ts';

/** Unicode 16: controls, format and bidirectional characters, separators, and what is drawn as nothing. */
const ranges: readonly (readonly [from: number, to: number])[] = [
  ...([
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
    [0x115f, 0x1160],
    [0x17b4, 0x17b5],
  ] as const),
  ...([
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0x2800, 0x2800],
    [0x3164, 0x3164],
  ] as const),
  ...([
    [0xfdd0, 0xfdef],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
    [0xfff0, 0xfffb],
    [0xfffe, 0xffff],
  ] as const),
  ...([
    [0x1bca0, 0x1bca3],
    [0x1d173, 0x1d17a],
    [0x1fffe, 0x1ffff],
    [0xe0000, 0xe0fff],
    [0x10fffe, 0x10ffff],
  ] as const),
];
const hidden = ranges.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)),
);
const isHidden = new Set(hidden);
/** The first hidden character of a text that may have line breaks. */
const found = (text: string, allowed = '\n'): string | undefined => {
  const one = [...text].find((character) => isHidden.has(character) && !allowed.includes(character));
  return one === undefined
    ? undefined
    : `U+${one.codePointAt(0)?.toString(16)} in ${JSON.stringify(text.slice(Math.max(0, text.indexOf(one) - 40), text.indexOf(one) + 10))}`;
};

describe('each code point', () => {
  test('is not on a line, in a document, or raw in JSON', ({ task }) => {
    expect(hidden.length).toBeGreaterThan(4250);
    const wrong = hidden.filter((one) => {
      const text = `a${one}b`;
      const many = [cleanLines(text), renderJson({ text }), renderNdjson([{ text }]), word(text)];
      return found(clean(text), '') !== undefined || many.some((rendered) => found(rendered) !== undefined);
    });
    tellTrust(task, { suite: 'terminal', what: 'code points', tried: hidden.length, wrong: wrong.length });
    expect(wrong).toEqual([]);
  });
  test('is in JSON still, escaped', () => {
    const all = hidden.join('a');
    expect(JSON.parse(renderJson({ all }))).toEqual({ all });
    expect(JSON.parse(renderNdjson([all]))).toEqual(all);
  });
  test('reaches a command of an exported script as it is, by its bytes', () => {
    const name = `a'${hidden
      .filter((one) => (one !== '\0' && !/[\ud800-\udfff]/.test(one)) || one.length === 2)
      .slice(1, 400)
      .join("b'")}$(x)`;
    const said = execFileSync('sh', ['-c', `printf %s ${word(name)}`], { encoding: 'utf8' });
    expect(said).toBe(name);
  });
  test('an emoji keeps what joins it', () => {
    for (const one of ['👩‍🔬', '❤️', '👍🏽', '👩🏽‍💻']) expect(clean(`x ${one} y`)).toBe(`x ${one} y`);
    expect(clean('a\u200db\ufe0fc')).toBe('abc');
  });
});

/** What is read out of an audit and a plan. */
function sentences(): string {
  const parts: string[] = [];
  const output = { columns: 80, write: (text: string) => parts.push(text) > 0 } as unknown as NodeJS.WriteStream;
  const input = Readable.from([]) as unknown as NodeJS.ReadStream;
  const talk = createTalk({ input, output, terminal: false, ascii: false, signal: new AbortController().signal });
  talk.read([...auditLines(result), ...planLines(plan)]);
  talk.say(...planSentences(plan));
  talk.close();
  return parts.join('');
}

/** A world whose names, tags and descriptions hold every one of them. */
function hostile() {
  const some = [
    ...hidden.slice(0, 400),
    '\u{e0041}',
    '\u{e01ef}',
    '\x1b[31m',
    '\x1b]0;title\x07',
    '\u202egnp.exe',
  ].join('');
  const inJson = JSON.stringify(some).slice(1, -1);
  const file = worldFiles.find(({ name }) => name === 'mixed');
  const text = ['stmlsim', 'snet-train', 'nsg-train', 'cpu-cluster', 'kv-mlsim', 'vnet-ml'].reduce(
    (rest, name) => rest.replaceAll(name, `${name.slice(0, 3)}${inJson}${name.slice(3)}`),
    file?.resources() ?? '[]',
  );
  return snapshotFromTexts([{ path: `hostile${some}.json`, text }], {
    allResources: false,
    now: () => new Date(0),
    newId: () => 'x',
  });
}
const snapshot = hostile();
const report = withFixes(audit(snapshot, rules, 'all'), { snapshot, rules, profile: 'all' });
const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
const plan = buildPlan({ snapshot, rules, request, id: 'p' });
const result = auditResult(snapshot, report, { allOutcomes: true, by: 'problem' });

describe('a world full of them', () => {
  test('is one: names hold them, and there is much to say', () => {
    expect(snapshot.resources.filter(({ id }) => found(id, '') !== undefined).length).toBeGreaterThan(4);
    expect(report.findings.length).toBeGreaterThan(100);
    expect(plan.steps.length).toBeGreaterThan(2);
  });
  test.for<[string, () => string]>([
    [
      'text',
      () =>
        renderText(
          [
            ...auditLines(result),
            ...report.findings.flatMap(findingLines),
            ...planLines(plan),
            ...mapLines(mapOf(snapshot)),
          ],
          plain,
        ),
    ],
    ['json', () => renderJson({ result, plan, snapshot } as unknown as Json)],
    ['ndjson', () => renderNdjson(report.findings as unknown as Json[])],
    ['csv', () => [...renderCsv(report.findings)].join('').replaceAll('\r\n', '\n')],
    ['html', () => [...renderHtml({ ...result, gather: () => ({ plan, map: mapOf(snapshot) }) })].join('')],
    ['markdown', () => renderMarkdown(result)],
    ['markdown of a plan', () => planMarkdown({ plan, digest: '0', problems: report.problems })],
    ['ocsf', () => [...renderOcsf({ ...result, findings: report.findings }, { version: '0', rules })].join('')],
    ['junit', () => [...renderJunit(result)].join('')],
    ['sarif', () => renderJson(sarifLog({ ...result, findings: report.findings }, { version: '0', rules }))],
    [
      'a script for a shell',
      () => az.render({ plan, steps: requestsOf(plan, snapshot, 'lines').steps, readAt: '' }).text,
    ],
    ['the sentences of accessible mode', sentences],
  ])('%s', ([, rendered], { task }) => {
    const text = rendered();
    const wrong = found(text) === undefined ? 0 : 1;
    tellTrust(task, { suite: 'terminal', what: 'formats of a hostile world', tried: 1, wrong });
    expect(text.length).toBeGreaterThan(500);
    expect(found(text)).toBeUndefined();
  });

  test.for([
    [80, 24],
    [140, 40],
  ] as const)('every screen at %i by %i, with what opens above it', async ([columns, rows], { task }) => {
    const session = createFileSession({ snapshot, rules, sandbox, now: () => new Date(0), newId: () => 'x' });
    const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
    const shell = createShell({ ...fakeOptions({ session, stdout, screen: 'overview' }) });
    await shell.begin();
    const rest = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
    };
    await rest();
    const wrong: string[] = [];
    let [seen, tried] = [0, 0];
    for (const [at] of screens.entries()) {
      for (const key of [String(at + 1), 'j', 'enter', 'esc', 'f', 'esc']) {
        shell.press(key);
        await rest();
        const text = bodyRows(shell.store.get())
          .map((words) => words.map((one) => one.text).join(''))
          .join('\n');
        if (found(text) !== undefined) wrong.push(`${at} ${key}: ${found(text)}`);
        tried += 1;
        seen += text.length;
      }
    }
    tellTrust(task, { suite: 'terminal', what: 'frames of a hostile world', tried, wrong: wrong.length });
    expect(wrong).toEqual([]);
    expect(seen).toBeGreaterThan(5000);
  });
});

describe('the debug log', () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-debug-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const now = () => new Date(0);
  test('is private, even where a file was there, and holds none of them', async () => {
    const file = path.join(scratch, 'old.log');
    writeFileSync(file, 'old\n', { mode: 0o644 });
    const log = await openDebugLog(file, now);
    log.note(`a ${hidden.join('')} line`);
    log.event({ kind: 'settled', entry: 'e', resource: hidden.join(''), detail: '' });
    await log.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^old\n/);
    expect(found(text)).toBeUndefined();
  });
  test.each(['link', 'dangling'])('follows no link: %s', async (kind) => {
    const target = path.join(scratch, `${kind}-target`);
    if (kind === 'link') writeFileSync(target, 'mine', { mode: 0o644 });
    const file = path.join(scratch, kind);
    symlinkSync(target, file);
    await expect(openDebugLog(file, now)).rejects.toMatchObject({ code: 'unwritable-file', exit: 2 });
    if (kind === 'link') expect(readFileSync(target, 'utf8')).toBe('mine');
  });
  test('is a file, nothing else', async () => {
    await expect(openDebugLog('/dev/null', now)).rejects.toMatchObject({ exit: 2 });
  });
});
