/** A fault made by hand, which the invariant campaign must find. */
export interface Mutation {
  /** Short name, in words joined by hyphens. */
  readonly id: string;
  /** The contract, relative to the repository's root. */
  readonly file: string;
  /** Text of the contract, exactly as it stands there, once. */
  readonly original: string;
  readonly replacement: string;
  /** The requirement that it breaks. */
  readonly breaks: `CLR-${number}`;
  /** What goes wrong, in one sentence. */
  readonly why: string;
}
