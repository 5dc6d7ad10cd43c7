import { type Diagnostic, findNearestName, type Severity } from '@devstead/kit';
import { type ComposeCode, composeCodes } from './codes.ts';
import type { Place } from './tree/node.ts';

/** More than this nobody reads; errors are kept before the rest. */
const mostDiagnostics = 500;

interface Details {
  /** The dotted path of the value (`services.web.image`). */
  readonly path?: string;
  readonly hint?: string;
  /** A word that is not known, and those that are: the nearest becomes the hint. */
  readonly misspelt?: { readonly written: string; readonly known: readonly string[] };
}

/** Collects what is wrong in one reading, each problem once, with its place. */
export class Reporter {
  private readonly found = new Map<string, Diagnostic>();
  private readonly nameFile: (path: string) => string;

  /** `nameFile` gives a file's name as people see it. */
  constructor(nameFile: (path: string) => string = (path) => path) {
    this.nameFile = nameFile;
  }

  error(code: ComposeCode, at: Place | undefined, message: string, details: Details = {}): void {
    this.add(code, 'error', at, message, details);
  }

  warn(code: ComposeCode, at: Place | undefined, message: string, details: Details = {}): void {
    this.add(code, 'warning', at, message, details);
  }

  note(code: ComposeCode, at: Place | undefined, message: string, details: Details = {}): void {
    this.add(code, 'info', at, message, details);
  }

  get hasErrors(): boolean {
    return [...this.found.values()].some(({ severity }) => severity === 'error');
  }

  /** True when one of these errors was found: what follows from it need not be said. */
  has(...codes: readonly ComposeCode[]): boolean {
    return [...this.found.values()].some(
      ({ code, severity }) => severity === 'error' && codes.some((other) => other === code),
    );
  }

  get diagnostics(): readonly Diagnostic[] {
    const all = [...this.found.values()];
    if (all.length <= mostDiagnostics) return all;
    const errors = all.filter(({ severity }) => severity === 'error');
    return [...errors, ...all.filter(({ severity }) => severity !== 'error')].slice(0, mostDiagnostics);
  }

  private add(code: ComposeCode, severity: Severity, at: Place | undefined, message: string, details: Details): void {
    const { path, hint, misspelt } = details;
    const meant = misspelt === undefined ? undefined : findNearestName(misspelt.written, misspelt.known);
    const key = [code, at?.file, at?.line, at?.column, message].join('\u0000');
    if (this.found.has(key)) return;
    this.found.set(key, {
      code,
      severity,
      message: cut(message),
      ...at,
      ...(at === undefined ? {} : { file: this.nameFile(at.file) }),
      ...(path === undefined ? {} : { path: cut(path) }),
      hint: meant === undefined ? (hint ?? composeCodes[code].cure) : `Did you mean \`${meant}\`?`,
    });
  }
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
