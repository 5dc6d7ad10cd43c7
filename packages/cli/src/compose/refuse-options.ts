import { AppError } from '@devstead/kit';
import { type Command, Option } from 'commander';

/**
 * Takes options of docker compose that have no meaning here, and says why when one is given: whoever types it should not
 * believe that it had an effect. Throws USAGE then. They are not in the help.
 */
export function refuseOptions(command: Command, reasons: Readonly<Record<string, string>>): Command {
  for (const [flags, reason] of Object.entries(reasons)) {
    const option = new Option(flags).hideHelp();
    option.argParser(() => refuse(option, reason));
    command.addOption(option);
    // One without a value has no parser.
    if (!option.required && !option.optional) command.on(`option:${option.name()}`, () => refuse(option, reason));
  }
  return command;
}

function refuse(option: Option, reason: string): never {
  throw new AppError('USAGE', `${option.long ?? option.flags} has no meaning here`, { hint: `${reason}.` });
}
