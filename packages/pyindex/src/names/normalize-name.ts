/** The normalised form of a project's name (PEP 503). */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
