// The plan that the screen shows as a file that `apply` takes, or in the language of another tool.
import type { PlanFiles } from '../app/options.ts';
import type { Json } from '../model/json.ts';

export const planFiles: PlanFiles = {
  async text(plan) {
    const [{ planJson }, { stringifyJson }] = await Promise.all([
      import('../../commands/parts/rehearsed.ts'),
      import('../model/json.ts'),
    ]);
    const result = planJson(plan);
    const envelope = { schema: 'bastide/v1', command: 'plan', arguments: {}, ok: true, result, failure: null };
    return `${stringifyJson(envelope as unknown as Json, 2)}\n`;
  },
  async exported(plan, snapshot, as) {
    const [{ shapes }, { requestsOf }, { exitStatus, Failure }, { clean }] = await Promise.all([
      import('../render/export/index.ts'),
      import('../plan/index.ts'),
      import('../model/failure.ts'),
      import('../model/text.ts'),
    ]);
    const shape = shapes.find(({ name }) => name === as) ?? shapes[0];
    const { steps, moved } = requestsOf(plan, snapshot, shape.speaks);
    if (moved.length > 0) {
      throw new Failure(
        'drift',
        exitStatus.notSent,
        `These settings changed after the plan was made: ${clean(moved.join(', '), 1000)}.`,
        'Make a new plan and export that.',
      );
    }
    return shape.render({ plan, steps, readAt: snapshot.takenAt });
  },
};
