/** Which tests type the blocks of commands of which documents and folders. Pages of one test build on each other, in this order. */
export const typedPages = {
  'test/journeys/more/documented-commands.ts': [
    'docs/api.md',
    'docs/access-tokens.md',
    'docs/doctor.md',
    'docs/local-people.md',
    'docs/sessions.md',
    'docs/conditional-access.md',
    'docs/header-sign-on.md',
    'docs/configuration-as-code.md',
    'docs/live-requests.md',
    'docs/cli.md',
    'docs/complex-applications.md',
    'docs/six-options.md',
    'docs/connectors.md',
    'docs/operating.md',
    'docs/migration-from-entra.md',
    'docs/certificates.md',
    'docs/identity-providers.md',
  ],
  'test/journeys/more/getting-started.ts': ['docs/getting-started.md', 'README.md'],
  // The block that orders certificates.
  'test/journeys/certificates.test.ts': ['docs/certificates.md'],
  'test/journeys/more/typed-commands.ts': ['docs/errors/', 'docs/cli-reference.md'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Documents whose commands need what no test can count on, with what that is. */
export const typedByHand: Readonly<Record<string, string>> = {
  'docs/conformance.md': 'a program from the internet (h2spec)',
}
