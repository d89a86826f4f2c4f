// How a thing is spelt changes no verdict: every world, and the same world as real Azure gives it (lower-case references,
// enumerations in any case, nulls, undocumented members, datastores known by name alone, strange text), scanned through the
// real ARM client and checked finding by finding.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { asAzureSpells, cleanTwin, strange } from '../../src/simulator/worlds/foreign.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, openBench } from '../support/bench.ts';
import { inEveryRun, partOf } from '../support/parts.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-foreign-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Judged {
  readonly snapshot: Snapshot;
  readonly verdicts: readonly string[];
}

/** Scans and audits; `world` brings its answers along, `load` replaces it. */
async function judged(world: string, load?: string): Promise<Judged> {
  const bench = await openBench({ world, scratch, ...(load === undefined ? {} : { load }) });
  try {
    const snapshot = await drain(bench.session.scan());
    const verdicts = (['article-2020', 'current', 'all'] as const).flatMap((profile) =>
      bench.session
        .report(snapshot, profile)
        .findings.map(({ id, outcome, severity, fix }) => `${profile} ${id}: ${outcome} ${severity} ${fix.kind}`),
    );
    return { snapshot, verdicts };
  } finally {
    await bench.close();
  }
}

// "large" is the same bodies over and over.
const plain = worldFiles.filter(({ name, pages }) => pages !== 'ragged' && name !== 'large' && name !== 'fleet');

test.each(partOf(plain, 6).map(({ name, resources }) => [name, resources] as const))(
  '%s has the same results in either spelling',
  async (name, resources) => {
    const clean = await judged(name, resources());
    const foreign = await judged(name, asAzureSpells(resources()));
    expect(clean.verdicts.length).toBeGreaterThan(100);
    expect(foreign.verdicts).toEqual(clean.verdicts);
  },
);

inEveryRun(() => {
  describe('the world foreign', () => {
    test('has the results of its clean twin, though its lists come in ragged pages', async () => {
      const clean = await judged('foreign', cleanTwin());
      const foreign = await judged('foreign');
      expect(foreign.verdicts).toEqual(clean.verdicts);
      expect(foreign.snapshot.gaps).toEqual(clean.snapshot.gaps);
      const ids = ({ snapshot }: Judged) => snapshot.resources.map(({ id }) => id.toLowerCase()).sort();
      expect(ids(foreign)).toEqual(ids(clean));
      // The second page of everything, and the empty ones.
      expect(foreign.snapshot.requests).toBeGreaterThan(clean.snapshot.requests);
    });

    test('holds all that it is for', () => {
      const text = worldFiles.find(({ name }) => name === 'foreign')?.resources() ?? '';
      for (const wanted of [
        /"storageAccount":"\/subscriptions\/[^"]*microsoft\.storage/,
        /\/resourcegroups\//,
        /"(access|direction|protocol)":"([a-z]+|[A-Z]+)"/,
        /"defaultAction":"(deny|DENY)"/,
        /"maxNodeCount":\d+\.0/,
        /"subscriptionId":null,"resourceGroup":null/,
        /"networkAcls":null|"privateEndpointConnections":null/,
        /"subnetArmId"/,
        /"sdkTelemetryAppInsightsKey"/,
        /\\u001b/,
      ]) {
        expect(text).toMatch(wanted);
      }
      expect(text).toContain(JSON.stringify(strange).slice(1, -1));
    });
  });
});
