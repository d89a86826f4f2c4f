// After a crash: every step whose outcome is not on disk is settled by following its operation or reading the resource.
// It never writes to Azure; what was not sent stays unsent and the history says so.
import type { Entry, EntryStep } from '../model/entry.ts';
import { nameOf } from '../model/resource-id.ts';
import { closeEntry } from './apply.ts';
import type { WriteMeans } from './apply-context.ts';
import { follow, movedText, refusalText, settle } from './settle.ts';

/** The entries that were open and could be settled. */
export async function recoverEntries(means: WriteMeans, signal?: AbortSignal): Promise<readonly Entry[]> {
  if ((await means.history.unsettled()).length === 0) return [];
  return means.history.exclusively(async () => {
    const settled: Entry[] = [];
    // Read again under the writer's right: another session may have settled them meanwhile.
    const open = (await means.history.entries()).filter((entry) => entry.state === 'open');
    nextEntry: for (const entry of open) {
      for (const [index, step] of entry.steps.entries()) {
        if (step.state !== 'intended' && step.state !== 'sent') continue;
        const end = await settleStep(entry, index, step, means, signal);
        // What cannot be read now may be readable at the next start; until then the entry stays open.
        if (end === undefined) continue nextEntry;
        await means.history.update(entry.id, (now) => ({
          ...now,
          steps: now.steps.map((one, at) => (at === index ? { ...one, ...end } : one)),
        }));
        means.say({
          kind: 'settled',
          entry: entry.id,
          resource: step.resource,
          detail: `${nameOf(step.resource)}: ${end.message}`,
        });
      }
      settled.push(await closeEntry(entry.id, means));
    }
    return settled;
  });
}

async function settleStep(
  entry: Entry,
  index: number,
  step: EntryStep,
  means: WriteMeans,
  signal: AbortSignal | undefined,
): Promise<Pick<EntryStep, 'state' | 'verified' | 'operation' | 'message' | 'after'> | undefined> {
  const end = (state: 'done' | 'failed', message: string, after: string | null = null) => ({
    state,
    verified: state === 'done',
    operation: null,
    message,
    after,
  });
  if (step.operation !== null) {
    const followed = await follow(step.operation, means, signal ? { signal } : {});
    if (followed.state === 'failed')
      return end('failed', `The run was interrupted, and Azure ended the change: ${refusalText(followed.refusal)}`);
  }
  // Where no answer is known of, the request has arrived long ago or never will.
  const found = await settle(step.change, means, { signal, ...(step.state === 'intended' ? { most: 3 } : {}) });
  switch (found.state) {
    case 'done': {
      const after = found.after === null ? null : await means.history.keepBody(entry.id, `${index}-after`, found.after);
      return end('done', 'The run was interrupted; the change was applied.', after);
    }
    case 'not done':
      return end('failed', 'The run was interrupted before this change was applied.');
    case 'moved':
      return end(
        'failed',
        `The run was interrupted, and ${movedText(nameOf(step.resource), found.moved)} has changed since.`,
      );
    case 'unreadable':
      return undefined;
  }
}
