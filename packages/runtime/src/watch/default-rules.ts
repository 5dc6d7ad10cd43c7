/**
 * What is not watched unless an ignore file says `!NAME`: what tools make again by themselves, and what editors keep
 * beside a file while it is open.
 */
export const defaultRules = `
.hg/
.svn/
.jj/
node_modules/
bower_components/
.venv/
venv/
__pycache__/
*.py[co]
.mypy_cache/
.pytest_cache/
.ruff_cache/
.tox/
.nox/
.eggs/
*.egg-info/
.gradle/
.terraform/
.idea/
.vs/
.vscode/
.odo/
.devstead-clone-*/
.DS_Store
*~
.#*
\\#*#
.*.sw[a-z]
*.swp
4913
___jb_tmp___
___jb_old___
.goutputstream-*
.nfs*
`;

/** Files that say what is not watched; the first that the project's folder has counts, also in the folders below it. */
export const ignoreFileNames = ['.devsteadignore', '.odoignore', '.gitignore'] as const;
