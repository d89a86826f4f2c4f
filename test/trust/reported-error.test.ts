// What Azure reports of a change beside accepting it: a resource that says that it failed, and an answer that shows another value than was
// sent. Neither is done as wanted, nothing is built on it, and no other client is named for it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { outcomeExit } from '../../commands/parts/act.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { type Altered, alteredAnswers, type PassedAnswer } from '../support/altered.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';

let beside: Beside;
let between: Altered;
let world: string;
beforeAll(async () => {
  beside = await openBeside('limited', undefined, async (simulator) => {
    between = await alteredAnswers(simulator);
    return between;
  });
  world = beside.simulator.stateText();
});
afterAll(async () => {
  await beside.close();
  between.close();
});
beforeEach(() => beside.simulator.restore(world));
afterEach(() => between.alter(undefined));

const account = () => `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
const isOf = ({ path, status, body }: PassedAnswer, id: string) =>
  status < 300 && body !== '' && path.toLowerCase() === id.toLowerCase();
/** Every answer about the resource shows this provisioningState; `since`: from the first write on. */
function showState(id: () => string, state: string, since: 'write' | 'start'): void {
  let isOn = since === 'start';
  between.alter((answer) => {
    isOn ||= /PUT|PATCH/.test(answer.method) && isOf(answer, id());
    if (!isOn || !isOf(answer, id())) return answer.body;
    const body = JSON.parse(answer.body);
    return JSON.stringify({ ...body, properties: { ...body.properties, provisioningState: state } });
  });
}
const sets = async (id: string, pointer: string, value: string) =>
  editChange(id, [setMember((await beside.read(id)) ?? {}, pointer, value)]);
const bypass = '/properties/networkAcls/bypass';

test.each(['Failed', 'Canceled'])(
  'a resource that is %s since the write: told, not resolved, exit 5',
  async (state) => {
    const rule = 'nsg.inbound-azureml-44224';
    const snapshot = await drain(beside.session.scan());
    const plan = beside.session.plan(snapshot, { targets: [rule], answers: {}, ips: [], profile: 'current' });
    const [step] = plan.steps;
    showState(() => step?.change.resource ?? '', state, 'write');
    const outcome = await beside.apply(plan);
    const [first] = outcome.steps;
    expect(first).toMatchObject({ state: 'done', flaw: { reason: 'state', data: { state } } });
    expect(first?.message).toContain(`its provisioningState is ${state}`);
    expect([outcome.state, outcomeExit(outcome)]).toEqual(['partial', 5]);
    expect(outcome.verified.resolved).toEqual([]);
    expect(outcome.verified.unknown).toEqual(expect.arrayContaining([...(step?.findings ?? ['none'])]));
    expect((await beside.history.entries()).at(-1)?.steps[0]).toMatchObject({
      verified: false,
      flaw: { reason: 'state' },
    });
  },
);

test('nothing is built on it: the next step is not sent', async () => {
  const vault = `${beside.group}/Microsoft.KeyVault/vaults/kv-mlsim`;
  const was = await beside.read(vault);
  const plan = await beside.planOf(
    await sets(account(), bypass, 'Metrics'),
    await sets(vault, '/properties/publicNetworkAccess', 'Disabled'),
  );
  showState(account, 'Failed', 'write');
  const outcome = await beside.apply(plan);
  expect(outcome.steps.map(({ state }) => state)).toEqual(['done', 'skipped']);
  expect(await beside.read(vault)).toEqual(was);
});

test('a resource that was Failed before: said as such, and no failure of ours', async () => {
  showState(account, 'Failed', 'start');
  const outcome = await beside.apply(await beside.planOf(await sets(account(), bypass, 'Metrics')));
  expect(outcome.steps).toMatchObject([{ state: 'done', message: expect.stringContaining('as it was before') }]);
  expect([outcome.steps[0]?.flaw, outcome.state, outcomeExit(outcome) === 5]).toEqual([undefined, 'done', false]);
});

/** From the write on, this value in place of the one that was sent: in what is read, and in the answer to the write where said. */
function showValue(sent: string, shown: string, inAnswer: boolean): void {
  let isOn = false;
  between.alter((answer) => {
    if (!isOf(answer, account())) return answer.body;
    const isWrite = answer.method !== 'GET';
    isOn ||= isWrite;
    return isOn && (inAnswer || !isWrite)
      ? answer.body.replace(`"bypass":"${sent}"`, `"bypass":"${shown}"`)
      : answer.body;
  });
}

test('an answer that shows another value already: Azure made it so, and it is not done as wanted', async () => {
  const plan = await beside.planOf(await sets(account(), bypass, 'Metrics'));
  showValue('Metrics', 'Logging', true);
  const outcome = await beside.apply(plan);
  expect(outcome.steps).toMatchObject([
    { state: 'done', flaw: { reason: 'other-value', data: { settings: [bypass] } } },
  ]);
  expect(outcome.steps[0]?.message).toMatch(/^Azure made something else .*bypass\.$/);
  expect(outcome.steps[0]?.message).not.toContain('another client');
  expect([outcome.state, outcomeExit(outcome)]).toEqual(['partial', 5]);
});

test('a reading that shows another value than the answer: who set it is not known', async () => {
  const plan = await beside.planOf(await sets(account(), bypass, 'Metrics'));
  showValue('Metrics', 'Logging', false);
  const outcome = await beside.apply(plan);
  expect(outcome.steps[0]?.message).toMatch(/shows another value at .*bypass; who set it is not known\.$/);
  expect(outcome.steps).toMatchObject([{ state: 'done' }]);
  expect((await beside.history.entries()).at(-1)?.steps).toMatchObject([{ verified: false }]);
});
