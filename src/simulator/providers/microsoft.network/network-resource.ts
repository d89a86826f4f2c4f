// How the tracked resources of Microsoft.Network behave where nothing is special: a PUT replaces and runs on, a PATCH changes
// tags only, a deletion runs on, etags are honoured.
import { fold } from '../../gateway/address.ts';
import { mergeDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { touch } from './network-parts.ts';

export const networkResource = {
  versions: ['2024-05-01', '2024-01-01', '2022-01-01', '2021-08-01', '2020-04-01'],
  long: { put: 'async', patch: 'none', delete: 'location' },
  making: 'Updating',
  etags: true,
  merge: ({ before, body }) => mergeDocument(before, new Map([...body].filter(([name]) => fold(name) === 'tags'))),
  stored: touch,
} satisfies Omit<ProviderType, 'type'>;

/** The same for what lives inside such a resource: no PATCH. */
export const networkChild = {
  versions: networkResource.versions,
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  making: 'Updating',
  etags: true,
  stored: touch,
} satisfies Omit<ProviderType, 'type'>;
