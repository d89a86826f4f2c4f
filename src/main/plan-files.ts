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
    const { exported, shapes } = await import('../render/export/index.ts');
    return exported(plan, snapshot, shapes.find(({ name }) => name === as) ?? shapes[0]);
  },
};
