// Walks jobs of docs/keys.md over real worlds at two sizes: the same keys lead there at both, and the numbers agree.
import { expect } from 'vitest';
import type { Job } from '../../build/docs/jobs.ts';
import type { ProjectPort } from '../../src/command/definition.ts';
import { isFailing } from '../../src/model/compare.ts';
import { isCounted } from '../../src/model/finding.ts';
import { type ProblemReport, reportNumbers } from '../../src/model/problem.ts';
import type { Acceptance } from '../../src/model/project-config.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { openInProcess } from './in-process.ts';
import { walk } from './walk.ts';

/** The words without frames and line breaks. */
const flat = (text: string): string => text.replaceAll(/[│─\s]+/g, ' ');

const failing = (report: ProblemReport | null): number =>
  report?.findings.filter((one) => isFailing(one) && isCounted(one)).length ?? 0;

async function walked(world: string, columns: number, rows: number) {
  const accepted: Acceptance[] = [];
  const opened: string[] = [];
  const config = () => ({
    ...{ path: 'bastide.yaml', accepted, rulesOff: [], severities: {}, assumptions: {}, production: false },
  });
  const project: ProjectPort = {
    path: 'bastide.yaml',
    config,
    async accept(entries) {
      accepted.push(...entries);
      return config();
    },
    remove: async () => config(),
  };
  const demos = {
    list: async () => worldFiles.map(({ name, title }) => ({ name, title })),
    start: (name: string) => void opened.push(name),
  };
  const one = await walk(openInProcess(world), columns, rows, { demos, host: { project: async () => project } });
  return { ...one, accepted, opened };
}

const sizes = [
  [80, 24],
  [140, 40],
] as const;

export async function walkJob({ name, world, first, keys, shows }: Job): Promise<void> {
  const found: unknown[] = [];
  let known: Awaited<ReturnType<typeof walked>> | undefined;
  for (const [columns, rows] of sizes) {
    // Where nothing was changed the same scan serves both.
    const one = known ?? (await walked(world, columns, rows));
    if (known !== undefined) {
      one.resize(columns, rows);
      await one.press('esc esc esc 1');
    }
    if (first !== undefined) await one.press(first);
    const before = one.state().report;
    const text = await one.press(keys);
    expect(flat(text)).toMatch(shows);
    // Header, footer and the row of screens stay in sight.
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(lines[0]).toContain(`demo:${world}`);
    // What is promised in the result is gone from the header.
    const { act, report } = one.state();
    const gone = failing(before) - failing(report);
    const { resolved = [], introduced = [], persisting = [], rollUps = [] } = act?.outcome?.verified ?? {};
    const counted = (ids: readonly string[]) => ids.filter((id) => !rollUps.includes(id)).length;
    expect(gone).toBe(counted(resolved) - counted(introduced));
    expect(persisting).toEqual([]);
    if (/^Accept/.test(name))
      expect([one.accepted.at(-1)]).toMatchObject([{ reason: 'Builds need a GPU', until: '2099-03-31' }]);
    if (/^Switch/.test(name)) expect(one.opened).toEqual(['open']);
    known = act === null && one.opened.length === 0 ? one : undefined;
    found.push(report === null ? null : reportNumbers(report));
  }
  expect(found[0]).toEqual(found[1]);
}
