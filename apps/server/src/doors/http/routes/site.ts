/** What the door knows of this server. */
export interface Site {
  /** The names by which clients may call it, in lower case, apart from those that only local networks have. */
  readonly names: ReadonlySet<string>
}
