import { type IssuedPem, TestAuthority } from '../../src/certificates/fixture-authority.ts'
import { ProgrammableApplication } from '../programmable-application.ts'

/** The applications that the documents call `wiki.test`, `api.test:8080` and so on. */
export interface Backends extends AsyncDisposable {
  /** The internal addresses of the documents, and where something answers for them here. */
  readonly names: ReadonlyMap<string, string>
  /** Whom the connector has to trust for some of them. */
  readonly authority: string
}

const address = '127.0.0.2'

/**
 * Starts them. Names that are not among `names` lead nowhere, as they do for a connector that cannot resolve them;
 * `closed.test` is one where nobody listens, `untrusted.test` has a certificate of an authority that nobody knows, and
 * `plain.test` speaks no TLS where it is expected.
 */
export async function startBackends(): Promise<Backends> {
  const application = new ProgrammableApplication()
  const authority = await TestAuthority.create()
  const trusted = await authority.issue([address])
  const untrusted = await (await TestAuthority.create('Nobody')).issue([address])
  const plain = async (): Promise<string> => `http://${address}:${await application.listen()}`
  const secure = async ({ certificate, key }: IssuedPem): Promise<string> =>
    `${address}:${await application.listen({ cert: certificate, key })}`
  return {
    names: new Map([
      ['http://api.test:8080', await plain()],
      ['http://wiki2.test', await plain()],
      ['http://web.test', await plain()],
      ['http://shop.test', await plain()],
      ['http://wiki.corp:8080', await plain()],
      ['https://api.test:8443', `https://${await secure(trusted)}`],
      ['https://plain.test', (await plain()).replace('http:', 'https:')],
      ['https://untrusted.test', `https://${await secure(untrusted)}`],
      // Below the ports that anybody is given: nobody listens there a moment later.
      ['http://closed.test', `http://${address}:1`],
    ]),
    authority: authority.pem,
    [Symbol.asyncDispose]: () => application[Symbol.asyncDispose](),
  }
}
