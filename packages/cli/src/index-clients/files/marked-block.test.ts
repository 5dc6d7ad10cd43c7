import { AppError } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeIni } from './ini-file.ts';
import { hasBlock, insertBlock, removeBlocks } from './marked-block.ts';
import { mergeToml } from './toml-file.ts';

/** Lines as such files have them, in any order and with any end. */
const files = fc
  .array(
    fc.constantFrom(
      '',
      '[global]',
      '[install]',
      'index-url = https://old.example.com/simple/',
      'index_url: https://old.example.com/simple/',
      'trusted-host =',
      '    old.example.com',
      '# a comment',
      '[[index]]',
      'default = true',
      'url = "https://old.example.com/simple/"',
      'text = """',
      '"""',
      '[pypi]',
      'verify_ssl = false\r',
    ),
  )
  .map((lines) => lines.join('\n'));

describe('marked blocks', () => {
  it('are gone without a trace when they are removed', () => {
    fc.assert(
      fc.property(files, fc.nat(20), fc.array(fc.nat(20)), (text, at, hides) => {
        const count = text.split('\n').length;
        const place = { at: at % (count + 1), hides: hides.filter((line) => line < count) };
        const merged = insertBlock(text, ['key = value'], place);
        expect(hasBlock(merged)).toBe(true);
        expect(removeBlocks(merged)).toBe(text);
      }),
    );
  });

  it('restore what any file of settings was before values were set', () => {
    const sections = [{ name: 'global', values: { 'index-url': 'x' }, lists: { 'trusted-host': ['h'] } }];
    const attempt = (text: string, merge: () => string): void => {
      let merged = '';
      try {
        merged = merge();
      } catch (error) {
        if (error instanceof AppError) return;
        throw error;
      }
      expect(removeBlocks(merged)).toBe(text);
    };
    fc.assert(
      fc.property(files, (text) => {
        attempt(text, () => mergeIni(text, sections, (section, key) => section !== 'global' && key === 'index-url'));
        attempt(text, () => mergeToml(text, { name: 'pypi', values: { url: '"x"' } }, 'file'));
        attempt(text, () =>
          mergeToml(text, { name: 'index', isArrayItem: true, values: { url: '"x"' } }, 'file', ({ name, lines }) =>
            name === 'index' ? lines : [],
          ),
        );
      }),
    );
  });

  it('keep what was written below them since', () => {
    const merged = insertBlock('open line', ['key = value'], { at: Number.POSITIVE_INFINITY });
    expect(removeBlocks(`${merged}later\n`)).toBe('open line\nlater\n');
    expect(removeBlocks(merged)).toBe('open line');
  });

  it('that have lost their end are refused with the line', () => {
    const merged = insertBlock('a\n', ['key = value'], { at: 1 }).replace('# <<< devstead index <<<\n', '');
    expect(() => removeBlocks(merged, 'pip.conf')).toThrow(/pip\.conf:2/);
  });
});
