import { isDefaultOfGroup } from '../defaults.ts';
import { type Problem, type Rule, weighDeparture } from '../problem.ts';
import type { DocumentPath, Group } from '../types.ts';

interface Member {
  readonly id: string;
  readonly group: Group;
  readonly path: DocumentPath;
}

/** A group with several commands has exactly one default. */
export const checkGroups: Rule = ({ commands = [] }, profile) => {
  const members = commands.flatMap((command, index): Member[] =>
    (['exec', 'apply', 'composite'] as const).flatMap((kind) => {
      const group = command[kind]?.group;
      return group === undefined ? [] : [{ id: command.id, group, path: ['commands', index, kind, 'group'] }];
    }),
  );
  const kinds = [...new Set(members.map(({ group }) => group.kind))];
  return kinds.flatMap((kind): Problem[] => {
    const ofKind = members.filter(({ group }) => group.kind === kind);
    const defaults = ofKind.filter(({ group }) => isDefaultOfGroup(group));
    const [first] = ofKind;
    if (first === undefined || ofKind.length < 2) return [];
    if (defaults.length === 0) {
      return [
        {
          code: 'devfile.no-default-command',
          ...weighDeparture(profile),
          path: [...first.path, 'kind'],
          message: `the group ${kind} has ${ofKind.length} commands, and none is the default`,
          hint: `Set \`isDefault: true\` on the command that \`devstead run ${kind}\` is to run.`,
        },
      ];
    }
    return defaults.slice(1).map(({ path }) => ({
      code: 'devfile.many-default-commands',
      severity: 'error',
      path: [...path, 'isDefault'],
      message: `command ${defaults[0]?.id} is already the default of the group ${kind}`,
    }));
  });
};
