// Where a jump leads on the screen.
export type JumpTarget =
  /** A resource in the tree; with the id of a finding, that finding of it. */
  | { readonly to: 'resource'; readonly id: string; readonly finding?: string }
  /** The findings of a resource, in the list of all. */
  | { readonly to: 'findings'; readonly of: string }
  | { readonly to: 'finding'; readonly id: string }
  | { readonly to: 'problem'; readonly id: string }
  /** The findings of a problem, alone. */
  | { readonly to: 'parts'; readonly of: string }
  | { readonly to: 'map'; readonly id: string }
  /** A change in the history. */
  | { readonly to: 'entry'; readonly id: string }
  | { readonly to: 'screen'; readonly name: string };
