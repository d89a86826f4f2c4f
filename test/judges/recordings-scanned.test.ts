// Workspaces that Azure really showed, scanned over the wire: the simulator holds a cassette's resources, and Bastide reads them
// through its own ARM client with the results that reading the bodies gives.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { rules } from '../../src/rules/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { absent, areHere, cassettes, resourcesIn } from './recordings.ts';
import { expected } from './recordings-expected.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-recorded-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a scan learns that the recorded answers by themselves leave open: the lists of computes and networks are empty. */
const learnt = new Set([
  'workspace.network-preexists',
  'compute.placed-in-vnet',
  'workspace.private-endpoint',
  'storage.nondefault-accounts',
]);
const workspaces = cassettes(/^MachineLearning/);

describe.skipIf(!areHere)(`recorded workspaces${absent}`, () => {
  test.each(workspaces.map((cassette) => [cassette.name, cassette] as const))('%s', async (name, { exchanges }) => {
    const resources = exchanges.flatMap(({ body }) => resourcesIn(body));
    const bench = await openBench({ load: JSON.stringify(resources), scratch });
    try {
      const snapshot = await drain(bench.session.scan());
      const { findings } = audit(snapshot, rules, 'all');
      expect(snapshot.workspace?.toLowerCase()).toBe(bench.simulator.workspace.toLowerCase());
      const wanted = expected.find(({ cassette }) => cassette.test(name))?.verdicts ?? {};
      const checked = Object.entries(wanted).flatMap(([resource, verdicts]) =>
        Object.entries(verdicts)
          .filter(([rule]) => !learnt.has(rule))
          .flatMap(([rule, outcome]) => {
            const found = findings.find((one) => one.rule === rule && nameOf(one.resource) === resource);
            return found ? [[rule, resource, found.outcome, outcome]] : [];
          }),
      );
      expect(checked.length).toBeGreaterThan(0);
      expect(checked.filter(([, , found, outcome]) => found !== outcome)).toEqual([]);
      expect(findings.filter(({ outcome, gaps }) => outcome !== 'unknown' && gaps.length > 0)).toEqual([]);
    } finally {
      await bench.close();
    }
  });
});
