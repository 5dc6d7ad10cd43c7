import { Option } from 'commander';

/** `-o, --output`: text for people, or JSON with a published schema. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how the result is printed').choices(['text', 'json']).default('text');
}

/** `--name`: the workspace a command is about. */
export function nameOption(): Option {
  return new Option('--name <name>', 'the workspace; default: the one of this folder');
}
