// What an operator must do before a plan is sent. It follows from the plan and the mark of its workspace, so that every host and
// command asks the same. Pure.
import { effectLabels, gatheredEffects, isRisky, kindsOf } from './effect.ts';
import type { Plan } from './plan.ts';
import { fold, nameOf } from './resource-id.ts';
import { clean } from './text.ts';

/** More changes than this at once need the typed name. */
const manySteps = 10;

export interface Confirmation {
  /** `Apply these 11 changes to mlw-sim?` */
  readonly question: string;
  /** The verb of the button. */
  readonly button: string;
  /** Gates that warn; confirming accepts them. */
  readonly warnings: readonly string[];
  /** The workspace's name must be typed; null when a button is enough. */
  readonly typed: { readonly name: string; readonly prompt: string } | null;
}

const buttons = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

/** `isProduction`: the workspace is marked as such in `bastide.yaml`. */
export function confirmationOf(plan: Plan, isProduction = false): Confirmation {
  const button = buttons[plan.verb];
  const count = plan.steps.length;
  const name = plan.workspace === null ? null : clean(nameOf(plan.workspace));
  const changes = count === 1 ? '1 change' : `${count} changes`;
  const these = count === 1 ? 'this change' : `these ${changes}`;
  const place = name === null ? '' : plan.verb === 'undo' ? ` on ${name}` : ` to ${name}`;
  const reason = reasonToType(plan) ?? (isProduction ? '' : null);
  const marked = isProduction ? `${name} is marked as production. ` : '';
  const prompt = `${marked}Type ${name} to ${button.toLowerCase()} ${changes}`;
  return {
    question: `${button} ${these}${place}?`,
    button,
    warnings: plan.gates.flatMap(({ outcome, detail }) => (outcome === 'warn' ? [detail] : [])),
    typed: reason === null || name === null ? null : { name, prompt: reason === '' ? prompt : `${reason} ${prompt}` },
  };
}

/** Why the name must be typed; '' when the number of changes is the reason, null when a button is enough. */
function reasonToType({ steps, effects, irreversible }: Plan): string | null {
  // What they are stands first in the plan.
  const kinds = kindsOf(effects.filter(isRisky));
  if (kinds.length > 0) {
    const lasting = kinds.includes('oneWay') ? [clean(irreversible[0] ?? '')] : [];
    return [...lasting, `Effects: ${kinds.map((kind) => effectLabels[kind].toLowerCase()).join(', ')}.`]
      .join(' ')
      .trim();
  }
  if (steps.some(({ undo }) => undo === 'none' || undo === 'partial')) {
    return clean(irreversible[0] ?? 'Part of this cannot be undone.');
  }
  return steps.length > manySteps ? '' : null;
}

/** Is this the name that must be typed? Azure compares names without case. */
export const isTypedName = (typed: string, name: string): boolean => fold(typed.trim()) === fold(name);

/** Several plans as one, for a preview of all of them: the first is applied first. It is shown and never applied itself. */
export function joinPlans(plans: readonly [Plan, ...Plan[]]): Plan {
  const [first] = plans;
  const all = <Item>(of: (plan: Plan) => readonly Item[], key: (item: Item) => string): Item[] => [
    ...new Map(plans.flatMap(of).map((item) => [key(item), item])).values(),
  ];
  const preview = plans.reduce(
    (sum, { preview: { resolves, introduces } }) => ({
      resolves: [...sum.resolves.filter((id) => !introduces.includes(id)), ...without(resolves, sum.introduces)],
      introduces: [...sum.introduces.filter((id) => !resolves.includes(id)), ...without(introduces, sum.resolves)],
    }),
    { resolves: [] as readonly string[], introduces: [] as readonly string[] },
  );
  const rollUps = all(
    (plan) => plan.preview.rollUps ?? [],
    (id) => id,
  );
  return {
    ...first,
    of: plans.length === 1 ? first.of : null,
    steps: plans.flatMap(({ steps }) => steps),
    gates: all(
      ({ gates }) => gates,
      ({ kind, outcome, detail }) => `${kind} ${outcome} ${detail}`,
    ),
    skipped: all(
      ({ skipped }) => skipped,
      ({ finding, reason }) => `${finding} ${reason}`,
    ),
    irreversible: all(
      ({ irreversible }) => irreversible,
      (sentence) => sentence,
    ),
    effects: gatheredEffects(plans.flatMap(({ effects }) => effects)),
    preview: { ...preview, ...(rollUps.length === 0 ? {} : { rollUps }) },
  };
}

const without = (ids: readonly string[], others: readonly string[]): readonly string[] =>
  ids.filter((id) => !others.includes(id));
