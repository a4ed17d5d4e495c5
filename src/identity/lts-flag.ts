// oidc-provider prints a warning on import unless the build of Node carries an LTS code name, and the build pinned from
// the registry carries none although its line is one. The name only has to sort after the oldest it supports ("Jod").
if (process.release.lts === undefined) {
  Object.defineProperty(process.release, 'lts', { value: 'Unnamed', configurable: true })
}
