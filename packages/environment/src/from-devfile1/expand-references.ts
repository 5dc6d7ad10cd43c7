/** A variable that may name others. */
interface Variable {
  readonly name: string;
  readonly value: string;
}

/**
 * The variables with `$(NAME)` of earlier ones put in, as Kubernetes does; `$$(NAME)` stands for the text, and what names
 * no earlier variable stays as it is written.
 */
export function expandReferences<V extends Variable>(variables: readonly V[]): V[] {
  const known = new Map<string, string>();
  let left = mostAdded;
  return variables.map((variable) => {
    const value = variable.value.replace(
      /\$(\$?)\(([-._A-Za-z][-._A-Za-z0-9]*)\)/g,
      (written, escape: string, name) => {
        // The folder of the sources is put in later, once it is known.
        if (name === 'CHE_PROJECTS_ROOT' || name === 'PROJECTS_ROOT') return written;
        if (escape !== '') return written.slice(1);
        const text = known.get(name) ?? written;
        return text.length > longestValue ? written : text;
      },
    );
    const added = value.length - variable.value.length;
    const cut = value.length > longestValue || added > left ? variable.value : value;
    if (cut === value) left -= Math.max(0, added);
    known.set(variable.name, cut);
    return { ...variable, value: cut };
  });
}

/** Variables that double each other would grow without end. */
const longestValue = 32 * 1024;
/** Characters that references may add to the variables of one container. */
const mostAdded = 1024 * 1024;
