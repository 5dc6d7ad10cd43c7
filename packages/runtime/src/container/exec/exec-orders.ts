import type { EngineAddress } from '../engine/engine-address.ts';

/** What the process that stands for a command is told at its start, as JSON on descriptor 3. */
export type ExecOrders =
  | {
      readonly address: EngineAddress;
      readonly apiVersion: string;
      /** The engine's name of the container. */
      readonly container: string;
      readonly argv: readonly string[];
      readonly env: readonly string[];
      readonly workingDir: string;
      readonly user?: string;
      readonly hasTerminal: boolean;
      /** A shell in the container gives the terminal its size before the command begins. */
      readonly setsSize?: true;
      readonly hasInput: boolean;
      /** Names the command's processes, whoever is their parent by then. */
      readonly mark: string;
      /** Is there while the command is: whoever finds it without its process ends the command. */
      readonly record: string;
    }
  /** Why there is nothing to run. */
  | { readonly problem: string };

/** The variable that carries the mark. */
export const markVariable = 'EXEC_ID';
