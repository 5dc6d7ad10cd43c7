/** A text with the variable of the sources' folder by its later name; `$$(NAME)` is none. */
export function renameProjectsRoot(text: string): string {
  return text.replaceAll(/(?<!\$)\$(?:\(CHE_PROJECTS_ROOT\)|\{CHE_PROJECTS_ROOT\}|CHE_PROJECTS_ROOT(?!\w))/g, (match) =>
    match.replace('CHE_PROJECTS_ROOT', 'PROJECTS_ROOT'),
  );
}
