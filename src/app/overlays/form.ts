// A form for a command: one row per argument with its values and errors, and the resulting command line, which is run in the
// end. Independent of commands: the schema defines the rows.
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { defineOverlay } from '../state/view.ts';
import { FormBody } from './form/FormBody.tsx';
import { fieldsOf, refusalOf, wordsOf, wrongWith } from './form/fields.ts';
import { type FormOverlay, formFor, onRow, turned, withInput } from './form/value.ts';
import { within } from './parts/panel.ts';

export { type FormOverlay, formFor } from './form/value.ts';

const here = within('form');

const bindings: readonly Binding[] = [
  {
    name: 'field-next',
    where: ['form'],
    keys: ['tab', 'down'],
    label: 'next',
    help: 'Next field',
    change: here((overlay) => onRow(overlay, overlay.at + 1)),
    hint: 1,
  },
  {
    name: 'field-before',
    where: ['form'],
    keys: ['shift-tab', 'up'],
    label: 'previous',
    help: 'Previous field',
    change: here((overlay) => onRow(overlay, overlay.at - 1)),
  },
  {
    name: 'choice-right',
    where: ['form'],
    keys: ['right'],
    label: 'choose',
    help: 'Next value; in a text field, one character to the right',
    change: here((overlay) => turned(overlay, 1)),
    hint: 1.5,
  },
  {
    name: 'choice-left',
    where: ['form'],
    keys: ['left'],
    label: 'choose',
    help: 'Previous value; in a text field, one character to the left',
    change: here((overlay) => turned(overlay, -1)),
  },
  {
    name: 'form-run',
    where: ['form'],
    keys: ['enter'],
    label: 'run',
    help: 'Run the command line below; if a field is invalid, select it instead',
    effect: (effects) => submit(effects),
    hint: 2,
  },
  {
    name: 'form-leave',
    where: ['form'],
    keys: ['esc'],
    label: 'cancel',
    help: 'Cancel: nothing is run',
    effect: (effects) => effects.show(null),
    hint: 3,
  },
];

function submit(effects: EffectContext): void {
  const { overlay } = effects.store.get();
  if (overlay?.kind !== 'form') return;
  const { command, values } = overlay;
  const fields = fieldsOf(command, values);
  const wrong = fields.findIndex((field) => wrongWith(field, values) !== null);
  const refusal = refusalOf(command, values);
  if (wrong >= 0) effects.show(onRow({ ...overlay, refused: refusal }, wrong));
  else if (refusal !== null) effects.show({ ...overlay, refused: refusal });
  else effects.guard(carryOut(effects, overlay));
}

/** Errors that the command reports are corrected in the form. */
async function carryOut(effects: EffectContext, { command, values, known }: FormOverlay): Promise<void> {
  const refused = await effects.dispatcher.run(wordsOf(command, values));
  // After the result was closed the form is not reopened.
  if (refused !== null && effects.store.get().overlay?.kind === 'output')
    effects.show(formFor(command, values, known, refused));
}

export const form = defineOverlay<FormOverlay>({
  kind: 'form',
  crumb: ({ command }) => command.name,
  places: () => [],
  bindings,
  input: ({ input }) => input,
  typed: (overlay, input, state) => ({ ...state, overlay: withInput(overlay, input) }),
  turned: (overlay, rows) => onRow(overlay, overlay.at + Math.sign(rows)),
  picked: onRow,
  Body: FormBody,
});
