import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { substitute } from './substitute.ts';

const set: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', OTHER: 'other', a1: 'small' };
const lookUp = (name: string) => (Object.hasOwn(set, name) ? { value: set[name] ?? '' } : undefined);

describe('substitute', () => {
  it.each([
    ['plain', 'plain'],
    ['$SET', 'value'],
    ['${SET}', 'value'],
    ['$SET-x', 'value-x'],
    ['$a1.x', 'small.x'],
    ['${SET}${OTHER}', 'valueother'],
    ['$$SET', '$SET'],
    ['$$$SET', '$value'],
    ['$', '$'],
    ['$1 $ ) $-', '$1 $ ) $-'],
    ['${UNSET:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${SET:-x}', 'value'],
    ['${UNSET-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${SET-x}', 'value'],
    ['${UNSET:+x}', ''],
    ['${EMPTY:+x}', ''],
    ['${SET:+x}', 'x'],
    ['${UNSET+x}', ''],
    ['${EMPTY+x}', 'x'],
    ['${SET+x}', 'x'],
    ['${SET:?no}', 'value'],
    ['${EMPTY?no}', ''],
    ['${UNSET:-${OTHER:-y}}', 'other'],
    ['${UNSET:-${UNSET2-deep}}', 'deep'],
    ['${UNSET:-{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ['${UNSET:-a:-b}', 'a:-b'],
    ['${UNSET:-$$x}', '$x'],
  ])('%s gives %s', (text, expected) => {
    const result = substitute(text, lookUp);
    expect([result.text, result.unset, result.fault, result.missing]).toEqual([expected, [], undefined, undefined]);
  });

  it.each([
    ['${UNSET:?say it}', 'UNSET', 'say it'],
    ['${EMPTY:?}', 'EMPTY', ''],
    ['${UNSET?with $OTHER}', 'UNSET', 'with other'],
  ])('%s misses %s: %s', (text, name, message) => {
    expect(substitute(text, lookUp).missing).toEqual({ name, message });
  });

  it.each([
    ['${', 0],
    ['a ${SET', 2],
    ['${}', 0],
    ['${1X}', 0],
    ['x${SET!y}', 1],
    ['${SET:-${}}', 7],
  ])('%s is at fault from %i on', (text, offset) => {
    expect(substitute(text, lookUp).fault?.offset).toBe(offset);
  });

  it('tells what is not set, and what went in', () => {
    const result = substitute('$UNSET ${SET:-x} ${EMPTY:-y}', lookUp);
    expect(result.unset).toEqual(['UNSET']);
    expect(result.used).toEqual([
      { name: 'UNSET', tookSecond: false },
      { name: 'SET', tookSecond: false, variable: { value: 'value' } },
      { name: 'EMPTY', tookSecond: true, variable: { value: '' } },
    ]);
  });

  it('ends for what is too deep and what grows too large', () => {
    expect(substitute('${A:-'.repeat(200) + '}'.repeat(200), lookUp).fault).toBeDefined();
    const large = { value: 'x'.repeat(100_000) };
    expect(substitute('$A'.repeat(50), () => large).fault).toBeDefined();
  });

  it('leaves a text as it is when its dollars are doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(substitute(text.replaceAll('$', '$$$$'), lookUp).text).toBe(text);
      }),
    );
  });

  it('never throws, and puts values in without reading them again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', '?', '+', ' ', '1') }), (text) => {
        const result = substitute(text, (name) => (name === 'A' ? { value: '${B}' } : undefined));
        expect(typeof result.text).toBe('string');
      }),
      { numRuns: 1000 },
    );
    expect(substitute('$A', () => ({ value: '$B ${C' })).text).toBe('$B ${C');
  });
});
