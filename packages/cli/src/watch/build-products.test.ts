import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BuildProducts } from './build-products.ts';

describe('BuildProducts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-products-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('takes for a product what a build writes again as it was, and from then on whatever it holds', () => {
    const file = join(folder, 'out.js');
    const products = new BuildProducts();
    writeFileSync(file, 'one');
    expect(products.judge(file)).toBe('source');
    expect(products.judge(file)).toBe('new-product');
    writeFileSync(file, 'two');
    expect(products.judge(file)).toBe('product');
  });

  it('takes for a source what holds something else each time, and what is too large to compare', () => {
    const file = join(folder, 'main.js');
    const products = new BuildProducts();
    for (const text of ['one', 'two', 'three']) {
      writeFileSync(file, text);
      expect(products.judge(file)).toBe('source');
    }
    writeFileSync(file, 'x'.repeat((1 << 20) + 1));
    expect(products.judge(file)).toBe('source');
    expect(products.judge(file)).toBe('source');
  });

  it('knows a file that a build removes every time', () => {
    const products = new BuildProducts();
    expect(products.judge(join(folder, 'absent'))).toBe('source');
    expect(products.judge(join(folder, 'absent'))).toBe('new-product');
  });
});
