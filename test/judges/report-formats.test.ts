// Documents held to the tools and schemas of those who read them: Microsoft's SARIF validator, libxml2, openpyxl, Chromium with axe,
// the schema of OCSF.
// Each on a world of the simulator, and on one whose names hold what a document could trip over.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { AuditResult } from '../../src/render/audit-result.ts';
import { cellsOf, findingColumns } from '../../src/render/finding-columns.ts';
import { renderHtml } from '../../src/render/html.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderJunit } from '../../src/render/junit.ts';
import { renderOcsf } from '../../src/render/ocsf.ts';
import { sarifLog } from '../../src/render/sarif.ts';
import { renderXlsx } from '../../src/render/xlsx.ts';
import { fixture, skippedFor } from '../support/outside.ts';
import { about, auditedWorld } from './audited-world.ts';
import { browserPath, openBrowser } from './browser.ts';
import { publishedOcsf } from './ocsf-published.ts';
import { ocsfComplaints, ocsfFolder, readOcsfSchema } from './ocsf-schema.ts';

// A browser and a validator on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const worlds: readonly (readonly [name: string, isHostile: boolean])[] = [
  ['mixed', false],
  ['mixed', true],
];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'reports-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const place = path.join(scratch, name);
  writeFileSync(place, content);
  return place;
};
const runs = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;

describe.each(worlds)('%s, hostile %s', (name, isHostile) => {
  let audit: AuditResult;
  beforeAll(() => {
    audit = auditedWorld(name, isHostile);
  });

  const multitool = path.resolve('node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool');
  const noMultitool = existsSync(multitool) ? null : 'no @microsoft/sarif-multitool-linux in node_modules';
  test.skipIf(noMultitool)(
    `SARIF: 0 errors by Microsoft's validator, 1 warning: no page tells of the product yet${skippedFor(noMultitool)}`,
    () => {
      const accepted = { reason: 'later', by: 'ann', until: '2030-01-01' };
      const [first, ...rest] = audit.findings;
      const location = { file: 'infra/main file.json', line: 3, column: 5 };
      const found =
        first === undefined ? [] : [{ ...first, accepted }, ...rest.map((one) => ({ ...one, location })), ...rest];
      const log = file('a.sarif', renderJson(sarifLog({ ...audit, findings: found }, about)));
      const out = path.join(scratch, 'out.sarif');
      execFileSync(multitool, ['validate', log, '--rule-kind', 'Sarif;Ghas', '-o', out, '--log', 'ForceOverwrite']);
      const {
        runs: [run],
      } = JSON.parse(readFileSync(out, 'utf8')) as {
        runs: [{ results?: { level?: string; ruleId: string; message: { id?: string } }[] }];
      };
      const wrong = (run.results ?? []).filter(({ level = 'warning' }) => level === 'error' || level === 'warning');
      // An address that nobody of the product owns would be worse than none.
      expect(wrong.map(({ ruleId, message: { id } }) => [ruleId, id])).toEqual([
        ['SARIF2005', 'Warning_ProvideToolnformationUri'],
      ]);
      expect(found.length).toBeGreaterThan(100);
    },
  );

  const noXmllint = runs('xmllint', '--version') ? null : 'no xmllint';
  test.skipIf(noXmllint)(`JUnit: as the schema has it, by libxml2${skippedFor(noXmllint)}`, () => {
    const report = file('a.xml', [...renderJunit(audit)].join(''));
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', fixture('junit.xsd'), report]);
    expect({ status, stderr: String(stderr).trim() }).toEqual({ status: 0, stderr: `${report} validates` });
    const count = String(spawnSync('xmllint', ['--xpath', 'count(//testcase)', report]).stdout).trim();
    expect(Number(count)).toBe(audit.every().count);
  });

  const python = ['python3', '/usr/bin/python3'].find((one) => runs(one, '-c', 'import openpyxl'));
  const noOpenpyxl = python === undefined ? 'no openpyxl' : null;
  test.skipIf(noOpenpyxl)(
    `xlsx: openpyxl reads every cell as it was written, and no formula${skippedFor(noOpenpyxl)}`,
    () => {
      const formula = audit.findings
        .slice(0, 1)
        .map((one) => ({ ...one, because: '=HYPERLINK("http://evil")', severity: 'low' as const }));
      const findings = [...formula, ...audit.findings];
      const book = file('a.xlsx', Buffer.concat([...renderXlsx({ findings })]));
      // openpyxl leaves the escape of `_x0041_` as it is; a spreadsheet reads it as the same text.
      const script =
        'import json,sys,openpyxl\ns=openpyxl.load_workbook(sys.argv[1]).active\nprint(json.dumps([[[c.value,c.data_type] for c in r] for r in s.iter_rows()]))';
      const out = execFileSync(python ?? '', ['-c', script, book], { maxBuffer: 1e9, encoding: 'utf8' });
      const rows = JSON.parse(out) as (readonly [value: string | number | null, type: string])[][];
      const values = rows.map((row) =>
        row.map(([value]) => (typeof value === 'string' ? value.replaceAll('_x005F_x', '_x') : (value ?? ''))),
      );
      expect(values).toEqual(
        [findingColumns.map((one) => one.name), ...findings.map(cellsOf)].map((row) => row.map(asRead)),
      );
      expect(new Set(rows.flat().map(([, type]) => type))).not.toContain('f');
    },
  );

  const noBrowser = browserPath === undefined ? 'no chromium' : null;
  test.skipIf(noBrowser)(
    `HTML: loads nothing, sorts, filters, and axe finds nothing in it${skippedFor(noBrowser)}`,
    async () => {
      const findings = audit.findings.filter(
        ({ outcome }, at) => outcome !== 'notApplicable' && (outcome === 'fail' || at % 9 === 0),
      );
      const page = file('a.html', [...renderHtml({ ...audit, findings })].join(''));
      const chrome = await openBrowser();
      try {
        for (const colorScheme of ['light', 'dark'] as const) {
          const tab = await chrome.newPage({ colorScheme });
          const told: string[] = [];
          tab.on('request', (request) => told.push(request.url()));
          tab.on('console', (message) => told.push(message.text()));
          tab.on('pageerror', (error) => told.push(error.message));
          await tab.goto(pathToFileURL(page).href);
          await tab.locator('#finding-table th:nth-child(3) button').click();
          await tab.getByLabel('Outcome').selectOption('fail');
          const shown = await tab.locator('#finding-table tbody tr:visible td:nth-child(3)').allTextContents();
          const failing = findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);
          expect(shown).toEqual(failing.toSorted(new Intl.Collator('en', { numeric: true }).compare));
          expect(await tab.locator('output').textContent()).toBe(`${failing.length} of ${findings.length}`);
          await tab.getByLabel('Outcome').selectOption('');
          await tab.evaluate(readFileSync(path.resolve('node_modules/axe-core/axe.min.js'), 'utf8'));
          const { violations } = (await tab.evaluate('axe.run()')) as AxeResult;
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
          expect(told).toEqual([pathToFileURL(page).href]);
        }
      } finally {
        await chrome.close();
      }
    },
  );

  const ocsfEvents = (): JsonObject[] => {
    const [first, ...rest] = [...audit.every().parts()].flat();
    const accepted = { reason: 'later', by: null, until: null };
    const findings = first === undefined ? [] : [{ ...first, outcome: 'fail' as const, accepted }, ...rest];
    const lines = [...renderOcsf({ ...audit, findings }, about)].join('').trim().split('\n');
    expect(lines).toHaveLength(findings.length);
    return lines.map((line) => JSON.parse(line));
  };

  test('OCSF: as its schema has a compliance finding', () => {
    const events = ocsfEvents();
    expect([...new Set(events.flatMap((event) => ocsfComplaints(publishedOcsf, event)))]).toEqual([]);
    const statuses = new Set(events.map(({ compliance }) => (compliance as JsonObject).status_id));
    expect([...statuses].toSorted()).toEqual([0, 1, 3, 99]);
  });

  const noOcsf = ocsfFolder === null ? 'OCSF_SCHEMA names no checkout of github.com/ocsf/ocsf-schema' : null;
  test.skipIf(noOcsf)(`OCSF: as a checkout of the schema has it${skippedFor(noOcsf)}`, () => {
    const schema = readOcsfSchema(ocsfFolder ?? '', 'compliance_finding', ['cloud']);
    expect([...new Set(ocsfEvents().flatMap((event) => ocsfComplaints(schema, event)))]).toEqual([]);
  });
});

