// Accepting on the screen: a form that asks for the reason, the finding in a group of its own, and the end of it.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { outcomeWord } from '../../src/app/screens/resources/finding-row.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { withProject } from '../../src/audit/index.ts';
import type { ProjectPort } from '../../src/command/definition.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import type { Acceptance, ProjectConfig } from '../../src/model/project-config.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started() {
  let accepted: readonly Acceptance[] = [];
  const config = (): ProjectConfig => ({
    ...{ path: 'bastide.yaml', accepted, rulesOff: [], severities: {}, assumptions: {}, production: false },
  });
  const project: ProjectPort = {
    path: 'bastide.yaml',
    config,
    async accept(entries) {
      accepted = [...accepted, ...entries];
      return config();
    },
    async remove(findings) {
      accepted = accepted.filter(({ finding }) => !findings.includes(finding));
      return config();
    },
  };
  const own = fakeSession();
  const session = {
    ...own,
    report: (...given: Parameters<typeof own.report>) => withProject(own.report(...given), [], config(), '2026-11-28'),
  };
  const kept: AuditRecord[] = [];
  const stdout = { columns: 140, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session, stdout, screen: 'findings' });
  const host = {
    ...options.context.host,
    project: async () => project,
    audits: async () => ({
      all: async () => ({ records: kept, damaged: 0 }),
      add: async (record: AuditRecord) => {
        kept.push(record);
      },
    }),
  };
  const shell = createShell({ ...options, context: { ...options.context, host } });
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const state = () => shell.store.get();
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const text = () => bodyRows(state()).map(plain).join('\n');
  return { press, rest, state, text, kept, accepted: () => accepted };
}

test('x asks for the reason, and the finding is shown as accepted; again it ends', async () => {
  const { press, rest, state, text, kept, accepted } = await started();
  press('j');
  const id = state().view.selection.finding?.id ?? '';
  const before = state().report?.summary.fail ?? 0;
  press('x');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'form', at: 1, values: { findings: id, reason: '' } });
  // Without a reason the form says so before Enter is pressed, and after it stays.
  expect(text()).toContain('accept needs --reason');
  expect(text()).not.toContain('Press Enter to run.');
  press('enter');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'form', refused: expect.stringMatching(/needs --reason/) });
  press(...'soon', 'enter');
  await rest();
  expect(accepted()).toEqual([{ finding: id, reason: 'soon', until: null, by: null }]);
  // The result lies over the list that it is about.
  expect(text()).toMatch(/Findings by severity[\s\S]*│ Accepted in bastide\.yaml +│/);
  press('esc');
  expect(state().report?.summary).toMatchObject({ fail: before - 1, accepted: 1 });
  const finding = state().report?.findings.find((one) => one.id === id);
  if (finding === undefined) throw new Error('it is hidden');
  expect(outcomeWord(finding)).toEqual({ text: 'accepted', role: 'dim' });
  press('G');
  expect(state().view.selection.finding?.id).toBe(id);
  expect(text()).toMatch(/accepted 1/);
  expect(text()).toContain('accepted: soon');
  press('x');
  await rest();
  expect(accepted()).toEqual([]);
  expect(state().report?.summary).toMatchObject({ fail: before, accepted: 0 });
  // Each audit that says something else is kept.
  expect(kept.map(({ fail, accepted: count }) => [fail, count])).toEqual([
    [before, 0],
    [before - 1, 1],
    [before, 0],
  ]);
  expect(state().audits.at(-1)?.fail).toBe(before);
});
