// World "foreign": the world "mixed" as real Azure spells it, in ragged pages, with a lock whose note is hostile. The faults
// are those of "mixed": how a thing is spelt changes no verdict.
import { asAzureSpells, strange } from './foreign-spelling.ts';
import { mixed } from './mixed.ts';
import { account } from './names.ts';
import type { WorldFile } from './world.ts';

const lock = (): string => {
  const scope = account('stmlarch').replace('/resourceGroups/', '/resourcegroups/');
  const notes = JSON.stringify(`Ask first. ${strange}`);
  return `{"properties": {"level": "CanNotDelete", "notes": ${notes}, "owners": null},
    "id": "${scope}/providers/Microsoft.Authorization/locks/keep-archive", "type": "Microsoft.Authorization/locks", "name": "keep-archive"}`;
};

/** The same in Azure's own documented spelling. */
export const cleanTwin = (): string => `${mixed.resources().trimEnd().slice(0, -1)},${lock()}]`;

export const foreign: WorldFile = {
  name: 'foreign',
  aliases: [],
  title: 'Half done, as Azure really spells it',
  faults: mixed.faults,
  intents: mixed.intents,
  pages: 'ragged',
  resources: () => asAzureSpells(cleanTwin()),
};
