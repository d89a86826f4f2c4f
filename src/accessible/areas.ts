// The screens of areas and findings: from the areas of a workspace to one finding and its fix.

import { type Finding, isCounted, isFixable, isOpen, severities } from '../model/finding.ts';
import { typeOf } from '../model/resource-id.ts';
import { clean, counted } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { AccessibleController } from './controller.ts';
import { atLength, briefly } from './finding-words.ts';
import { choose, type MenuItem } from './menu.ts';

/** Items read out before the listener is asked whether to continue. */
const page = 15;

interface Area {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** Failing and unknown findings by resource type, the worst area first. */
export async function areas(controller: AccessibleController): Promise<void> {
  for (;;) {
    const all = areasOf(controller);
    if (all.length === 0) return controller.talk.say('No findings, and all checks were completed.');
    const area = await choose<Area | null>(controller.talk, {
      title: 'Which area?',
      items: all.map((one) => ({ label: areaSentence(one), value: one })),
      zero: back,
      other: controller.other,
    });
    if (area === null) return;
    await findingsOf(controller, area.name);
  }
}

const back = { label: 'Back', value: null, words: ['b', 'q'] };

function areasOf(controller: AccessibleController): Area[] {
  const open = (controller.known()?.report.findings ?? []).filter(isOpen);
  return [...Map.groupBy(open, (finding) => resourceTypeOf(typeOf(finding.resource)).plural)]
    .map(([name, findings]) => ({ name: clean(name, 80), findings }))
    .sort((a, b) => rank(a) - rank(b) || b.findings.length - a.findings.length);
}

const failing = ({ findings }: Area) => findings.filter((finding) => finding.outcome === 'fail');
const rank = (area: Area): number => {
  const found = new Set(failing(area).map((finding) => finding.severity));
  const worst = severities.filter((severity) => found.has(severity))[0];
  return worst === undefined ? severities.length : severities.indexOf(worst);
};

function areaSentence(area: Area): string {
  const all = area.findings.filter(isCounted);
  const fails = failing({ ...area, findings: all }).length;
  const unknown = all.length - fails;
  const worst = severities[rank(area)];
  return [
    `${area.name}: ${counted(fails, 'failing finding')}${worst === undefined ? '' : `, the worst ${worst}`}`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ].join(', ');
}

type Choice = { readonly finding: Finding } | 'more' | 'all' | null;

async function findingsOf(controller: AccessibleController, name: string): Promise<void> {
  for (let from = 0; ; ) {
    const area = areasOf(controller).find((one) => one.name === name);
    if (area === undefined) return controller.talk.say(`No findings left in ${name}.`);
    if (from >= area.findings.length) from = 0;
    const shown = area.findings.slice(from, from + page);
    const rest = area.findings.length - from - shown.length;
    const fixable = failing(area).filter((finding) => isCounted(finding) && finding.fix.kind === 'auto');
    const items: MenuItem<Choice>[] = [
      ...shown.map((finding) => ({ label: briefly(finding), value: { finding } })),
      ...(rest > 0 ? [{ label: `More: ${rest} further`, value: 'more' as const }] : []),
      ...(fixable.length > 1
        ? [
            {
              label: `Fix these: the ${fixable.length} auto-fixable, after a preview`,
              value: 'all' as const,
            },
          ]
        : []),
    ];
    const place =
      area.findings.length > page ? `, ${from + 1} to ${from + shown.length} of ${area.findings.length}` : '';
    const choice = await choose<Choice>(controller.talk, {
      title: `${name}${place}. Which finding?`,
      items,
      zero: back,
      other: controller.other,
    });
    if (choice === null) return;
    if (choice === 'more') from += page;
    else if (choice === 'all') await controller.run(['fix', ...fixable.map((finding) => finding.id)]);
    else await oneFinding(controller, choice.finding.id);
  }
}

type Act = 'explain' | 'fix' | 'show' | null;

/** One finding: what it is, why, and its fix. */
export async function oneFinding(controller: AccessibleController, id: string): Promise<void> {
  for (let told = false; ; told = true) {
    const finding = controller.known()?.report.findings.find((other) => other.id === id);
    if (finding === undefined || (told && finding.outcome === 'pass')) {
      return controller.talk.say('This finding is resolved.');
    }
    if (!told) controller.talk.say('', ...atLength(finding));
    const fixable = isFixable(finding);
    const act = await choose<Act>(controller.talk, {
      title: `Which action for ${finding.rule}?`,
      items: [
        { label: 'Explain: why, the fix, the impact', value: 'explain' },
        ...(fixable ? [{ label: 'Fix, after a preview', value: 'fix' as const }] : []),
        { label: 'Show the JSON of the resource', value: 'show' },
      ],
      zero: back,
      other: controller.other,
    });
    if (act === null) return;
    if (act === 'explain') await controller.run(['explain', finding.rule]);
    else if (act === 'fix') await controller.run(['fix', finding.id]);
    else await controller.run(['show', finding.resource]);
  }
}
