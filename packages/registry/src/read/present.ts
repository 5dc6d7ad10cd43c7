type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

/** The members that have a value; of texts and lists, one that is not empty, as the index leaves those out. */
export function present<T extends Readonly<Record<string, unknown>>>(members: T): Present<T> {
  const pairs = Object.entries(members).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(pairs) as Present<T>;
}
