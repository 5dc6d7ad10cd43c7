import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { defineAdd, defineRemove } from '../registry/add-command.ts';
import { defineIndex } from '../registry/index-command.ts';
import { defineList } from '../registry/list-command.ts';
import { defineMirror } from '../registry/mirror-command.ts';
import { definePull } from '../registry/pull-command.ts';
import { defineServe } from '../registry/serve-command.ts';
import { defineShow } from '../registry/show-command.ts';
import { defineValidate } from '../registry/validate-command.ts';

/** `devstead registry`: stacks to begin with, and the registry that hands them out. What serves it is loaded when needed. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command.addHelpText(
    'after',
    '\nA registry holds stacks: devfiles for a language or a framework, with starter projects. The own one has the stacks\n' +
      'that Devstead brings and those of the sources that were added; the registries named by devfiles.registries of the\n' +
      'configuration are asked too.\n' +
      '\nExamples:\n  devstead registry list\n  devstead registry show python-fastapi\n  devstead registry pull go my-service\n' +
      '  devstead registry serve --port 8080\n',
  );
  defineList(command.command('list'), io, done);
  defineShow(command.command('show'), io, done);
  definePull(command.command('pull'), io, done);
  defineAdd(command.command('add'), io, done);
  defineRemove(command.command('remove'), io, done);
  defineValidate(command.command('validate'), io, done);
  defineIndex(command.command('index'), io, done);
  defineMirror(command.command('mirror'), io, done);
  defineServe(command.command('serve'), io, done);
}
