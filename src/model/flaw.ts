// Why a change that was made is not as it was wanted: by what Azure answered, or by what the resource says of itself. Pure.
import { clean } from './text.ts';

export type Flaw =
  /** Azure reported an error, and the resource shows the change all the same. */
  | { readonly reason: 'error'; readonly data: { readonly error: string } }
  /** The resource shows the change, and says itself that it could not be put into effect. */
  | { readonly reason: 'state'; readonly data: { readonly state: string } }
  /** The answer to the request itself shows other values than were sent, so no other client set them. */
  | { readonly reason: 'other-value'; readonly data: { readonly settings: readonly string[] } };

/** Of a change to the resource of this name. */
export function flawText(name: string, { reason, data }: Flaw): string {
  switch (reason) {
    case 'error':
      return `${name} shows the change, although Azure reported an error: ${data.error}`;
    case 'state':
      return `${name} shows the change, although Azure reports an error: its provisioningState is ${clean(data.state, 60)}.`;
    case 'other-value': {
      const where = data.settings.filter((pointer) => pointer !== '');
      return `Azure made something else of the change to ${name}: its answer shows another value${where.length === 0 ? '' : ` at ${where.join(', ')}`}.`;
    }
  }
}
