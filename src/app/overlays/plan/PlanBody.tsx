// The plan overlay: title, effects, steps, the text beside them, buttons.
import type { Line } from '../../../command/definition.ts';
import { countedIn } from '../../../model/compare.ts';
import { confirmationOf } from '../../../model/confirmation.ts';
import { resolvedWords } from '../../../model/problem.ts';
import { fold } from '../../../model/resource-id.ts';
import { clean, counted } from '../../../model/text.ts';
import { describePlan, undoLabels } from '../../../plan/describe.ts';
import { countedAs } from '../../../resource-types/index.ts';
import { Rows } from '../../components/Rows.tsx';
import { Split } from '../../components/Split.tsx';
import { TextPane } from '../../components/TextPane.tsx';
import { nameWords, titleLine } from '../../draw/areas.ts';
import { buttonsLine } from '../../draw/buttons.ts';
import type { Click } from '../../draw/clicks.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { line, lineWidth, word } from '../../draw/text.ts';
import { whatIfWords } from '../../screens/parts/what-if-text.ts';
import { isProduction, shortIds } from '../../state/select.ts';
import type { State } from '../../state/state.ts';
import type { ViewProps } from '../../state/view.ts';
import { planAreas, reasonAbove } from './areas.ts';
import { StepsPane } from './StepsPane.tsx';
import {
  allSteps,
  buttonsOf,
  hasList,
  isComputed,
  labelsOf,
  type PlanOverlay,
  shownButtons,
  shownStep,
  verbs,
  whyDead,
} from './value.ts';

export function PlanBody({ slice: overlay, state }: ViewProps<PlanOverlay>) {
  const { width } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const { stacked, effects, list, detail } = planAreas(state, overlay);
  const described = describePlan(overlay.plan);
  const head = [
    titleLine(nameWords(titleOf(overlay, described.title), true), true, width, '', glyphs),
    line(word(' $ ', 'dim'), word(`bastide ${shortIds(clean(overlay.line), glyphs.more)}`, 'accent')),
    summaryIn(overlay, described.warnings.length, state, glyphs),
    ...effects,
  ];
  const text = (
    <TextPane
      name={nameWords(shownStep(overlay) === null && hasList(overlay) ? 'Summary' : 'Before and after', false)}
      focused={false}
      area={detail}
      lines={state.panel.value}
      top={overlay.top}
    />
  );
  const steps = list === null ? null : <StepsPane overlay={overlay} area={list} glyphs={glyphs} />;
  return (
    <>
      <Rows lines={head} width={width} />
      {list === null || stacked ? (
        <>
          {steps}
          {text}
        </>
      ) : (
        <Split left={steps} right={text} height={list.height} />
      )}
      <Rows lines={footLines(overlay, isProduction(state), width, glyphs)} width={width} />
    </>
  );
}

/** `Fix: 9 changes to 8 resources, 2 not selected` */
function titleOf(overlay: PlanOverlay, title: string): string {
  const { steps } = overlay.plan;
  const resources = new Set(steps.map(({ change }) => fold(countedAs(change.resource)))).size;
  const out = overlay.picks?.computed.length ?? 0;
  const to = steps.length < 2 ? '' : ` to ${counted(resources, 'resource')}`;
  return `${title}${to}${out === 0 ? '' : `, ${out} not selected`}`;
}

/** All buttons; an unavailable one is grey, with the reason after the last, or in rows above where that is too narrow. */
function footLines(overlay: PlanOverlay, production: boolean, width: number, glyphs: Glyphs): Line[] {
  const { plan, blocked } = overlay;
  const there = buttonsOf(overlay);
  const shown = shownButtons(overlay);
  const selected = shown.indexOf(there[overlay.choice] ?? 'cancel');
  const above = reasonAbove(overlay, width);
  const { typed } = confirmationOf(plan, production);
  const next =
    blocked !== null || typed === null || overlay.isShown ? '' : `${verbs[plan.verb]} asks for the name ${typed.name}`;
  // What asks for a typed name restricts, or cannot be undone.
  const isDangerous = typed !== null;
  const press = (index: number): Click => ({ do: 'press', button: there.indexOf(shown[index] ?? 'cancel') });
  const isEmpty = plan.steps.length === 0 && allSteps(overlay).length > 0;
  const isDead = (index: number) => shown[index] === 'apply' && blocked !== null;
  const buttons = buttonsLine(labelsOf(overlay), selected, glyphs, press, isDead).map((one) =>
    isDangerous && one.text.trim() === verbs[plan.verb] && one.role === 'heading' ? { ...one, role: 'critical' } : one,
  );
  const said = isEmpty ? 'No step is selected' : next;
  const reason = above.length > 0 ? '' : whyDead(overlay);
  return [...(above.length > 0 ? above : [[]]), line(...buttons, word(reason === '' ? said : reason, 'dim'))];
}

/** The result in one row; with fewer words where it would be cut. */
function summaryIn(overlay: PlanOverlay, warnings: number, { report, view }: State, glyphs: Glyphs): Line {
  const resolves = resolvedWords(report?.problems ?? [], overlay.plan.preview.resolves);
  const full = summary(overlay, warnings, resolves, glyphs);
  const short = resolves.replace(/ findings? \(/, ' (');
  return lineWidth(full) <= view.layout.width ? full : summary(overlay, warnings, short, glyphs);
}

function summary(overlay: PlanOverlay, warnings: number, resolves: string, { dot, bad }: Glyphs): Line {
  const { plan, blocked } = overlay;
  if (!isComputed(overlay)) return line(word(' Computing the preview of the selected steps', 'warn'));
  const classes = ['none', 'partial', 'equivalent', 'exact'] as const;
  const worst = classes.find((one) => plan.steps.some(({ undo }) => undo === one));
  const { rollUps } = plan.preview;
  const introduces = countedIn(plan.preview.introduces, rollUps);
  // What it introduces is among the warnings, and counted already.
  const others = warnings - plan.preview.introduces.length;
  const skipped = countedIn(
    plan.skipped.map(({ finding }) => finding),
    rollUps,
  );
  const parts = [
    ...(blocked === null ? [] : [word(`${bad} cannot be applied`, 'bad')]),
    ...(plan.rehearsal === undefined ? [] : [whatIfWords(plan.rehearsal)]),
    ...(worst === undefined
      ? []
      : [word(`undo: ${undoLabels[worst]}`, { exact: 'ok', none: 'bad' }[worst as string] ?? 'warn')]),
    word(`resolves ${resolves}`, plan.preview.resolves.length > 0 ? 'ok' : 'dim'),
    ...(introduces === 0 ? [] : [word(`introduces ${introduces}`, plan.verb === 'undo' ? 'warn' : 'bad')]),
    ...(plan.verb === 'undo' || others === 0 ? [] : [word(counted(others, 'warning'), 'warn')]),
    ...(skipped === 0 ? [] : [word(`${skipped} not included`, 'dim')]),
  ];
  return line(' ', ...parts.flatMap((part, index) => (index === 0 ? [part] : [word(` ${dot} `, 'border'), part])));
}
