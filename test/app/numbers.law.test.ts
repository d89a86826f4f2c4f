// One number everywhere, by keys and as read on the screen: the header, the overview's promise, the plan, its result, and the next
// audit agree in every world.
import { describe, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import type { FleetKept } from '../../src/app/state/fleet-shown.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { runCommand } from '../../src/command/run.ts';
import type { Summary } from '../../src/model/finding.ts';
import type { Problem } from '../../src/model/problem.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { drain, openInProcess } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';
import { type Walk, walk } from '../support/walk.ts';

const flat = (text: string): string => text.replaceAll(/[│─\s]+/g, ' ');

function numberIn(text: string, pattern: RegExp): number {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`nothing like ${pattern} in:\n${text}`);
  return Number(found);
}

/** The second row: problems that fail, findings that fail. */
function headerOf(text: string): { problems: number; findings: number } {
  const row = text.split('\n')[1] ?? '';
  return {
    problems: /No (?:known )?problems/.test(row) ? 0 : numberIn(row, /(\d+) problems?:/),
    findings: numberIn(row, /(\d+) findings?\b/),
  };
}

/** `31 findings (7 of 8 problems)` */
const resolvedIn = (text: string, before: RegExp) => {
  const pattern = new RegExp(`${before.source} (\\d+) findings? (?:resolved )?\\((\\d+) of (\\d+) problems?\\)`);
  const [, findings, problems, of] = pattern.exec(text) ?? [];
  if (of === undefined) throw new Error(`nothing like ${pattern} in:\n${text}`);
  return { findings: Number(findings), problems: Number(problems), of: Number(of) };
};

/** The result of a command as its JSON has it. */
async function resultOf<Result>(session: Session, line: readonly string[]): Promise<Result> {
  const { context } = fakeOptions({ session });
  const parsed = parseCommand([...line, '--format', 'json'], verbs, { profile: 'all' });
  const unasked = async (): Promise<never> => {
    throw new Error('nothing is asked');
  };
  const ask = { choose: unasked, text: unasked, confirm: unasked };
  const given = { ...context, verbs, rules, ask, signal: new AbortController().signal };
  return (await drain(runCommand(parsed, given))).result as Result;
}

/** A tenant of many workspaces has no header of one: it is walked below. */
const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'fleet');

