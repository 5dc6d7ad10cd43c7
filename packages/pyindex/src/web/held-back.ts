import { type Html, html } from '@devstead/kit/pages';

/** What the guard of an index did about a file. */
export interface HeldBack {
  readonly project: string;
  /** Empty where it is about the whole project. */
  readonly filename: string;
  readonly rule: string;
  readonly reason: string;
}

const mostGroups = 20;
/** So many names stand in the line itself. */
const mostInLine = 3;
const mostNames = 100;

/** A list of what is held back, a line for each project, rule and reason. `name` shows what a line is about. */
export function renderHeldBack(all: readonly HeldBack[], name: (project: string, text: string) => Html | string): Html {
  const groups = [...Map.groupBy(all, ({ project, rule, reason }) => JSON.stringify([project, rule, reason])).values()];
  return html`<ul>${groups.slice(0, mostGroups).map((group) => renderGroup(group, name))}</ul>${
    groups.length > mostGroups && html`<p>and for ${groups.length - mostGroups} other reasons</p>`
  }`;
}

function renderGroup(group: readonly HeldBack[], name: (project: string, text: string) => Html | string): Html {
  const [first] = group;
  if (first === undefined) return html``;
  const { project, rule, reason } = first;
  const filenames = group.flatMap(({ filename }) => (filename === '' ? [] : [filename]));
  const isShort = filenames.length <= mostInLine;
  const what = isShort ? filenames.join(', ') || project : `${filenames.length} files of ${project}`;
  return html`<li>${name(project, what)}: ${reason} <code>${rule}</code>${!isShort && renderNames(filenames)}</li>`;
}

function renderNames(filenames: readonly string[]): Html {
  const left = filenames.length - mostNames;
  return html`<details><summary>Which</summary>${filenames.slice(0, mostNames).join(', ')}${left > 0 && ` and ${left} more`}</details>`;
}
