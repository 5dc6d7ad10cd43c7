/** No real project comes near; longer ones are refused before any pattern sees them. */
const longestName = 200;
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** True for the name of a project: ASCII letters, digits, `.`, `_`, `-`, the first and the last a letter or a digit (PEP 508). */
export function isValidName(name: string): boolean {
  return name.length <= longestName && namePattern.test(name);
}

/** The form in which names are compared and stand in addresses (PEP 503): lower case, runs of `.`, `_`, `-` one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[._-]+/g, '-');
}
