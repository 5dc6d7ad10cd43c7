import type { ComposeFiles, FoundFile } from '@devstead/environment/compose';

/** What a reading may ask of the machine it is done on. */
export interface Machine {
  readonly files: ComposeFiles;
  /** Variables of the process, by name. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What a reading has asked, each once and in this order. */
export interface Questions {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Names of variables. */
  readonly variables: readonly string[];
}

/** A machine that notes what it is asked, and gives the same answer to the same question. */
export class RecordingMachine implements Machine {
  readonly files: ComposeFiles;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly #found = new Map<string, FoundFile>();
  readonly #names = new Set<string>();
  #isListed = false;

  constructor(machine: Machine) {
    this.files = {
      find: (path) => {
        const found = this.#found.get(path) ?? machine.files.find(path);
        this.#found.set(path, found);
        return found;
      },
    };
    // The only way to the variables: none can be looked at unnoticed.
    this.variables = new Proxy(machine.variables, {
      get: (variables, name) => Reflect.get(variables, this.#note(name)),
      has: (variables, name) => Reflect.has(variables, this.#note(name)),
      getOwnPropertyDescriptor: (variables, name) => Reflect.getOwnPropertyDescriptor(variables, this.#note(name)),
      ownKeys: (variables) => {
        this.#isListed = true;
        return Reflect.ownKeys(variables);
      },
    });
  }

  /** Undefined when all variables were listed: there is no end to what such a reading depends on. */
  get questions(): Questions | undefined {
    return this.#isListed ? undefined : { files: [...this.#found.keys()], variables: [...this.#names] };
  }

  #note(name: string | symbol): string | symbol {
    if (typeof name === 'string') this.#names.add(name);
    return name;
  }
}
