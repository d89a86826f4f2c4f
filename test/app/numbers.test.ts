// One number everywhere, by keys and as read on the screen: the header, the overview's promise, the plan, its result, and the next
// audit agree in every world.
import { describe, expect, test } from 'vitest';
import { nameOf } from '../../src/model/resource-id.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { openInProcess } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';
import { walk } from '../support/walk.ts';

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
    problems: /No problems/.test(row) ? 0 : numberIn(row, /(\d+) problems?:/),
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

/** A tenant of many workspaces has no header of one. */
const worlds = worldFiles.map(({ name }) => name).filter((name) => name !== 'fleet');

describe('header, overview, plan, result and the next audit agree', () => {
  test.each(partOf(worlds, 9))('%s', async (world) => {
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
