// An item of the guide fits a terminal of 80 columns and 24 rows, however many changes its plan has; `explain` shows all of it.
import { describe, expect, test } from 'vitest';
import { explainLines, itemLines } from '../../commands/parts/guide-lines.ts';
import { itemOf, openProblems } from '../../commands/parts/guide-queue.ts';
import { audit } from '../../src/audit/index.ts';
import { effectLabels } from '../../src/model/effect.ts';
import { isSaidFirst } from '../../src/model/effect-groups.ts';
import { plainText } from '../../src/model/words.ts';
import { buildPlan, effectLines, withFixes } from '../../src/plan/index.ts';
import { wrapLines } from '../../src/render/wrap-lines.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';

describe.each([
  ['limited', ['nsg.outbound-deny-internet', 'nsg.outbound-azureml-ports', 'nsg.allow-before-deny']],
  ['open', ['storage.default-action-deny', 'storage.subnet-service-endpoint']],
])('in the world %s', (world, wanted) => {
  const snapshot = worldSnapshot(world);
  const report = withFixes(audit(snapshot, rules), { snapshot, rules, profile: 'all' });

  test.each(wanted)('%s', (id) => {
    const problem = report.problems.find(({ findings }) => findings.some((one) => one.startsWith(`${id}@`)));
    const [open] = openProblems({ ...report, problems: problem === undefined ? [] : [problem] }, new Set());
    if (open === undefined) throw new Error(`${world} has no failing ${id}`);
    const item = itemOf(open, (findings) =>
      buildPlan({
        ...{ snapshot, rules, report, id: 'p' },
        request: { targets: findings.map((one) => one.id), answers: {}, ips: [], profile: 'all' },
      }),
    );
    if ('reason' in item) throw new Error(item.reason);
    const own = new Set(open.findings.map(({ rule }) => rule));
    const entries = rules.filter((one) => own.has(one.id));
    const lines = itemLines(item, entries);
    const rows = wrapLines(lines, 79).flatMap((one) => plainText(one).match(/.{1,79}/gs) ?? ['']);
    expect(rows.length).toBeLessThanOrEqual(20);
    const text = lines.map(plainText).join('\n');
    const { steps, effects } = item.plan;
    expect(text).toContain(`Plan: ${steps.length === 1 ? '1 change' : `${steps.length} changes, in this order`}`);
    // Each kind that must be allowed, and what is interrupted, is always among what is shown.
    for (const { kind, automatic } of effectLines(effects).filter(isSaidFirst)) {
      expect(text).toContain(`\n${automatic ? ' ' : '!'} ${effectLabels[kind]} `);
    }
    const all = explainLines(item, entries).map(plainText).join('\n');
    expect(all.match(/^(?:\d+\. )?(?:create|change|delete) /gm)).toHaveLength(steps.length);
    for (const { text: said } of effectLines(effects)) expect(all).toContain(said);
  });
});
