import { describe, expect, it } from 'vitest';
import { readObject } from './read-object.fixture.ts';

const git = { remotes: { origin: 'https://git.example/shop' } };

describe('a project', () => {
  it('has the folders to check out and the folder that stands for it', () => {
    const { environment, diagnostics } = readObject({
      projects: [{ name: 'shop', git, attributes: { sparseCheckout: ' src  /docs/guide/ src', subDir: 'src/./web' } }],
    });
    expect(diagnostics).toEqual([]);
    expect(environment.projects[0]).toMatchObject({ sparseDirs: ['src', 'docs/guide'], subDir: 'src/web' });
    expect(environment.provenance['projects.shop.subDir']?.[0]?.detail).toBe('projects.0.attributes.subDir');
  });

  it('has those that version 2.0.0 of the format names', () => {
    const { environment } = readObject({ projects: [{ name: 'shop', git, sparseCheckoutDirs: ['a', 'b/c'] }] });
    expect(environment.projects[0]?.sparseDirs).toEqual(['a', 'b/c']);
  });

  it('is checked out from the remote named, at the revision named', () => {
    const remotes = { origin: 'https://git.example/me', upstream: 'https://git.example/shop' };
    const checkoutFrom = { remote: 'upstream', revision: 'v2' };
    const { environment } = readObject({ projects: [{ name: 'shop', git: { remotes, checkoutFrom } }] });
    expect(environment.projects[0]?.git).toEqual({ remotes, checkoutRemote: 'upstream', revision: 'v2' });
  });

  it.each([
    { sparseCheckout: '../other' },
    { sparseCheckout: 'src a/../../b' },
    { sparseCheckout: 'src .git' },
    { sparseCheckout: 7 },
    { sparseCheckout: ['src', 7] },
    { subDir: '..' },
    { subDir: 'a/../..' },
    { subDir: 'a/.GIT/hooks' },
    { subDir: 'a\\b' },
    { subDir: 'a\nb' },
    { subDir: 7 },
  ])('cannot take %j, which is no folder of it', (attributes) => {
    const { diagnostics, environment } = readObject({ projects: [{ name: 'shop', git, attributes }] });
    expect(diagnostics.map(({ code }) => code)).toEqual(['environment.project-folder']);
    expect(JSON.stringify(environment.projects)).not.toMatch(/\.\.|GIT/);
  });
});

describe('starter projects', () => {
  it('are listed with what they come from', () => {
    const { environment, diagnostics } = readObject({
      starterProjects: [
        { name: 'small', description: 'A small one', git, subDir: 'small' },
        { name: 'zipped', zip: { location: 'https://files.example/a.zip' } },
      ],
    });
    expect(diagnostics).toEqual([]);
    expect(environment.starters).toEqual([
      {
        name: 'small',
        description: 'A small one',
        git: { remotes: git.remotes, checkoutRemote: 'origin' },
        subDir: 'small',
        isChosen: false,
      },
      { name: 'zipped', zip: { location: 'https://files.example/a.zip' }, isChosen: false },
    ]);
  });

  it('can be chosen by the devfile', () => {
    const attributes = { 'controller.devfile.io/use-starter-project': 'two' };
    const starterProjects = [
      { name: 'one', git },
      { name: 'two', git },
    ];
    const { environment, diagnostics } = readObject({ attributes, starterProjects });
    expect(diagnostics).toEqual([]);
    expect(environment.starters.map(({ isChosen }) => isChosen)).toEqual([false, true]);
  });

  it('must be there to be chosen', () => {
    const attributes = { 'controller.devfile.io/use-starter-project': 'three' };
    const { diagnostics } = readObject({ attributes, starterProjects: [{ name: 'one', git }] });
    expect(diagnostics.map(({ code }) => code)).toEqual(['environment.unknown-starter']);
  });
});
