// The service's own diagnosis of a workspace, through `@azure/arm-machinelearningservices`: an action that goes on after its
// answer and changes nothing. What it says is kept raw.

import { isObject } from '../model/json.ts';
import { fold, parseId } from '../model/resource-id.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { diagnosisAction, diagnosisOf } from '../resource-types/index.ts';
import type { LiveAnswer } from './arm-client.ts';
import { callGenerated } from './generated-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import type { ReadContext } from './reading.ts';
import { operationStatus, refusalOf } from './refusal.ts';
import { TransportError } from './transport.ts';

/** All that can be asked about. */
const everything = {
  ...{ udr: {}, nsg: {}, resourceLock: {}, dnsResolution: {}, storageAccount: {}, keyVault: {} },
  ...{ containerRegistry: {}, applicationInsights: {}, others: {} },
};
/** Seconds between two polls of a running diagnosis, where Azure names none. */
const lookEvery = 2;

/** See {@link ArmClient.diagnose}. */
export async function askDiagnosis(
  context: ReadContext,
  endpoint: string,
  workspace: string,
  signal?: AbortSignal,
): Promise<LiveAnswer> {
  const id = diagnosisOf(workspace);
  const refused = (gap: ReadFailure): LiveAnswer => {
    const action = gap.action.endsWith('/read') ? diagnosisAction : gap.action;
    const reason = gap.status === 403 ? `Access denied: ${action} is missing.` : gap.reason;
    return { ok: false, gap: { ...gap, id, action, reason } };
  };
  const { subscription, resourceGroup, names } = parseId(workspace);
  const [name] = names;
  if (subscription === undefined || resourceGroup === undefined || name === undefined) {
    return refused(readFailureOfMalformed(id, diagnosisAction, 'the id is not that of a workspace'));
  }
  try {
    const answer = await callGenerated(
      context,
      { endpoint, type: diagnosisAction },
      async ({ credential, options }) => {
        const { AzureMachineLearningWorkspaces } = await import('@azure/arm-machinelearningservices');
        return new AzureMachineLearningWorkspaces(credential, subscription, options);
      },
      (client) =>
        client.workspaces.beginDiagnoseAndWait(resourceGroup, name, {
          parameters: { value: everything },
          updateIntervalInMs: lookEvery * 1000,
          ...(signal ? { abortSignal: signal } : {}),
        }),
      signal,
    );
    const state = operationStatus(answer.body);
    if (answer.status === 200 && state !== undefined && fold(state) !== 'succeeded') {
      const { code, message } = refusalOf(answer.status, answer.body);
      return refused({ id, action: diagnosisAction, code, reason: `Azure could not complete the request: ${message}` });
    }
    if (answer.status !== 200) return refused(readFailureOf(id, diagnosisAction, answer));
    if (!isObject(answer.body))
      return refused(readFailureOfMalformed(id, diagnosisAction, answer.bodyError ?? 'it is not a JSON object'));
    return { ok: true, body: withoutSecrets(answer.body) };
  } catch (error) {
    if (error instanceof TransportError) return refused(readFailureOfError(id, diagnosisAction, error));
    throw error;
  }
}
