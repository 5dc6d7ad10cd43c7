import { findNearNames } from '@devstead/kit';
import type { InstructionRow } from './instruction-table.ts';
import { parseDuration } from './parse-duration.ts';
import type { Report } from './report.ts';
import type { Instruction } from './types.ts';

/** Says what is wrong with an instruction by itself: its flags, how many words it has, and their form. */
export function checkInstruction(instruction: Instruction, row: InstructionRow, report: Report): void {
  checkFlags(instruction, row, report);
  const { keyword, words, list } = instruction;
  const count = list?.length ?? words.length;
  const [least, most] = row.words;
  if (count < least || count > most) {
    report('dockerfile.syntax', `${keyword} has ${count === 0 ? 'no words' : `${count} words`}`, instruction, {
      hint: `It is written ${row.form}.`,
    });
    return;
  }
  formChecks[keyword]?.(instruction, report);
}

function checkFlags({ keyword, flags }: Instruction, row: InstructionRow, report: Report): void {
  const seen = new Set<string>();
  for (const flag of flags) {
    const kind = Object.hasOwn(row.flags, flag.name) ? row.flags[flag.name] : undefined;
    if (kind === undefined) {
      const near = findNearNames(flag.name, Object.keys(row.flags))[0];
      const more = near === undefined ? {} : { hint: `Did you mean \`--${near}\`?` };
      report('dockerfile.unknown-flag', `${keyword} has no flag --${flag.name}`, flag, more);
    } else if (kind === 'refused') {
      report('dockerfile.not-supported', `--${flag.name} of ${keyword} is not supported`, flag);
    } else if (kind === 'once' && seen.has(flag.name)) {
      report('dockerfile.syntax', `--${flag.name} stands twice`, flag);
    }
    seen.add(flag.name);
  }
}

const formChecks: Readonly<Record<string, (instruction: Instruction, report: Report) => void>> = {
  FROM: ({ words, line, column }, report) => {
    const [, as, name] = words;
    if (as === undefined) return;
    if (as.text.toUpperCase() !== 'AS' || name === undefined)
      report('dockerfile.syntax', 'behind the image AS and a name are expected', as);
    else if (!/^[a-z][a-z0-9._-]*$/i.test(name.text))
      report('dockerfile.syntax', `${name.text} is no name for a stage`, name ?? { line, column }, {
        hint: 'Use letters, digits, `.`, `_` and `-`, a letter first.',
      });
  },
  SHELL: (instruction, report) => {
    if (instruction.list === undefined) report('dockerfile.syntax', 'SHELL takes a JSON list of strings', instruction);
  },
  ENV: checkPairs,
  LABEL: checkPairs,
  ARG: ({ words }, report) => {
    for (const word of words)
      if (!/^["']?[A-Za-z_]\w*(?:["']?=|["']?$)/.test(word.text))
        report('dockerfile.syntax', `${word.text.slice(0, 80)} declares no variable`, word);
  },
  EXPOSE: ({ words }, report) => {
    for (const word of words) {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?(?:\/(?:tcp|udp|sctp))?$/i.exec(word.text) ?? [];
      const isPort = (text: string | undefined): boolean => Number(text) > 0 && Number(text) < 65_536;
      if (!word.text.includes('$') && (!isPort(first) || !isPort(last)))
        report('dockerfile.syntax', `${word.text.slice(0, 80)} is no port`, word);
    }
  },
  HEALTHCHECK: (instruction, report) => {
    const [first, second] = instruction.words;
    const kind = first?.text.toUpperCase();
    if (kind !== 'CMD' && kind !== 'NONE')
      report('dockerfile.syntax', 'HEALTHCHECK takes CMD or NONE', first ?? instruction);
    else if (kind === 'CMD' && second === undefined)
      report('dockerfile.syntax', 'CMD has no command', first ?? instruction);
    for (const flag of instruction.flags) {
      const isRight = flag.name === 'retries' ? /^\d+$/.test(flag.value) : parseDuration(flag.value) !== undefined;
      if (!isRight)
        report(
          'dockerfile.syntax',
          `--${flag.name}=${flag.value} is no ${flag.name === 'retries' ? 'number' : 'duration'}`,
          flag,
        );
    }
  },
  ONBUILD: ({ words }, report) => {
    const [inner] = words;
    const keyword = inner?.text.toUpperCase() ?? '';
    if (inner !== undefined && ['ONBUILD', 'FROM', 'MAINTAINER'].includes(keyword))
      report('dockerfile.syntax', `ONBUILD cannot hold ${keyword}`, inner);
  },
};

/** `NAME=VALUE...`, or the old form `NAME VALUE`. */
function checkPairs({ keyword, words }: Instruction, report: Report): void {
  const [first] = words;
  if (first === undefined) return;
  if (!first.text.includes('=')) {
    if (words.length === 1)
      report('dockerfile.syntax', `${first.text.slice(0, 80)} has no value`, first, {
        hint: `Write ${keyword} NAME=VALUE.`,
      });
    return;
  }
  for (const word of words)
    if (!/^[^=]+=/.test(word.text))
      report('dockerfile.syntax', `${word.text.slice(0, 80)} has no value`, word, {
        hint: 'A value with a space needs quotes: NAME="a b".',
      });
}
