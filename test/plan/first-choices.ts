// Plans of guided rules, each with the first choice that it offers.
import type { Plan } from '../../src/model/plan.ts';
import { readNeed } from '../../src/model/plan-need.ts';

type Answers = Readonly<Record<string, string>>;

/** The plan, once it needs no more input; the last that was made where it cannot be given. `make` plans with these answers. */
export function withFirstChoices(make: (answers: Answers) => Plan): { readonly plan: Plan; readonly answers: Answers } {
  let answers: Record<string, string> = {};
  for (let round = 0; ; round += 1) {
    const plan = make(answers);
    if (plan.steps.length > 0 || round === 4) return { plan, answers };
    const need = plan.skipped.map(({ reason }) => readNeed(reason)).find((one) => one !== null);
    const [first] = need?.kind === 'choice' ? need.options : [];
    const name = first?.name ?? (need?.kind === 'text' ? need.name : undefined);
    const value = first?.value ?? (need?.kind === 'text' ? (need.suggestion ?? 'bastide-made') : '');
    if (name === undefined || answers[name] === value) return { plan, answers };
    answers = { ...answers, [name]: value };
  }
}
