// Another client that writes to a storage account around a write of ours, which Azure compares no etag of: what it set survives where
// it came before the last reading; what vanished is told, and put back only by a plan that was previewed.
import { afterEach, expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInToSimulated } from '../../src/azure/simulated.ts';
import { memoryHistory } from '../../src/history/memory.ts';
import { type EditChange, editChange } from '../../src/model/change.ts';
import { addTo, removeFrom } from '../../src/model/edit.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession } from '../../src/session/index.ts';
import type { Session } from '../../src/session/session.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { drain } from '../support/bench.ts';
import { sandbox } from '../support/sandbox.ts';

let simulator: Simulator;
afterEach(() => simulator.stop());

const pointer = '/properties/networkAcls/ipRules';
const key = { member: 'value', fold: false };
const rule = (value: string) => ({ value, action: 'Allow' });
const [ours, theirs, old] = ['198.51.100.9', '198.51.100.20', '198.51.100.30'];

interface Around {
  /** After this many readings of the account since the plan was made. */
  readonly reads?: number;
  readonly before?: (foreign: Foreign) => Promise<void>;
  readonly after?: (foreign: Foreign) => Promise<void>;
}
interface Foreign {
  add(value: string): Promise<void>;
  remove(value: string): Promise<void>;
}

async function begin(around: Around): Promise<{
  readonly session: Session;
  plan(): Promise<Plan>;
  addresses(): Promise<readonly string[]>;
}> {
  simulator = await startSimulator({ world: 'mixed' });
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  const arm = openArmClient({
    ...{ source, endpoint: simulator.endpoint, credential: signInToSimulated(simulator) },
    ...{ ca: simulator.ca, version: 'test' },
  });
  const account = simulator.workspace.replace(
    /\/providers\/.*/,
    '/providers/Microsoft.Storage/storageAccounts/stmlsim',
  );
  const bodyOf = async () => {
    const read = await arm.read(account);
    if (!read.ok) throw new Error(read.gap.reason);
    return read.resource;
  };
  const write = async (change: EditChange) => {
    const request = resourceTypeOf(typeOf(account)).write(change, await bodyOf());
    if (typeof request === 'string') throw new Error(request);
    expect(await arm.write(request)).toMatchObject({ state: 'done' });
  };
  const foreign: Foreign = {
    add: async (value) => write(editChange(account, [addTo((await bodyOf()).body, pointer, rule(value), key)])),
    remove: async (value) => write(editChange(account, [removeFrom((await bodyOf()).body, pointer, rule(value), key)])),
  };
  let isArmed = false;
  let reads = 0;
  const watched: ArmClient = {
    ...arm,
    counts: arm.counts,
    async read(id, options) {
      const answer = await arm.read(id, options);
      if (!isArmed || id.toLowerCase() !== account.toLowerCase()) return answer;
      reads += 1;
      if (reads === around.reads) await around.before?.(foreign);
      return answer;
    },
    async write(request, signal) {
      const answer = await arm.write(request, signal);
      if (isArmed) {
        isArmed = false;
        await around.after?.(foreign);
      }
      return answer;
    },
  };
  await foreign.add(old);
  const history = memoryHistory();
  let ids = 0;
  const session = createSession({
    arm: watched,
    rules,
    history: () => history,
    intents: () => ({ get: async () => ({}), set: async () => {} }),
    selector: { workspace: simulator.workspace },
    readOnly: false,
    sandbox,
    now: () => new Date(),
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    by: 'the test',
    pace: { retries: [1], looks: [0, 5], finds: [0], arrival: 0 },
  });
  return {
    session,
    async plan() {
      const snapshot = await drain(session.scan());
      const found = snapshot.resources.find(({ id }) => id.toLowerCase() === account.toLowerCase());
      if (found === undefined) throw new Error('the account was not scanned');
      const change = editChange(found.id, [addTo(found.body, pointer, rule(ours), key)]);
      isArmed = true;
      reads = 0;
      return {
        ...{ id: 'plan', snapshot: snapshot.id, source, workspace: snapshot.workspace },
        ...{ architecture: 'service-endpoint', verb: 'fix', of: null },
        steps: [{ change, phase: 2, findings: [], needs: [], az: '', risk: '', undo: 'exact', does: '', effects: [] }],
        ...{ gates: [], skipped: [], preview: { resolves: [], introduces: [] }, irreversible: [], effects: [] },
      };
    },
    async addresses() {
      const list = valueAt((await bodyOf()).body, pointer);
      return Array.isArray(list) ? list.flatMap((item) => String((item as { value?: unknown }).value ?? '')) : [];
    },
  };
}
const apply = (session: Session, plan: Plan) => drain(session.apply(plan, { line: 'fix it', acceptWarnings: true }));

// The first reading compares the plan, the second is the step's own; the third is right before the request.
test.each([1, 2])('what is set after reading %i survives', async (reads) => {
  const { session, plan, addresses } = await begin({ reads, before: (foreign) => foreign.add(theirs) });
  expect(await apply(session, await plan())).toMatchObject({ state: 'done', vanished: [] });
  expect(await addresses()).toEqual(expect.arrayContaining([old, theirs, ours]));
});

test('a setting that vanished is told, and restored by a plan only', async () => {
  const { session, plan, addresses } = await begin({ after: (foreign) => foreign.remove(old) });
  const outcome = await apply(session, await plan());
  expect(outcome).toMatchObject({ state: 'done', vanished: [{ pointer, value: { value: old } }] });
  expect(await addresses()).not.toContain(old);
  const back = await session.planRestore();
  expect(back.steps.map(({ change }) => change.edits.map(({ op }) => op))).toEqual([['add']]);
  expect(await addresses()).not.toContain(old);
  expect(await apply(session, back)).toMatchObject({ state: 'done', vanished: [] });
  expect(await addresses()).toEqual(expect.arrayContaining([old, ours]));
  expect((await session.planRestore()).steps).toEqual([]);
});

test('where nothing vanished there is nothing to restore', async () => {
  const { session, plan } = await begin({});
  await apply(session, await plan());
  await expect(session.planRestore()).rejects.toMatchObject({ code: 'nothing-to-restore', exit: 4 });
});
