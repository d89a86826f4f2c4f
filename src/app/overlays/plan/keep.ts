// Keys of a plan that keep it: saved as a file that `apply` takes, exported, or the Azure CLI commands of its steps copied.
import type { Line } from '../../../command/definition.ts';
import { flagsOf } from '../../../command/flag.ts';
import { quoteWord } from '../../../command/parse-line.ts';
import { isFailure } from '../../../model/failure.ts';
import { powershellLines } from '../../../model/powershell.ts';
import { clean, counted } from '../../../model/text.ts';
import { line, word } from '../../draw/text.ts';
import type { Binding } from '../../state/binding.ts';
import type { EffectContext } from '../../state/effect-context.ts';
import { busy } from '../../state/reasons.ts';
import type { State } from '../../state/state.ts';
import { allSteps, numbersOf, type PlanOverlay, stepAt } from './value.ts';

const planIn = (state: State): PlanOverlay | null => (state.overlay?.kind === 'plan' ? state.overlay : null);

function mayKeep(state: State): string | null {
  return planIn(state)?.plan.steps.length === 0 ? 'The plan has no changes.' : busy(state);
}

// Each question is open before anything is waited for: keys that are typed ahead must not reach the buttons of the plan.

async function save(effects: EffectContext): Promise<void> {
  const overlay = planIn(effects.store.get());
  const { plans } = effects.options;
  if (overlay === null || plans === undefined) return;
  await write(effects, {
    ...{ what: 'plan', name: 'plan.json' },
    text: () => plans.text(overlay.plan),
    said(file) {
      const command = `bastide apply ${quoteWord(file)}`;
      return `Apply it with: ${effects.options.withSource?.(command) ?? command}`;
    },
  });
}

/** The languages that a plan is exported in, each with the file that is suggested and what it is. */
const languages: Readonly<Record<string, readonly [file: string, says: string]>> = {
  arm: ['template.json', 'ARM template'],
  az: ['plan.sh', 'Azure CLI script'],
  pwsh: ['plan.ps1', 'Azure CLI script for PowerShell'],
};

async function exportPlan(effects: EffectContext): Promise<void> {
  const { store, asking, options } = effects;
  const { snapshot } = store.get();
  const overlay = planIn(store.get());
  const command = options.context.verbs.find(({ name }) => name === 'export');
  const as = command && flagsOf(command.args).find(({ key }) => key === 'as');
  const { plans } = options;
  if (overlay === null || plans === undefined || snapshot === null || as === undefined) return;
  const choices = as.choices
    .filter((name) => Object.hasOwn(languages, name))
    .map((name) => ({ value: name, label: `${name.padEnd(6)}${languages[name]?.[1]}` }));
  const title = 'Export the plan as a template or a script';
  const shape = await asking.above.choose({ name: as.name, title, choices }).catch(() => '');
  if (shape === '') return;
  let notes: readonly string[] = [];
  await write(effects, {
    ...{ what: 'export', name: languages[shape]?.[0] ?? `plan.${shape}` },
    async text() {
      const exported = await plans.exported(overlay.plan, snapshot, shape);
      notes = exported.notes;
      return exported.text;
    },
    said: () => notes.map((note) => clean(note, 300)).join(' '),
  });
}

interface Written {
  readonly what: string;
  /** The suggested name of the file. */
  readonly name: string;
  text(): Promise<string>;
  /** What follows from it. */
  said(file: string): string;
}

/** Asks for the name of the file, and before a file is replaced; again where it cannot be written, with what was typed. */
async function write(
  effects: EffectContext,
  { what, name, text, said }: Written,
  refused: readonly Line[] = [],
): Promise<void> {
  const { asking, options, controller } = effects;
  const { host } = options.context;
  const title = `File for the ${what}`;
  const typed = (
    await asking.above.text({ name: 'file', title, suggestion: name, lines: refused }).catch(() => '')
  ).trim();
  if (typed === '') return;
  const file = typed.replace(/^~(?=\/)/, host.env.HOME ?? '~');
  const isThere = await host.hasFile(file);
  const lines = [line('The file exists and will be overwritten.')];
  if (isThere && !(await asking.sure({ title: `Replace ${clean(typed, 200)}?`, lines, yes: 'Replace' }))) return;
  try {
    await host.writeFile(file, await text());
    // In quotes a shell does not expand the tilde.
    const named = quoteWord(typed) === typed ? typed : file;
    controller.say(`Saved ${clean(typed, 200)}. ${said(clean(named, 600))}`.trim(), 'ok');
  } catch (error) {
    if (!isFailure(error)) throw error;
    const why = `${error.message} ${error.next}`;
    controller.say(why, 'bad');
    if (error.code === 'unwritable-file')
      await write(effects, { what, name: typed, text, said }, [line(word(why, 'bad'))]);
  }
}

/** The commands of the step, or of all selected steps where the summary is shown. */
function copyCommands({ store, copy, options, controller }: EffectContext): void {
  const overlay = planIn(store.get());
  if (overlay === null) return;
  const at = stepAt(overlay);
  const steps = at === null ? numbersOf(overlay).map((index) => allSteps(overlay)[index]) : [allSteps(overlay)[at]];
  const lines = steps.flatMap((step) => {
    if (step === undefined || step.az === '') return [];
    return options.shell === 'pwsh' ? (powershellLines(step.az) ?? [null]) : [step.az];
  });
  if (lines.includes(null)) {
    const next = 'Export the plan for PowerShell instead.';
    controller.say(`PowerShell would change an argument of this command. ${next}`, 'warn');
    return;
  }
  copy(lines.length === 0 ? null : lines.join('\n'), counted(lines.length, 'Azure CLI command'));
}

export const keepBindings: readonly Binding[] = [
  {
    name: 'plan-save',
    where: ['plan'],
    keys: ['w'],
    label: 'save',
    help: 'Save the plan shown as a file for `apply`',
    effect: (effects) => effects.guard(save(effects)),
    hint: 1.6,
    disabledReason: mayKeep,
  },
  {
    name: 'plan-export',
    where: ['plan'],
    keys: ['x'],
    label: 'export',
    help: 'Export the plan shown as an ARM template, Azure CLI or PowerShell script',
    effect: (effects) => effects.guard(exportPlan(effects)),
    hint: 1.7,
    disabledReason: mayKeep,
  },
  {
    name: 'plan-copy-az',
    where: ['plan'],
    keys: ['c'],
    label: 'copy az',
    help: 'Copy the Azure CLI command of the step with full IDs; on the summary, those of all selected steps',
    effect: copyCommands,
    hint: 1.8,
    disabledReason: (state) => (planIn(state)?.plan.steps.length === 0 ? 'The plan has no changes.' : null),
  },
];
