// What `export --as policy` writes, over HTTP at the simulator and its own policy engine: for each rule that Policy can hold, the
// resource is non-compliant in a world where the rule fails and compliant after its fix; Deny refuses a write that opens it again
// and permits one that does not.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { policiesFor } from '../../commands/parts/policy.ts';
import { isObject, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { updateAt } from '../../src/model/pointer.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import { type PolicyDocument, policyTable } from '../../src/policy/index.ts';
import { registryType, rulesAt } from '../../src/resource-types/registry-view.ts';
import { rules } from '../../src/rules/index.ts';
import { clientOf, type TestClient } from '../simulator/support.ts';
import { type Bench, drain } from '../support/bench.ts';
import { unrecorded } from '../support/record-exchanges.ts';
import { closeWorlds, failingWorld, profileOf } from '../support/rule-laws.ts';
import { sampleOf } from '../support/trust-size.ts';

afterAll(closeWorlds);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-policy-'));

/** What a definition holds in part and so does not see fail in a world: it looks at less than the rule. */
const notSeen: Readonly<Record<string, string>> = {
  'storage.private-endpoints': 'The account has an approved private endpoint for another sub-resource.',
  'keyvault.private-endpoint': 'The endpoint is there; its DNS records are wrong.',
  'acr.private-endpoint': 'The endpoint is there; its DNS records are wrong.',
  'aci.subnet-delegated': 'The subnet is delegated to another service.',
};

const held = Object.keys(policyTable).filter((id) => typeof policyTable[id] === 'function');

/** The assignments that hold the findings of one rule, and what they need. */
function ofRule(document: PolicyDocument, id: string) {
  const own = document.held.filter(({ rule }) => rule === id);
  const names = new Set(own.flatMap(({ assignments }) => assignments));
  const assignments = document.assignments.filter((one) => names.has(one.id.slice(one.id.lastIndexOf('/') + 1)));
  const used = assignments.map(({ body }) =>
    fold(String(isObject(body.properties) ? body.properties.policyDefinitionId : '')),
  );
  const definitions = document.definitions.filter((one) => used.includes(fold(one.id)));
  return { own, assignments, definitions };
}

type Context = Parameters<typeof policiesFor>[0];
const planned = (context: Context, found: Awaited<ReturnType<typeof failingWorld>>): PolicyDocument =>
  policiesFor(context, found.bench.session, found.snapshot, {
    source: { kind: 'plan', plan: found.plan },
    effect: 'Audit',
  });

async function place(client: TestClient, bodies: PolicyDocument['assignments']): Promise<void> {
  for (const { id, apiVersion, body } of bodies) {
    const answer = await client.put(`${id}?api-version=${apiVersion}`, body);
    expect([id, answer.status, answer.message]).toEqual([id, expect.toBeOneOf([200, 201]), '']);
  }
}

interface State {
  readonly assignment: string;
  readonly resource: string;
  readonly isCompliant: boolean;
}
async function states(client: TestClient, subscription: string): Promise<State[]> {
  const url = `/subscriptions/${subscription}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01`;
  const { text } = await client.send('POST', url);
  const { value } = JSON.parse(text) as {
    value: { policyAssignmentId: string; resourceId: string; isCompliant: boolean }[];
  };
  return value
    .map((row) => ({ ...row, assignment: fold(row.policyAssignmentId), resource: row.resourceId }))
    .filter(({ assignment }) => assignment.includes('/bastide-'));
}

const versionFor = async (bench: Bench, id: string): Promise<{ body: JsonObject; apiVersion: string } | undefined> => {
  const read = await bench.arm.read(id);
  if (!read.ok) return undefined;
  const { body, apiVersion } = read.resource;
  // Rules of a registry are read by `id`, whatever name the version has for it.
  const taken = updateAt(body, ['properties', 'networkRuleSet'], (set) =>
    isObject(set) ? rulesAt(set, apiVersion) : set,
  );
  return { body: isRegistry(id) && isObject(taken) ? taken : body, apiVersion };
};
const isRegistry = (id: string): boolean => fold(typeOf(id)) === fold(registryType);

describe.each(sampleOf(held, 4))('%s', (id) => {
  test('is non-compliant where it fails, compliant once fixed, and stays fixed by Deny', async () => {
    const context = { rules, flags: { profile: profileOf(id) } };
    const { bench, snapshot, plan } = await failingWorld(
      id,
      (found) => ofRule(planned(context, found), id).own.length > 0,
    );
    const client = await clientOf(bench.simulator);
    const notes: string[] = [];
    const stop = bench.simulator.onExchange((exchange) => notes.push(...exchange.notes));
    try {
      const { own, assignments, definitions } = ofRule(planned(context, { bench, snapshot, plan }), id);
      await place(client, [...definitions, ...assignments]);
      const { subscription } = bench.simulator;
      const before = await states(client, subscription);
      // Each finding that fails is seen by an assignment.
      for (const one of own) {
        const names = one.assignments.map((name) => fold(name));
        const seen = before.filter(({ assignment }) => names.some((name) => assignment.endsWith(`/${name}`)));
        const isSeen = seen.some(({ isCompliant }) => !isCompliant);
        const isPart = notSeen[id] !== undefined && one.limits.length > 0;
        expect([one.finding, isSeen || isPart]).toEqual([one.finding, true]);
      }
      const open = before.filter(({ isCompliant }) => !isCompliant);
      const opened = new Map<string, Awaited<ReturnType<typeof versionFor>>>();
      for (const { resource } of open) opened.set(resource, await versionFor(bench, resource));

      const outcome = await drain(bench.session.apply(plan, { line: `fix ${id}`, acceptWarnings: true }));
      expect(outcome.state).toBe('done');
      expect((await states(client, subscription)).filter(({ isCompliant }) => !isCompliant)).toEqual([]);

      // Once fixed, Deny may be asked for.
      const fixed = await drain(bench.session.scan());
      const denying = ofRule(
        policiesFor(context, bench.session, fixed, {
          source: { kind: 'entry', findings: own.map(({ finding }) => finding) },
          effect: 'Deny',
        }),
        id,
      );
      await place(client, [...denying.definitions, ...denying.assignments]);
      const denies = new Set(
        denying.assignments.filter(({ body }) => stringifyJson(body).includes('"Deny"')).map((one) => fold(one.id)),
      );
      for (const { resource, assignment } of open) {
        const was = opened.get(resource);
        if (was === undefined || !denies.has(assignment)) continue;
        const now = await versionFor(bench, resource);
        // Bodies as they were read, which the documents do not allow in requests: policies judge them all the same.
        const put = ({ apiVersion, body }: typeof was) =>
          unrecorded(() => client.put(`${resource}?api-version=${apiVersion}`, stringifyJson(body)));
        const again = await put(was);
        expect([resource, again.code]).toEqual([resource, 'RequestDisallowedByPolicy']);
        if (now === undefined) continue;
        const kept = await put(now);
        expect([resource, kept.message]).toEqual([resource, '']);
      }
      // A finding whose definition offers no Deny says so.
      for (const one of denying.own) {
        const isDenied = one.assignments.some((name) => [...denies].some((known) => known.endsWith(`/${fold(name)}`)));
        expect([one.finding, isDenied || one.limits.some((limit) => limit.includes('not Deny'))]).toEqual([
          one.finding,
          true,
        ]);
      }
      expect(notes).toEqual([]);
    } finally {
      stop();
      client.close();
      await bench.close();
    }
  });
});