describe('header, overview, plan, result and the next audit agree', () => {
  // The screen waits for a quiet moment before it plans: worlds share that wait.
  test.concurrent.each(partOf(worlds, 15))('%s', async (world) => {
    const { press, text, state } = await walk(openInProcess(world), 140, 44);
    const before = headerOf(text());
    expect(state().report?.summary.fail).toBe(before.findings);
    while (state().promise === null) await new Promise((resolve) => setTimeout(resolve, 20));
    const overview = flat(text());
    // Areas add up to the header.
    const listed = [...overview.matchAll(/ (\d+) fail /g)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(listed).toBe(before.findings);
    if (!/ F \d+ changes? resolves? /.test(overview)) {
      // Nothing is promised: F plans nothing that is selected, or says why.
      const after = await press('F');
      const { overlay, message } = state();
      const planned = overlay?.kind === 'plan' ? overlay.plan.steps.length : 0;
      expect([planned, overlay !== null || message !== null], after).toEqual([0, true]);
      return;
    }
    const changes = numberIn(overview, / F (\d+) changes? resolves? /);
    const promised = resolvedIn(overview, / F \d+ changes? resolves?/);
    expect(promised.of).toBe(before.problems);

    const plan = flat(await press('F'));
    expect(numberIn(plan, /Fix: (\d+) changes?/)).toBe(changes);
    expect(resolvedIn(plan, /resolves/)).toEqual(promised);

    const workspace = nameOf(state().snapshot?.workspace ?? '');
    const asks = /asks for the name/.test(plan);
    const result = flat(await press(asks ? `tab enter "${workspace}" enter` : 'tab enter'));
    if (/Azure rejected the first change/.test(result)) {
      expect(headerOf(await press('esc r'))).toEqual(before);
      return;
    }
    expect(resolvedIn(result, /Applied and verified:/)).toEqual(promised);
    const after = headerOf(text());
    const introduced = /introduced: (\d+)/.exec(result)?.[1] ?? '0';
    const remain = /(\d+) problems? remains? \((\d+) findings?\)/.exec(result);
    expect([Number(remain?.[1] ?? 0), Number(remain?.[2] ?? 0)], result).toEqual([after.problems, after.findings]);
    expect(after.findings - Number(introduced)).toBe(before.findings - promised.findings);

    // The next audit says the same, and promises nothing that was done.
    await press('esc r');
    expect(headerOf(text())).toEqual(after);
    while (state().promise === null) await new Promise((resolve) => setTimeout(resolve, 20));
    const next = flat(text());
    if (/ F \d+ changes? resolves? /.test(next))
      expect(resolvedIn(next, / F \d+ changes? resolves?/).of).toBe(after.problems);
  });
});

describe('of a fleet', () => {
  /** The selected row: its problems in the list, and what its detail says. */
  function selectedRow({ text }: Walk) {
    const lines = text().split('\n');
    const row = lines.find((one) => /^> [^F]/.test(one)) ?? '';
    const edge = lines.find((one) => /─ Workspace ─/.test(one))?.indexOf('─ Workspace ─') ?? 0;
    const listed = Number(/ (\d+) +(?:[+-]\d+ +)?(?:just now|\d+ \w+)/.exec(row.slice(0, edge))?.[1] ?? 0);
    const detail = flat(lines.map((one) => one.slice(edge)).join(' '));
    const [name = ''] = /mlw-\w+-\w+-\d+/.exec(detail) ?? [];
    const problems = numberIn(detail, /(\d+) problems?[:;](?: [^;]*;)? \d+ findings?/);
    expect([name, listed], row).toEqual([name, problems]);
    const findings = numberIn(detail, /\d+ problems?[:;](?: [^;]*;)? (\d+) findings?/);
    return { name, numbers: { problems, findings, unknown: numberIn(detail, /(\d+) unknown, \d+ pass/) } };
  }
  async function rowOf(walked: Walk, wanted: string) {
    await walked.press(`esc esc / "${wanted.slice(-4)}" enter G`);
    const { name, numbers } = selectedRow(walked);
    expect(name).toBe(wanted);
    return numbers;
  }

  const names = ['mlw-fraud-dev-0018', 'mlw-churn-test-0026', 'mlw-churn-prod-0007'];
  test('a row says what `fleet audit` says, and once it is open what its header and its audit say, also after a fix', {
    timeout: 300_000,
  }, async () => {
    const session = openInProcess('fleet');
    let left: FleetKept | null = null;
    const keep = (kept: FleetKept) => {
      left = kept;
    };
    const opened: string[] = [];
    const walked = (of: Session) =>
      walk(of, 180, 60, {
        ...(left === null ? { screen: 'fleet' } : {}),
        fleet: { kept: left, keep },
        workspaces: { recent: [], open: ({ id }) => void opened.push(id) },
      });
    const audit = async () => {
      interface Row {
        readonly name: string;
        readonly problems: number;
        readonly summary: Summary;
      }
      const { workspaces } = await resultOf<{ workspaces: Row[] }>(session, ['fleet', 'audit']);
      return workspaces;
    };

    let all = await walked(session);
    await all.press('r');
    const rows = await audit();
    expect(rows).toHaveLength(40);
    const read = new Map<string, object>();
    await all.press('g');
    // Causes and headings stand between them.
    for (let at = 0; at < rows.length + 10; at += 1) {
      await all.press('j');
      if (!/, \d+ unknown, \d+ pass/.test(flat(all.text()))) continue;
      const { name, numbers } = selectedRow(all);
      read.set(name, numbers);
    }
    const wanted = rows.map(
      ({ name, problems, summary }) => [name, { problems, findings: summary.fail, unknown: summary.unknown }] as const,
    );
    expect([...read].toSorted()).toEqual(wanted.toSorted());

    for (const name of partOf(names, 8)) {
      const listed = await rowOf(all, name);
      await all.press('enter');
      const id = opened.at(-1) ?? '';
      expect(id).toMatch(new RegExp(`/${name}$`));
      const own = session.at?.(id) ?? session;
      const one = await walked(own);
      const header = headerOf(one.text());
      // What the fleet does not read is unknown there; it may fail, and nothing that fails there may pass.
      expect(header.findings).toBeGreaterThanOrEqual(listed.findings);
      expect(header.findings).toBeLessThanOrEqual(listed.findings + listed.unknown);
      const agree = async () => {
        const now = headerOf(one.text());
        const { problems, summary } = await resultOf<{ problems: Problem[]; summary: Summary }>(own, ['audit']);
        const failing = problems.filter(({ kind, accepted }) => kind !== 'unreadable' && accepted === null);
        expect({ problems: failing.length, findings: summary.fail }).toEqual(now);
        await one.press('backspace');
        expect(one.text()).toContain('[9 Fleet]');
        expect(await rowOf(one, name)).toMatchObject(now);
        return now;
      };
      const before = await agree();
      expect(before).toEqual(header);
      // Enter on its row shows what is open already.
      await one.press('enter');
      expect(one.text()).toContain('[1 Overview]');
      const plan = flat(await one.press('F'));
      if (/Fix: \d+ change/.test(plan)) {
        const { findings } = resolvedIn(plan, /resolves/);
        await one.press(/asks for the name/.test(plan) ? `tab enter "${name}" enter` : 'tab enter');
        await one.press('esc');
        const after = await agree();
        expect(after.findings).toBeLessThan(before.findings);
        expect(after.findings).toBeGreaterThanOrEqual(before.findings - findings);
      }
      // Where nothing is automatic the plan is left as it is.
      if (!one.text().includes('[9 Fleet]')) await one.press('esc backspace');
      all = one;
    }
  });
});
