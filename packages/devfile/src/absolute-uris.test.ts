import { describe, expect, it } from 'vitest';
import { makeAbsoluteUris } from './absolute-uris.ts';

const location = 'https://web.example/team/devfile.yaml';

describe('makeAbsoluteUris', () => {
  it('writes relative addresses in full and leaves the rest as it is', async () => {
    const text = [
      'schemaVersion: 2.2.2 # kept',
      'parent:',
      "  uri: '../base.yaml'   # as well",
      'components:',
      '- {name: a, kubernetes: {uri: k8s/a.yaml}}',
      '- {name: b, openshift: {uri: "https://other.example/b.yaml"}}',
      '- {name: c, image: {imageName: i, dockerfile: {uri: "docker/{{kind}}"}}}',
      '- name: d',
      '  kubernetes:',
      '    uri: "d.yaml"',
      '- {name: e, container: {image: uri}}',
      '',
    ].join('\r\n');
    const expected = text
      .replace("'../base.yaml'", '"https://web.example/base.yaml"')
      .replace('k8s/a.yaml', '"https://web.example/team/k8s/a.yaml"')
      .replace('"d.yaml"', '"https://web.example/team/d.yaml"');
    expect(await makeAbsoluteUris(text, location)).toBe(expected);
  });

  it.each([
    '',
    '- a',
    'parent: 1',
    'parent: {uri: 1}',
    'parent: {uri: >\n  a.yaml}',
    'a: [',
    `{"parent": {"uri": "https://a/b"}}`,
  ])('leaves %j as it is', async (text) => {
    expect(await makeAbsoluteUris(text, location)).toBe(text);
  });

  it('writes those of a devfile 1.0.0 in full', async () => {
    const text =
      'apiVersion: 1.0.0\ncomponents: [{type: kubernetes, reference: k/a.yaml}, {type: kubernetes, local: b.yaml}]\n';
    expect(await makeAbsoluteUris(text, location)).toBe(
      text
        .replace('k/a.yaml', '"https://web.example/team/k/a.yaml"')
        .replace('b.yaml', '"https://web.example/team/b.yaml"'),
    );
  });

  it('writes what an alias stands for once', async () => {
    const text = 'parent: {uri: &u a.yaml}\ncomponents: [{name: k, kubernetes: {uri: *u}}]\n';
    const changed = text.replace('a.yaml', '"https://web.example/team/a.yaml"');
    expect(await makeAbsoluteUris(text, location)).toBe(changed);
  });
});
