import { parseTemplate, type TemplateFault, type TemplatePart } from './parse-template.ts';

/** A variable's value and where it was set. */
export interface Variable {
  readonly value: string;
  /** The file and line that set it; absent for the environment of the process. */
  readonly file?: string;
  readonly line?: number;
}

/** Finds a variable; undefined when it is not set. */
export type LookUp = (name: string) => Variable | undefined;

export interface UsedVariable {
  readonly name: string;
  readonly variable?: Variable;
  /** Its default, or its second text, was taken. */
  readonly tookSecond: boolean;
}

export interface Substituted {
  readonly text: string;
  readonly used: readonly UsedVariable[];
  /** Not set and without a default: an empty text stands for each. */
  readonly unset: readonly string[];
  readonly fault?: TemplateFault;
  /** `${NAME:?message}` with nothing to stand for it. */
  readonly missing?: { readonly name: string; readonly message: string };
}

/** A value may grow to this many characters. */
const longest = 1_000_000;

/** Puts the values of variables into a text. The result keeps what went in; the first fault ends it. */
export function substitute(text: string, lookUp: LookUp): Substituted {
  const template = parseTemplate(text);
  if ('fault' in template) return { text, used: [], unset: [], fault: template.fault };
  const evaluation = new Evaluation(lookUp);
  const result = evaluation.evaluate(template.parts);
  const { used, unset, missing } = evaluation;
  if (result.length > longest) {
    const fault = { offset: 0, message: `with its variables the value has more than ${longest} characters` };
    return { text, used: [], unset: [], fault };
  }
  return { text: result, used, unset, ...(missing === undefined ? {} : { missing }) };
}

class Evaluation {
  readonly used: UsedVariable[] = [];
  readonly unset: string[] = [];
  missing: { readonly name: string; readonly message: string } | undefined;
  private readonly lookUp: LookUp;
  private length = 0;

  constructor(lookUp: LookUp) {
    this.lookUp = lookUp;
  }

  evaluate(parts: readonly TemplatePart[]): string {
    let text = '';
    for (const part of parts) {
      if (this.length > longest) return text;
      const piece = this.evaluatePart(part);
      this.length += piece.length;
      text += piece;
    }
    return text;
  }

  private evaluatePart(part: TemplatePart): string {
    if (part.kind === 'text') return part.text;
    const variable = this.lookUp(part.name);
    if (part.kind === 'variable') {
      this.use(part.name, variable, false);
      if (variable === undefined) this.unset.push(part.name);
      return variable?.value ?? '';
    }
    const { name, operator, rest } = part;
    const hasValue = variable !== undefined && (!operator.startsWith(':') || variable.value !== '');
    const isPresence = operator.endsWith('+');
    const takesSecond = isPresence ? hasValue : !hasValue;
    this.use(name, variable, takesSecond);
    if (!takesSecond) return isPresence ? '' : (variable?.value ?? '');
    const second = this.evaluate(rest);
    if (!operator.endsWith('?')) return second;
    this.missing ??= { name, message: second };
    return '';
  }

  private use(name: string, variable: Variable | undefined, tookSecond: boolean): void {
    this.used.push({ name, tookSecond, ...(variable === undefined ? {} : { variable }) });
  }
}
