// What an interrupted run left to send, said wherever a command reads the workspace or plans anew.
import type { CommandContext } from '../../src/command/definition.ts';
import { interruptedAct, madeWords, otherWords, restOf } from '../../src/model/entry.ts';
import { clean } from '../../src/model/text.ts';
import type { Session } from '../../src/session/session.ts';

export async function offerRest({ say }: CommandContext, session: Session): Promise<void> {
  if (session.source.kind === 'files') return;
  // A history that cannot be read is told where something is written to it.
  const entry = interruptedAct(await session.history().catch(() => []));
  if (entry === undefined) return;
  const sends = `\`bastide resume\` sends ${otherWords(restOf(entry).length)}.`;
  say(`Interrupted run ${clean(entry.id, 80)}: ${madeWords(entry)}. ${sends}`);
}
