import fc from 'fast-check';
import { parseSubdomain } from '../../src/contract/subdomain';

describe('parseSubdomain', () => {
  test.each([
    'acme',
    ' ACME\n',
    'acme.zendesk.com',
    'Acme.Zendesk.Com',
    'https://acme.zendesk.com',
    'http://acme.zendesk.com/',
    'HTTPS://acme.zendesk.com/agent/tickets/1?x=y#z',
    'acme/',
  ])('finds acme in %j', (value) => {
    expect(parseSubdomain(value)).toBe('acme');
  });

  test.each(['a', '7', '3m-support', 'a--b', 'x'.repeat(63)])('takes the DNS label %s', (label) => {
    expect(parseSubdomain(label)).toBe(label);
  });

  test.each([
    '',
    ' ',
    '.',
    'zendesk.com',
    '.zendesk.com',
    'https://',
    '-acme',
    'acme-',
    'x'.repeat(64),
    'ac me',
    'ac_me',
    'acmé',
    'acme.evil.com',
    'acme.zendesk.com.evil.com',
    'acme.zendesk.com.zendesk.com',
    'evil.com/',
    'evil.com#',
    'evil.com?',
    'evil.com\\',
    'evil.com:443/acme',
    'x@evil.com#',
    'x@acme',
    'https://me:password@acme.zendesk.com',
    'acme:8080',
    'acme%2ezendesk',
    'acme\u0000',
    'acme\n.evil.com',
    'evil.com/\nacme',
    'ftp://acme.zendesk.com',
    'https://https://acme.zendesk.com',
    '//acme.zendesk.com',
    '127.0.0.1',
    '[::1]',
  ])('refuses %j', (value) => {
    expect(parseSubdomain(value)).toBeUndefined();
  });

  test('never leads to another host than zendesk.com, whatever it is given', () => {
    const parts = fc.constantFrom(
      'acme',
      'evil.com',
      '.zendesk.com',
      'https://',
      '/',
      '@',
      '#',
      '?',
      ':',
      '\\',
      '.',
      '-',
      ' ',
      '\n',
    );
    const pasted = fc.oneof(
      fc.string(),
      fc.array(parts).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(pasted, (value) => {
        const label = parseSubdomain(value);
        if (label === undefined) return;
        const url = new URL(`https://${label}.zendesk.com/api`);
        expect(url.host).toBe(`${label}.zendesk.com`);
        expect(url.pathname + url.search + url.hash + url.username).toBe('/api');
      }),
    );
  });
});
