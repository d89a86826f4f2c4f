// The key that starts a demo world instead of an unreadable workspace: asks which, then restarts with it.
import { exitStatus } from '../../../model/failure.ts';
import type { EffectContext } from '../effect-context.ts';

export async function startDemo({ options, asking, leave }: EffectContext): Promise<void> {
  const worlds = (await options.demos?.list()) ?? [];
  const width = Math.max(...worlds.map(({ name }) => name.length)) + 2;
  const choices = worlds.map(({ name, title }) => ({ value: name, label: `${name.padEnd(width)}${title}` }));
  const world = await asking.ask.choose({ name: 'demo', title: 'Select a demo world', choices }).catch(() => null);
  if (world === null) return;
  options.demos?.start(world);
  leave(exitStatus.done);
}
