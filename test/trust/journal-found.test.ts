// The history is found by source and workspace alone: whatever else of a home is lost or emptied, it is listed, and acted on.
import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AuditJson,
  bastideJson,
  everyEffect,
  freshHome,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';

interface Kept {
  readonly entries: readonly { readonly id: string; readonly state: string; readonly undoneBy: string | null }[];
  readonly notes: readonly { readonly text: string }[];
}
const historyOf = (home: Home) => bastideJson<Kept>(['history', '--demo=mixed'], home);
const homes: Home[] = [];
const newHome = (extra: Record<string, string> = {}) => {
  const home = freshHome(extra);
  homes.push(home);
  return home;
};
afterAll(() => {
  for (const home of homes) home.remove();
});

describe('a home of version 0.1 after its first change', () => {
  const fixture = path.resolve(import.meta.dirname, '../fixtures/version-0.1/home');
  let home: Home;
  let kept: string;
  let listed: Kept;
  beforeAll(async () => {
    home = newHome();
    kept = path.join(home.folder, 'bastide');
    cpSync(fixture, kept, { recursive: true });
    await bastideJson<AuditJson>(['audit', '--demo=mixed', '--fail-on', 'never'], home);
    await bastideJson<OutcomeJson>(['undo', '--demo=mixed', '--yes'], home);
    listed = (await historyOf(home)).result;
  });

  test('keeps the old history beside the journal, and says so', () => {
    expect(listed.entries).toHaveLength(4);
    const names = readdirSync(path.join(kept, 'history')).filter((name) => /\./.test(name));
    expect(names.map((name) => name.replace(/^[^.]+/, ''))).toEqual(['.before-journal.json', '.head', '.journal']);
    const [old] = readdirSync(path.join(fixture, 'history')).filter((name) => name.endsWith('.json'));
    const [before] = names;
    expect(readFileSync(path.join(kept, 'history', before ?? ''))).toEqual(
      readFileSync(path.join(fixture, 'history', old ?? '')),
    );
    expect(listed.notes.map(({ text }) => text)).toEqual([expect.stringContaining('Converted')]);
  });

  test('lists the same with any other file lost or emptied', async () => {
    const files = readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter(
      // The state of a demo world is Azure itself.
      (file) => !/^(?:history|demo)/.test(file) && statSync(path.join(kept, file)).isFile(),
    );
    expect(files).toEqual(expect.arrayContaining(['settings.json', 'intents.json']));
    for (const file of files) {
      const whole = path.join(kept, file);
      const content = readFileSync(whole);
      truncateSync(whole, 0);
      const emptied = await historyOf(home);
      if (file === 'settings.json') {
        // It may say that nothing may be written: it is never taken as empty.
        expect([emptied.status, emptied.failure?.message.includes(whole)]).toEqual([2, true]);
      } else expect(emptied.result.entries, file).toEqual(listed.entries);
      rmSync(whole);
      expect((await historyOf(home)).result.entries, file).toEqual(listed.entries);
      writeFileSync(whole, content);
    }
  });

  test('repeats what it lists with all other files lost', async () => {
    for (const name of readdirSync(kept)) {
      if (name !== 'history' && name !== 'demo') rmSync(path.join(kept, name), { recursive: true });
    }
    const redone = await bastideJson<OutcomeJson>(['redo', '--demo=mixed', '--yes', ...everyEffect], home);
    expect(redone.status).toBe(0);
  });

  test('does not take a journal that is emptied, cut off or lost for an empty history', async () => {
    const folder = path.join(kept, 'history');
    const journal = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.journal')) ?? '');
    const content = readFileSync(journal);
    const lines = content.toString().split('\n').length - 1;
    const harms: readonly (() => void)[] = [
      () => truncateSync(journal, 0),
      () => truncateSync(journal, content.length - 10),
      () =>
        writeFileSync(
          journal,
          `${content
            .toString()
            .split('\n')
            .slice(0, lines - 1)
            .join('\n')}\n`,
        ),
      () => rmSync(journal),
    ];
    for (const harm of harms) {
      harm();
      for (const command of [['history'], ['undo', '--yes']]) {
        const answer = await bastideJson([...command, '--demo=mixed'], home);
        expect([answer.status, answer.failure?.code]).toEqual([4, 'history-corrupt']);
        expect(answer.failure?.message).toContain(journal);
      }
      writeFileSync(journal, content);
    }
    expect((await historyOf(home)).status).toBe(0);
  });
});
