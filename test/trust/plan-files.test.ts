// A plan file is an order, not the truth: whatever its words say, what is shown, checked, exported and sent follows from its changes,
// and only the plan that was approved is applied.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { isRisky } from '../../src/model/effect.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { planDigest } from '../../src/session/digest.ts';
import {
  bastide,
  bastideJson,
  declareNoServerless,
  everyEffect,
  freshHome,
  type OutcomeJson,
} from '../support/bastide.ts';

type PlanJson = Plan & { readonly digest: string };
type File = { result: { -readonly [Name in keyof PlanJson]: PlanJson[Name] } };

const home = freshHome({ NO_COLOR: '1' });
afterAll(() => home.remove());
const demo = '--demo=mixed';
const at = (name: string) => path.join(home.folder, name);
let original: string;

// Together they open an account before they close it, which introduces a finding.
const targets = ['storage.default-action-deny', 'storage.vnet-rule-compute-subnet', 'storage.bypass-azure-services'];
beforeAll(async () => {
  await declareNoServerless(home, 'mixed');
  await bastide(['plan', ...targets, demo, '--output', 'plan.json'], home);
  original = readFileSync(at('plan.json'), 'utf8');
  expect(original).toContain('"Deny"');
});

/** The file with its plan changed; `signed`: with a digest that fits, as a forger would write it. */
function forged(name: string, change: (plan: File['result']) => void, signed = true): string {
  const file = JSON.parse(original) as File;
  change(file.result);
  if (signed) file.result.digest = planDigest(file.result);
  writeFileSync(at(name), JSON.stringify(file));
  return name;
}
const refused = async (file: string, ...more: readonly string[]) => {
  const state = readFileSync(at('bastide/demo/mixed.json'), 'utf8');
  const ran = await bastideJson<OutcomeJson>(['apply', file, demo, '--yes', ...more], home);
  expect(readFileSync(at('bastide/demo/mixed.json'), 'utf8')).toBe(state);
  return [ran.status, ran.failure?.code];
};
const withSteps = (change: (step: Step) => Partial<Step>) => (plan: File['result']) => {
  plan.steps = plan.steps.map((step) => ({ ...step, ...change(step) }));
};

