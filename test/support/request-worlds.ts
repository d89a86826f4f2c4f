// The smallest part of a world in which command lines still plan the same, and the lines that plan it.

import type { Change } from '../../src/model/change.ts';

import type { Simulator } from '../../src/simulator/index.ts';
import { everyEffect } from './bastide.ts';
import type { CommandLines } from './command-lines.ts';

/** Of a line of findings to be fixed. */
export interface Wanted {
  readonly targets: readonly string[];
  readonly answers?: Readonly<Record<string, string>>;
}
export const argumentsOf = ({ targets, answers = {} }: Wanted): string[] => [
  ...targets,
  ...Object.entries(answers).flatMap(([name, value]) => ['--answer', `${name}=${value}`]),
  ...everyEffect,
];
export const fixLine = (wanted: Wanted): string[] => ['fix', ...argumentsOf(wanted), '--yes'];

const planned = async (lines: CommandLines, words: readonly string[]): Promise<string[]> => {
  await lines.begin();
  const { envelope } = await lines.run([...words.filter((word) => word !== '--yes'), '--dry-run']);
  const { steps = [] } = (envelope.result ?? {}) as { steps?: { change: Change }[] };
  return steps.map(({ change }) => `${change.kind} ${change.resource}`);
};

/** Takes out of the world what the lines neither change nor refer to, as long as they plan the same. */
export async function prune(real: Simulator, lines: CommandLines, all: readonly (readonly string[])[]): Promise<void> {
  const whole = real.stateText();
  const plans: string[][] = [];
  for (const words of all) plans.push(await planned(lines, words));
  real.restore(
    pruned(
      whole,
      plans.flat().map((line) => line.slice(line.indexOf(' ') + 1)),
    ),
  );
  for (const [index, words] of all.entries()) {
    if ((await planned(lines, words)).join() === plans[index]?.join()) continue;
    real.restore(whole);
    break;
  }
  await lines.begin();
}

function pruned(text: string, ids: readonly string[]): string {
  const state = JSON.parse(text) as { resources: { id: string }[] };
  const bodies = state.resources.map((body) => ({
    id: body.id.toLowerCase(),
    text: JSON.stringify(body).toLowerCase(),
  }));
  const wanted = ids.map((id) => id.toLowerCase());
  const isWorkspace = (id: string) => /\/workspaces\/[^/]+$/.test(id);
  const refersTo = (body: string, id: string) => body.includes(`"${id}"`) || body.includes(`"${id}/`);
  const isNear = (id: string, other: string) => `${id}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${id}/`);
  const kept = new Set<string>();
  const keeps = ({ id, text: body }: (typeof bodies)[number]): boolean =>
    !id.includes('/providers/') ||
    isWorkspace(id) ||
    wanted.some((one) => isNear(id, one) || refersTo(body, one)) ||
    bodies.some((one) => kept.has(one.id) && !isWorkspace(one.id) && refersTo(one.text, id));
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    for (const body of bodies) if (!kept.has(body.id) && keeps(body)) kept.add(body.id);
  }
  return JSON.stringify({ ...state, resources: state.resources.filter(({ id }) => kept.has(id.toLowerCase())) });
}
