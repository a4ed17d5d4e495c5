import assert from 'node:assert/strict'
import { Exchange } from '../../src/edge/exchange.ts'
import { SignIn } from '../../src/identity/sign-in/sign-in.ts'

// Loaded into an edge before its program (`node --import`): makes what no test could otherwise cause, by the path asked.

type Act = (path: string) => void

/** Does `act` at the beginning of each call of a method. */
function before<Type extends object>(
  prototype: Type,
  name: keyof Type,
  pathOf: (self: Type, args: readonly unknown[]) => string,
  act: Act,
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown
  Object.defineProperty(prototype, name, {
    value(this: Type, ...args: unknown[]) {
      act(pathOf(this, args))
      return original.apply(this, args)
    },
  })
}

const mishap = () => new Error('a mishap made for a test')

const later: Readonly<Record<string, () => void>> = {
  '/mishap/timer': () => {
    throw mishap()
  },
  '/mishap/promise': () => void Promise.reject(mishap()),
  '/mishap/invariant': () => assert.fail('an invariant broken for a test'),
}

before(
  Exchange.prototype,
  'forward',
  (exchange) => exchange.request.target.path,
  (path) => {
    if (path === '/mishap/now') throw mishap()
    const act = later[path]
    if (act) setImmediate(act)
  },
)
const pathOfPage = (_: SignIn, args: readonly unknown[]) =>
  (args.find((arg) => arg instanceof Object && 'url' in arg) as { url: URL }).url.pathname

for (const name of ['handle', 'relay'] as const) {
  before(SignIn.prototype, name, pathOfPage, (path) => {
    if (path === `/.sallyport/mishap-${name}`) throw mishap()
  })
}
