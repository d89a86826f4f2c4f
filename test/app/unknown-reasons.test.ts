// Why checks are unknown: an assumption that is not set and a read that was refused are two reasons, by data, and never one count.
import { expect, test } from 'vitest';
import { standingWords } from '../../src/app/parts/standing-words.ts';
import { gapSection, undecidedSection } from '../../src/app/screens/overview/problem-sections.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { reportNumbers, unknownLabel } from '../../src/model/problem.ts';
import { fold } from '../../src/model/resource-id.ts';
import { failedReads } from '../../src/model/snapshot.ts';
import { plainText } from '../../src/model/words.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { drain, openInProcess } from '../support/in-process.ts';

async function seen(world: string) {
  const session = openInProcess(world);
  const scanned = await drain(session.scan());
  const { devClientIps: _unset, ...intents } = scanned.intents;
  const snapshot = { ...scanned, intents };
  const report = session.report(snapshot, 'all');
  const state = { ...createShell(fakeOptions({})).store.get(), snapshot, report };
  return { snapshot, report, state, header: plainText(standingWords(state, '·', 400)) };
}

test('an assumption that is not set is called that, where everything was read', async () => {
  const { header, report, snapshot, state } = await seen('mixed');
  expect(failedReads(snapshot.gaps)).toEqual([]);
  expect(reportNumbers(report)).toMatchObject({ unread: 0, unset: ['devClientIps'] });
  expect(header).toMatch(/ 3 unknown .*1 assumption not set/);
  expect(header).not.toMatch(/accessible/);
  expect(gapSection(state, 10)).toBeNull();
  const section = undecidedSection(state, 10);
  expect([section?.title, section?.note]).toEqual(['Not decided', '3 checks unknown']);
  expect(section?.rows.map(({ words }) => plainText(words))).toEqual([
    expect.stringContaining('assumption not set: devClientIps'),
  ]);
  expect(report.problems.filter(({ kind }) => kind === 'unreadable').map(unknownLabel)).toEqual(['assumption not set']);
});

test('what is called not accessible is a read that failed', async () => {
  for (const world of ['refused', 'limited', 'governed']) {
    const { header, report, snapshot } = await seen(world);
    const failed = new Set(failedReads(snapshot.gaps).map(({ id }) => fold(id)));
    const unread = report.problems.filter(({ why }) => why?.reason === 'not-read');
    expect(unread.filter(({ resource }) => !failed.has(fold(resource))).map(({ id }) => id)).toEqual([]);
    if (failed.size === 0) expect(header).not.toMatch(/accessible/);
    else expect(header).toContain(`${unread.length > 0 ? unread.length : failed.size} not accessible`);
  }
});