describe('what is refused, with exit 4 and nothing sent', () => {
  test('a plan that was edited', async () => {
    const flip = (step: Step): Partial<Step> => ({
      change: JSON.parse(JSON.stringify(step.change).replaceAll('"Deny"', '"Allow"')) as Change,
    });
    expect(await refused(forged('edited.json', withSteps(flip), false))).toEqual([4, 'edited-plan']);
    const fewer = forged(
      'fewer.json',
      (plan) => {
        plan.steps = plan.steps.slice(1);
      },
      false,
    );
    expect(await refused(fewer)).toEqual([4, 'edited-plan']);
    const elsewhere = forged(
      'elsewhere.json',
      (plan) => {
        plan.workspace = plan.workspace?.replace('mlw-sim', 'mlw-other') ?? null;
      },
      false,
    );
    expect(await refused(elsewhere)).toEqual([4, 'edited-plan']);
  });

  test('a plan of an older version, which has no digest', async () => {
    const old = forged('old.json', (plan) => Reflect.deleteProperty(plan, 'digest'), false);
    expect(await refused(old)).toEqual([4, 'old-plan']);
    // Views, what-if and export open it.
    for (const words of [
      ['apply', old, '--dry-run'],
      ['what-if', old],
      ['export', old, '--as', 'az'],
    ]) {
      expect([words[0], (await bastide([...words, demo], home)).status]).toEqual([words[0], 0]);
    }
  });

  test('a plan made with other api-versions, with the command that makes it again', async () => {
    const account = 'Microsoft.Storage/storageAccounts';
    const older = forged('older.json', (plan) => {
      const { apiVersions } = plan as { readonly apiVersions?: Readonly<Record<string, string>> };
      Object.assign(plan, { apiVersions: { ...apiVersions, [account]: '2023-05-01' } });
    });
    const ran = await bastideJson<OutcomeJson>(['apply', older, demo, '--yes'], home);
    expect([ran.status, ran.failure?.code]).toEqual([4, 'old-plan']);
    expect(ran.failure?.message).toContain('with api-version 2023-05-01');
    const { next = '' } = ran.failure ?? {};
    expect(next).toMatch(/^Make it again: bastide plan 'storage\./);
    const none = forged('none.json', (plan) => Reflect.deleteProperty(plan, 'apiVersions'));
    expect(await refused(none)).toEqual([4, 'old-plan']);
    // What it says makes a plan that is taken.
    const words = [...next.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(4);
    expect((await bastide(words.map((one) => (one === 'FILE' ? 'again.json' : one)).concat(demo), home)).status).toBe(
      0,
    );
    expect((await bastide(['apply', 'again.json', demo, '--dry-run'], home)).status).toBe(0);
  });

  test('a setting that changed, named also where it makes a gate fail', async () => {
    const state = readFileSync(at('bastide/demo/mixed.json'), 'utf8');
    const moved = JSON.parse(state, (key, value) =>
      // The plan opens the account for trusted services before it closes it: from "None" only.
      key === 'networkAcls' && value?.bypass === 'None' && value.defaultAction === 'Allow'
        ? { ...value, bypass: 'Metrics' }
        : value,
    );
    writeFileSync(at('plan.json'), original);
    writeFileSync(at('bastide/demo/mixed.json'), JSON.stringify(moved));
    const ran = await bastideJson<OutcomeJson>(['apply', 'plan.json', demo, '--yes'], home);
    writeFileSync(at('bastide/demo/mixed.json'), state);
    expect([ran.status, ran.failure?.code]).toEqual([4, 'drift']);
    expect(ran.failure?.message).toContain('stmldata');
    expect(ran.failure?.message).toMatch(/bypass/);
  });

  test('any plan but the approved one', async () => {
    const { digest } = (JSON.parse(original) as File).result;
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await refused('plan.json', '--digest', digest.replace(/^./, digest.startsWith('0') ? '1' : '0'))).toEqual([
      4,
      'other-digest',
    ]);
    const other = forged('other.json', (plan) => {
      plan.steps = plan.steps.slice(1);
    });
    expect(await refused(other, '--digest', digest)).toEqual([4, 'other-digest']);
  });

  test('an undo that the history does not have', async () => {
    const undo = forged('undo.json', (plan) => {
      plan.verb = 'undo';
      plan.of = 'e-1';
    });
    expect((await refused(undo))[0]).toBe(4);
  });

  test('a step that its gates stop, though the file says that they pass', async () => {
    const closing = (plan: File['result']) => {
      // Only what restricts: nothing that must be allowed first is in it.
      plan.steps = plan.steps
        .filter(({ change }) => JSON.stringify(change).includes('"Deny"'))
        .map((step) => ({ ...step, needs: [], phase: 2, risk: 'None.', undo: 'exact', effects: [] }));
      plan.gates = [{ kind: 'rule', outcome: 'pass', detail: 'All good.' }];
    };
    expect(await refused(forged('closing.json', closing))).toEqual([4, 'gate']);
  });
});

test('the digest covers what will be sent and what it does, and nothing else', () => {
  const { result } = JSON.parse(original) as File;
  const words = {
    ...result,
    id: 'x',
    gates: [],
    skipped: [],
    preview: { ...result.preview, resolves: [] },
    irreversible: [],
  };
  expect(planDigest(words)).toBe(result.digest);
  const introduces = [...result.preview.introduces, 'x'];
  expect(planDigest({ ...result, preview: { ...result.preview, introduces } })).not.toBe(result.digest);
  const shuffled = JSON.parse(JSON.stringify(result, Object.keys(flat(result)).toReversed())) as Plan;
  expect(planDigest(shuffled)).toBe(result.digest);
  expect(planDigest({ ...result, steps: result.steps.toReversed() })).not.toBe(result.digest);
  expect(planDigest({ ...result, source: { kind: 'demo', name: 'demo:open' } })).not.toBe(result.digest);
});

/** Every member name in a value. */
function flat(value: unknown): Record<string, true> {
  if (Array.isArray(value)) return Object.assign({}, ...value.map(flat));
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign({}, ...Object.entries(value).map(([name, inner]) => ({ [name]: true, ...flat(inner) })));
}

test('forged words are neither shown nor exported', async () => {
  const lies = 'FORGED $(touch /tmp/pwned)';
  const name = forged('forged.json', (plan) => {
    withSteps(() => ({ az: `az version; ${lies}`, risk: lies, undo: 'exact', does: lies, effects: [], needs: [lies] }))(
      plan,
    );
    plan.gates = [{ kind: 'lock', outcome: 'pass', detail: lies }];
    plan.skipped = [{ finding: `x@${lies}`, reason: lies }];
    plan.preview = { ...plan.preview, resolves: [lies] };
    plan.irreversible = [lies];
    plan.effects = [];
  });
  // The digest still fits: only words were forged.
  expect((JSON.parse(readFileSync(at(name), 'utf8')) as File).result.digest).toBe(
    (JSON.parse(original) as File).result.digest,
  );
  for (const words of [
    ['export', name, '--as', 'az'],
    ['export', name, '--as', 'arm'],
    ['apply', name, '--dry-run'],
    ['apply', name, '--dry-run', '--format', 'json'],
    ['what-if', name],
  ]) {
    const ran = await bastide([...words, demo], home);
    expect([words.join(' '), ran.status]).toEqual([words.join(' '), 0]);
    expect(ran.stdout + ran.stderr).not.toContain('FORGED');
  }
  const seen = await bastideJson<PlanJson>(['apply', name, demo, '--dry-run'], home);
  const { result: honest } = JSON.parse(original) as File;
  expect(seen.result.effects).toEqual(honest.effects);
  expect(seen.result.steps.map(({ az, undo, does }) => [az, undo, does])).toEqual(
    honest.steps.map(({ az, undo, does }) => [az, undo, does]),
  );
  expect(new Set(seen.result.preview.resolves)).toEqual(new Set(honest.preview.resolves));
});

test('steps are chosen by number, and what depends on one goes with it', async () => {
  const { result } = JSON.parse(original) as File;
  const closing = result.steps.at(-1)?.change;
  const opened = result.steps.findIndex(({ change }) => change.resource === closing?.resource);
  const chosen = await bastideJson<PlanJson>(
    ['apply', 'plan.json', demo, '--dry-run', '--without', String(opened + 1)],
    home,
  );
  expect(chosen.result.steps).toHaveLength(result.steps.length - 2);
  expect(chosen.result.digest).not.toBe(result.digest);
  const kept = chosen.result.steps.map(({ change }) => JSON.stringify(change));
  expect(kept).not.toContain(JSON.stringify(result.steps[opened]?.change));
  expect(kept).not.toContain(JSON.stringify(closing));
  expect(chosen.result.preview.resolves.length).toBeLessThan(result.preview.resolves.length);

  const one = await bastideJson<PlanJson>(['apply', 'plan.json', demo, '--dry-run', '--step', '1'], home);
  expect(one.result.steps.map(({ change }) => change)).toEqual([result.steps[0]?.change]);
  const last = String(result.steps.length);
  expect((await bastideJson(['apply', 'plan.json', demo, '--dry-run', '--step', last], home)).failure?.code).toBe(
    'bad-step',
  );
  for (const wrong of ['0', '99', 'x', '']) {
    expect((await bastideJson(['apply', 'plan.json', demo, '--dry-run', '--step', wrong], home)).status).toBe(2);
  }
});

test('the approved plan is applied, once, and says what it introduced', async () => {
  const { digest, steps, preview } = (JSON.parse(original) as File).result;
  type Verified = OutcomeJson & { readonly verified: { readonly introduced: readonly string[] } };
  const ran = await bastideJson<Verified>(
    ['apply', 'plan.json', demo, '--yes', '--digest', digest.toUpperCase()],
    home,
  );
  expect([ran.status, ran.failure]).toEqual([0, null]);
  expect(ran.result.steps).toHaveLength(steps.length);
  expect(new Set(ran.result.verified.introduced)).toEqual(new Set(preview.introduces));
  expect(ran.result.verified.introduced.length).toBeGreaterThan(0);
  const again = await bastideJson<OutcomeJson>(['apply', 'plan.json', demo, '--yes'], home);
  expect([again.status, again.result.entry]).toEqual([0, null]);
});

test('an approval covers the effects that were read, and no others of their kind', async () => {
  const world = '--demo=drifted';
  const words = ['plan', 'storage.public-network-access', '--answer', 'way=open', '--resource', 'stmlarch'];
  const { result } = await bastideJson<PlanJson>([...words, world, '--output', 'open.json'], home);
  expect(result.effects.some(({ kind }) => kind === 'opens')).toBe(true);
  const state = at('bastide/demo/drifted.json');
  // Another client opens the account itself: with its public endpoint, everybody would reach it.
  const before = readFileSync(state, 'utf8');
  const body = /"id": *"[^"]*\/storageAccounts\/stmlarch"[\s\S]*?"defaultAction": *"Deny"/;
  expect(before).toMatch(body);
  writeFileSync(
    state,
    before.replace(body, (text) => text.replace(/"Deny"$/, '"Allow"')),
  );
  const digest = result.digest;
  const refusedNow = await bastideJson<OutcomeJson>(['apply', 'open.json', world, '--yes', '--digest', digest], home);
  expect([refusedNow.status, refusedNow.failure?.code]).toEqual([4, 'effects-changed']);
  writeFileSync(state, before);
  const applied = await bastideJson<OutcomeJson>(['apply', 'open.json', world, '--yes', '--digest', digest], home);
  expect(applied.result.steps.map((one) => one.state)).toEqual(['done']);
});

