import { AppError } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { renderTemplate } from './render-template.ts';

const fields = ['Name', 'State', 'Publishers'];
const rows = [
  { Name: 'shop-web-1', State: 'running', Publishers: [{ PublishedPort: 80 }] },
  { Name: 'shop-db-1', State: 'exited', Publishers: [] },
];

describe('--format', () => {
  it.each([
    ['{{.Name}}', 'shop-web-1\nshop-db-1\n'],
    ['{{ .Name }}: {{ upper .State }}', 'shop-web-1: RUNNING\nshop-db-1: EXITED\n'],
    ['{{.Name}}\\t{{.State | upper}}', 'shop-web-1\tRUNNING\nshop-db-1\tEXITED\n'],
    ['{{json .Publishers}}', '[{"PublishedPort":80}]\n[]\n'],
    ['plain', 'plain\nplain\n'],
    ['table {{.Name}}\\t{{.State}}', 'NAME        STATE\nshop-web-1  running\nshop-db-1   exited\n'],
  ])('%s', (template, expected) => {
    expect(renderTemplate(rows, template, fields)).toBe(expected);
  });

  it('gives whole rows as JSON', () => {
    const lines = renderTemplate(rows, '{{json .}}', fields).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
  });

  it.each(['{{.Nope}}', '{{.}}', '{{range .Publishers}}', '{{exec .Name}}', '{{}}', '{{.constructor}}'])(
    'refuses %s',
    (template) => {
      expect(() => renderTemplate(rows, template, fields)).toThrowError(AppError);
    },
  );
});
