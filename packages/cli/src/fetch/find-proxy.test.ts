import { describe, expect, it } from 'vitest';
import { findProxy } from './find-proxy.ts';

const proxy = 'http://proxy.example:3128';

describe('findProxy', () => {
  it.each([
    ['https://a.example/x', { HTTPS_PROXY: proxy }, proxy],
    ['https://a.example/x', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    ['https://a.example/x', { HTTP_PROXY: proxy }, undefined],
    ['https://a.example/x', { ALL_PROXY: proxy }, proxy],
    ['http://a.example/x', { HTTP_PROXY: proxy }, proxy],
    ['http://127.0.0.1/x', { HTTP_PROXY: proxy }, undefined],
    ['http://localhost/x', { HTTP_PROXY: proxy }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'b.example, .example' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, no_proxy: '*.example' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'A.EXAMPLE' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'xample' }, proxy],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'a.example:443' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: proxy, NO_PROXY: 'a.example:8443' }, proxy],
    ['https://[fd00::1]/x', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::1' }, undefined],
    ['https://a.example/x', { HTTPS_PROXY: '', NO_PROXY: '' }, undefined],
  ])('for %s with %j finds %s', (address, env, expected) => {
    expect(findProxy(new URL(address), env)).toBe(expected);
  });
});
