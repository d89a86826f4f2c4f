// Polls that are refused: what Azure says of the question says nothing of the operation that is asked about.
import { expect, test } from 'vitest';
import { clientTo } from './serving.ts';

const path =
  '/subscriptions/s/providers/Microsoft.Network/locations/westeurope/operationResults/1?api-version=2024-01-01#location';
const error = (status: number, code: string) => ({ status, body: JSON.stringify({ error: { code, message: 'No.' } }) });

test.each([
  ['refused', 403, 'AuthorizationFailed'],
  ['refused by another word', 403, 'Forbidden'],
  ['not known in this version', 400, 'InvalidApiVersionParameter'],
])('a poll at a Location that is %s is asked again', async (_how, status, code) => {
  let polls = 0;
  const { arm } = await clientTo(() => {
    polls += 1;
    return polls < 3 ? error(status, code) : { status: 204 };
  });
  expect([await arm.follow(`${arm.source.name}${path}`, {}), polls]).toEqual([{ state: 'done' }, 3]);
});

test('where it is refused for good, the resource decides', async () => {
  const { arm } = await clientTo(() => error(403, 'AuthorizationFailed'));
  const asked: number[] = [];
  const hasEnded = async () => asked.push(1) === 2;
  expect(await arm.follow(`${arm.source.name}${path}`, { hasEnded })).toEqual({ state: 'forgotten' });
  expect(asked).toHaveLength(2);
});

test.each([
  ['RequestDisallowedByPolicy', 403],
  ['SubnetIsFull', 400],
])('%s at a Location is of the operation', async (code, status) => {
  const { arm } = await clientTo(() => error(status, code));
  expect(await arm.follow(`${arm.source.name}${path}`, {})).toMatchObject({ state: 'failed', refusal: { code } });
});
