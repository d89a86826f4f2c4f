// The plan that the screen shows as a file that `apply` takes, or in the language of another tool.
import type { PlanFiles } from '../app/options.ts';

export const planFiles: PlanFiles = {
  async text(plan) {
    const { planFileText } = await import('../../commands/parts/what-if.ts');
    return planFileText(plan);
  },
  async exported(plan, snapshot, as) {
    const { exported, shapes } = await import('../render/export/index.ts');
    return exported(plan, snapshot, shapes.find(({ name }) => name === as) ?? shapes[0]);
  },
};