test('the digest of a redo covers its effects: a file that names more of them is another plan', async () => {
  const world = '--demo=open';
  await declareNoServerless(home, 'open');
  const fix = ['fix', 'storage.default-action-deny', world, '--yes', ...everyEffect];
  expect((await bastideJson<OutcomeJson>(fix, home)).result.entry).not.toBeNull();
  expect((await bastideJson<OutcomeJson>(['undo', world, '--yes'], home)).status).toBe(0);
  const { stdout } = await bastide(['redo', world, '--dry-run', '--format', 'json'], home);
  const { result } = JSON.parse(stdout) as File;
  const [effect] = result.effects.filter(isRisky);
  expect(effect).toBeDefined();
  const fewer = { ...result, effects: result.effects.filter((one) => one !== effect) };
  expect([planDigest(result), planDigest(fewer)]).toEqual([result.digest, expect.not.stringMatching(result.digest)]);
  // What was approved had one effect less: the digest of that does not fit this file, and its effects are not allowed.
  const put = (name: string, plan: File['result']) =>
    writeFileSync(at(name), JSON.stringify({ ...JSON.parse(stdout), result: plan }));
  put('more.json', { ...result, digest: planDigest(fewer) });
  put('fewer.json', { ...fewer, digest: planDigest(fewer) });
  put('redo.json', result);
  const apply = (name: string, digest: string) =>
    bastideJson<OutcomeJson>(['apply', name, world, '--yes', '--digest', digest], home);
  expect((await apply('more.json', planDigest(fewer))).failure?.code).toBe('edited-plan');
  expect((await apply('fewer.json', planDigest(fewer))).failure?.code).toBe('effects-changed');
  const applied = await apply('redo.json', result.digest);
  expect([applied.status, applied.failure]).toEqual([0, null]);
});
