import { describe, expect, it } from 'vitest';
import { RecordingMachine } from './machine.ts';

const record = (): RecordingMachine => {
  let count = 0;
  const find = (): { readonly kind: 'file'; readonly text: string } => {
    count += 1;
    return { kind: 'file', text: String(count) };
  };
  return new RecordingMachine({ files: { find }, variables: { A: '1', B: undefined } });
};

describe('a machine that notes what it is asked', () => {
  it.each<[string, (variables: RecordingMachine['variables']) => unknown]>([
    ['its value', (variables) => variables['NAME']],
    ['whether it is there', (variables) => 'NAME' in variables],
    ['whether it is its own', (variables) => Object.hasOwn(variables, 'NAME')],
    ['how it is', (variables) => Object.getOwnPropertyDescriptor(variables, 'NAME')],
    ['a part by its name', ({ NAME }) => NAME],
  ])('notes a variable asked for %s', (_, ask) => {
    const machine = record();
    expect([ask(machine.variables) ?? false, machine.questions]).toEqual([false, { files: [], variables: ['NAME'] }]);
  });

  it.each<[string, (variables: RecordingMachine['variables']) => unknown]>([
    ['keys', (variables) => Object.keys(variables)],
    ['a copy', (variables) => ({ ...variables })],
    ['text', (variables) => JSON.stringify(variables)],
    [
      'a walk',
      (variables) => {
        for (const name in variables) return name;
        return undefined;
      },
    ],
  ])('has no end of questions after all variables were listed: %s', (_, list) => {
    const machine = record();
    list(machine.variables);
    expect(machine.questions).toBeUndefined();
  });

  it('gives the machine’s answers, each once', () => {
    const machine = record();
    expect([machine.variables['A'], machine.variables['B'], machine.variables['A']]).toEqual(['1', undefined, '1']);
    const answers = ['/a', '/b', '/a'].map((path) => machine.files.find(path));
    expect(answers).toEqual(['1', '2', '1'].map((text) => ({ kind: 'file', text })));
    expect(machine.questions).toEqual({ files: ['/a', '/b'], variables: ['A', 'B'] });
  });
});
