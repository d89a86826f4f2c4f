// A plan as a script for a POSIX shell: the equivalent Azure CLI lines, each under a comment about what it does.
import { nameInParent } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { type ExportShape, missingNotes } from './shape.ts';

const comment = (text: string): string => `# ${clean(text, 1000).replaceAll(/[\r\n]+/g, ' ')}`;

/** A list of commands also ends the script when any of them fails; without this a shell continues after all but the last. */
const stopping = (line: string): string => (line.includes(' && ') ? `${line} || exit 1` : line);

export const az: ExportShape = {
  name: 'az',
  title: 'Azure CLI script',
  speaks: 'lines',
  render({ plan, steps }) {
    const lines = steps.flatMap(({ step, request }, index) => {
      const title = comment(`${index + 1}. ${step.change.kind} ${nameInParent(step.change.resource)}: ${step.risk}`);
      return ['', title, 'why' in request ? comment(`Skipped: ${request.why}`) : stopping(step.az)];
    });
    const head = ['#!/bin/sh', comment(`Plan ${plan.id} for ${plan.workspace ?? 'no workspace'}.`), 'set -eu'];
    return {
      text: `${[...head, ...lines].join('\n')}\n`,
      notes: [
        ...missingNotes(steps),
        'The script does not check for changed settings and keeps no history; `bastide apply` does both.',
      ],
    };
  },
};
