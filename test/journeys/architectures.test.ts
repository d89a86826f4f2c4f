// From the article's starting point to each of the three architectures by plans alone, and back by undo
// (docs/reference/architecture-strategy.md).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  type AuditJson,
  bastide,
  bastideJson,
  everyEffect,
  freshHome,
  type Home,
  type OutcomeJson,
} from '../support/bastide.ts';
import { partOf } from '../support/parts.ts';
import { normalBodies } from '../support/state.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const made of homes.splice(0)) made.remove();
});

interface Way {
  readonly architecture: string;
  /** Words after `fix`, act by act. */
  readonly acts: readonly (readonly string[])[];
  /** Members of the workspace that no undo restores: a managed network stays on, with what it is made of. */
  readonly stays: readonly string[];
}
const subnet = ['--answer', 'subnet=vnet-ml/snet-pe'];
const premium = ['--answer', 'sku=Premium'];
/** Settings that a compute keeps until it is deleted need another compute in its place. */
const anew = ['--answer', 'delete=yes'];

const ways: readonly Way[] = [
  { architecture: 'service-endpoint', acts: [['--all', ...premium, ...everyEffect]], stays: [] },
  {
    architecture: 'private-endpoint',
    acts: [['--all', ...subnet, ...premium, ...anew, '--answer', 'outbound=gateway', ...everyEffect]],
    stays: [],
  },
  {
    architecture: 'managed-network',
    acts: [
      [
        ...['--all', '--answer', 'mode=AllowOnlyApprovedOutbound', '--answer', 'provision=yes'],
        ...[...subnet, ...premium, ...anew, ...everyEffect],
      ],
    ],
    stays: ['managedNetwork'],
  },
];

const demo = '--demo=open';

const left = async (at: Home) => {
  const { result } = await bastideJson<AuditJson>(['audit', demo], at);
  // The service keeps its own endpoints in a subscription that no customer sees.
  expect(result.snapshot.gaps.filter(({ code }) => code !== 'SubscriptionNotFound')).toEqual([]);
  return result.findings.filter(({ outcome }) => outcome === 'fail');
};

type State = Record<string, unknown>;
/**
 * The state without the members that stay, and without what the managed network put at its targets. Under it no compute is made
 * in a subnet of one's own, so the old ones do not come back; the undo says so beforehand.
 */
function compared(state: State, stays: readonly string[]): State {
  if (stays.length === 0) return state;
  const drop = new Set([...stays, 'privateEndpointConnections', 'privateLinkCount']);
  const text = JSON.stringify(state, (key, value: unknown) => (drop.has(key) ? undefined : value));
  const bare = JSON.parse(text) as State;
  return Object.fromEntries(
    Object.entries(bare).filter(([id]) => !/\/outboundrules\/|\/privateendpoints\/|\/computes\//.test(id)),
  );
}

test.each(partOf(ways, 3))(
  'open becomes $architecture by plans alone, and comes back by undo',
  async ({ architecture, acts, stays }) => {
    const at = freshHome();
    homes.push(at);
    const state = () => normalBodies(readFileSync(path.join(at.folder, 'bastide/demo/open.json'), 'utf8'));
    for (const words of [
      ['architecture', architecture],
      ['devClientIps', 'none'],
    ]) {
      expect((await bastide(['intent', ...words, demo], at)).status).toBe(0);
    }
    expect((await left(at)).length).toBeGreaterThan(6);
    const before = compared(state(), stays);

    for (const words of acts) {
      const fixed = await bastideJson<OutcomeJson>(['fix', ...words, '--yes', demo], at);
      expect(fixed.failure, words.join(' ')).toBeNull();
      expect(fixed.result.steps.filter((step) => step.state === 'failed')).toEqual([]);
    }
    expect((await left(at)).map(({ id, because }) => `${id}: ${because}`)).toEqual([]);

    for (let undone = 0; ; undone += 1) {
      const undo = await bastide(['undo', '--yes', demo], at);
      if (undo.status === 4) break;
      expect(undo.status, undo.stderr).toBe(0);
      expect(undone).toBeLessThan(acts.length + 1);
    }
    expect(compared(state(), stays)).toEqual(before);
  },
  240_000,
);
