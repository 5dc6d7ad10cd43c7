/** Names a devfile may have in its folder, the first one found counts. */
export const devfileNames = ['devfile.yaml', '.devfile.yaml', 'devfile.yml', '.devfile.yml'] as const;
