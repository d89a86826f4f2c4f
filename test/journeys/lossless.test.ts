// Nothing that Bastide does not know is lost: members of any name, their order and the exact text of numbers, planted at every
// level of every resource, survive a fix of everything and its undo.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  memberName,
  parseJson,
  stringifyJson,
} from '../../src/model/json.ts';
import { memberNames, withMember } from '../../src/model/pointer.ts';
import {
  type AuditJson,
  bastide,
  bastideJson,
  everyEffect,
  freshHome,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});

const strange = parseJson(
  '{"b":1.0,"a":12345678901234567890,"2024":[1e2,{"9":null,"10":-0,"x":"\\u00e9\\u001b[31m"}],"__proto__":{"deep":0.10},"Z":"a"}',
);
const places = new Set([
  'properties',
  'networkAcls',
  'virtualNetworkRules',
  'ipRules',
  'subnets',
  'serviceEndpoints',
  'tags',
]);

/** The strange object in every object on the way to what a fix touches, before its first member and after its last. */
function planted(value: Json, isPlace: boolean): Json {
  if (isArray(value)) return value.map((item) => planted(item, isPlace));
  if (!isObject(value)) return value;
  let object: JsonObject = value;
  for (const name of memberNames(object)) {
    if (places.has(name)) object = withMember(object, name, planted(object[name] as Json, name !== 'tags'));
  }
  return isPlace ? { zzFirst: strange, ...object, zzLast: strange } : object;
}

const volatile = new Set(['etag', 'provisioningState', 'state', 'resourceGuid', 'lastModifiedAt', 'locations']);
/** As text, since only text shows order and numbers; without what the service itself moves. */
function settled(value: Json): Json {
  if (isArray(value)) return value.map(settled);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !volatile.has(memberName(name)));
  return Object.fromEntries(kept.map(([name, item]) => [name, settled(item)]));
}
function bodies(file: string): Map<string, string> {
  const state = parseJson(readFileSync(file, 'utf8'));
  const resources = isObject(state) && isArray(state.resources) ? state.resources : [];
  return new Map(
    resources.flatMap((body) =>
      isObject(body) ? [[String(body.id).toLowerCase(), stringifyJson(settled(body), 1)]] : [],
    ),
  );
}

test.each(['mixed', 'open'])('world %s', async (world) => {
  const home = freshHome();
  homes.push(home);
  const demo = `--demo=${world}`;
  const file = path.join(home.folder, 'bastide/demo', `${world}.json`);
  await bastideJson<AuditJson>(['audit', demo], home);
  const state = parseJson(readFileSync(file, 'utf8')) as JsonObject;
  const resources = (state.resources as readonly Json[]).map((body) => planted(body, true));
  writeFileSync(file, stringifyJson(withMember(state, 'resources', resources), 2));
  const before = bodies(file);
  const wanted = (text: string) => text.split('"zzFirst"').length + text.split('"zzLast"').length;

  const answer = world === 'open' ? ['--answer', 'sku=Premium'] : [];
  const fixed = await bastideJson<OutcomeJson>(['fix', '--all', ...answer, ...everyEffect, '--yes', demo], home);
  expect(fixed.failure).toBeNull();
  expect(fixed.result.verified.persisting).toEqual([]);
  const after = bodies(file);
  const touched = [...before].filter(([id, text]) => after.get(id) !== text);
  expect(touched.length).toBeGreaterThan(3);
  for (const [id, text] of touched) {
    // An address range that is taken out takes what was planted in it along; nothing else may go.
    const gone = wanted(text) - wanted(after.get(id) ?? '');
    const removed = fixed.result.steps.length > 0 ? text.split('"20.0.0.0/7"').length - 1 : 0;
    expect([id, gone <= 2 * removed]).toEqual([id, true]);
  }

  const undone = await bastide(['undo', '--yes', demo], home);
  expect(undone.status, undone.stderr).toBe(0);
  for (const [id, text] of bodies(file)) {
    if (world === 'open' && id.includes('/vaults/')) continue;
    expect(text).toBe(before.get(id));
  }
});
