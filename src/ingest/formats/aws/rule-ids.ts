/** The same names, made unique: the second `7` becomes `7#2`. */
export function uniqueIds(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let id = name;
    for (let copy = 2; taken.has(id); copy += 1) id = `${name}#${copy}`;
    taken.add(id);
    return id;
  });
}