describe('OCSF', () => {
  const [event] = [...renderOcsf(auditedWorld('mixed', false), about)].map((line): JsonObject => JSON.parse(line));
  const wrong = (change: JsonObject) => ocsfComplaints(publishedOcsf, { ...event, ...change });
  const within = (name: string, change: JsonObject) =>
    wrong({ [name]: { ...(event?.[name] as JsonObject), ...change } });

  test.each([
    ['class_uid', { class_uid: 2001 }],
    ['type_uid', { type_uid: 200302 }],
    ['severity_id', { severity_id: 50 }],
    ['time', { time: '2026-11-28T00:00:00Z' }],
    ['resources', { resources: {} }],
    ['nonsense', { nonsense: 1 }],
  ])('a wrong %s is found', (name, change) => {
    expect(wrong(change)).toEqual([expect.stringContaining(name)]);
  });

  test('every attribute that is required is missed', () => {
    const required = Object.entries(publishedOcsf.event.attributes).flatMap(([name, one]) =>
      one.isRequired ? [name] : [],
    );
    for (const name of required) {
      const { [name]: _gone, ...rest } = event ?? {};
      expect(ocsfComplaints(publishedOcsf, rest)).toContain(`event.${name} is missing`);
    }
  });

  test('what the objects of an event must hold', () => {
    expect(within('compliance', { status_id: 4 })).toEqual(['event.compliance.status_id is 4, which is not listed']);
    expect(within('finding_info', { analytic: { type: 'Rule', name: 'a' } })).toEqual([
      'event.finding_info.analytic.type_id is missing',
    ]);
    expect(within('cloud', { account: { type_id: 13 } })).toEqual(['event.cloud.account needs one of name, uid']);
  });

  test.skipIf(ocsfFolder === null)(
    `what is written down is what the checkout says${skippedFor(ocsfFolder === null ? 'OCSF_SCHEMA names none' : null)}`,
    () => {
      const whole = readOcsfSchema(ocsfFolder ?? '', 'compliance_finding', ['cloud']);
      const objects = [publishedOcsf, ...Object.keys(publishedOcsf.objects)];
      for (const one of objects) {
        const [own, all] =
          typeof one === 'string' ? [publishedOcsf.objects[one], whole.objects[one]] : [one.event, whole.event];
        expect(own?.atLeastOne).toEqual(all?.atLeastOne);
        expect(all?.attributes).toMatchObject(own?.attributes ?? {});
        const required = (from: typeof own) =>
          Object.entries(from?.attributes ?? {}).flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));
        expect(required(own).toSorted()).toEqual(required(all).toSorted());
      }
    },
  );
});

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What a reader of XML makes of characters that it does not allow. */
const asRead = (value: string | number): string | number =>
  typeof value === 'number' ? value : value.replace(/[\ufffe\uffff]/g, '');
