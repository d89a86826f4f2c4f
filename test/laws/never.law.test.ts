// What rules say that Bastide never does is compared with what the fixes of all rules can write: a sentence that one of them belies is
// wrong, and a new one needs its line here.
import { expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Change } from '../../src/model/change.ts';
import { asJson, stringifyJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { fixable, proposedFor } from '../rules/proposed.ts';
import { samples } from '../rules/samples.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { evenly, lawWorlds } from '../support/trust-size.ts';

interface Written {
  readonly change: Change;
  readonly snapshot: Snapshot;
}
const textOf = (change: Change): string => stringifyJson(asJson(change));

/** A claim, and whether a change belies it. */
const claims: readonly (readonly [RegExp, (written: Written) => boolean])[] = [
  [
    /^Bastide never allows shared keys again; /,
    ({ change }) =>
      change.edits.some(
        ({ pointer, ...edit }) => /allowSharedKeyAccess$/i.test(pointer) && 'after' in edit && edit.after === true,
      ),
  ],
  // Provisioning is the one change that sends `provisionNetworkNow`.
  [
    /^It is never part of --all: /,
    ({ change }) => change.edits.length === 0 && /provisionNetworkNow/.test(textOf(change)),
  ],
  [
    /^The managed network of .* has version 2, to which Bastide does not add rules\./,
    ({ change, snapshot }) =>
      change.kind === 'create' &&
      /\/outboundRules\//i.test(change.resource) &&
      snapshot.resources.some(
        ({ id, body }) =>
          change.resource.startsWith(`${id}/`) && /"managedNetworkKind":"V2"/i.test(stringifyJson(body)),
      ),
  ],
];
const isClaim =
  /\bBastide (?:never|only|does not|cannot|will not)\b|\b(?:is|are) never (?:part|edited|changed|deleted|written|overwritten)\b/;
const sentencesIn = (text: string): string[] => text.split(/(?<=[.:]) (?=[A-Z])/).filter((one) => isClaim.test(one));

const worlds = evenly(
  worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet'),
  lawWorlds,
);
function everythingWritten(): Written[] {
  const bySample = fixable.flatMap((sample) => {
    const snapshot = snapshotOf(sample.change);
    const made = proposedFor(sample, snapshot);
    return typeof made === 'string' ? [] : made.map(({ change }) => ({ change, snapshot }));
  });
  const byWorld = worlds.flatMap((name) => {
    const snapshot = worldSnapshot(name);
    const request = { targets: 'all' as const, answers: {}, ips: [], profile: 'all' as const };
    return buildPlan({ snapshot, rules, id: 'p', request }).steps.map(({ change }) => ({ change, snapshot }));
  });
  return [...bySample, ...byWorld];
}

test('no fix does what a sentence says that Bastide never does', () => {
  const explained = rules.flatMap(({ explain }) => [explain.why, explain.fix, explain.breaks]);
  const found = samples.flatMap(({ rule, change }) => {
    const own = rules.filter(({ id }) => id === rule);
    const { findings } = audit(snapshotOf(change), own);
    return findings.flatMap(({ because, fix }) => [because, 'reason' in fix ? String(fix.reason) : '']);
  });
  const said = [...new Set([...explained, ...found].flatMap(sentencesIn))];
  expect(said.filter((one) => !claims.some(([claim]) => claim.test(one)))).toEqual([]);
  const written = everythingWritten();
  expect(written.length).toBeGreaterThan(100);
  for (const [claim, belies] of claims) {
    expect(written.filter(belies).map(({ change }) => `${claim}: ${change.resource}`)).toEqual([]);
  }
}, 300_000);
