import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What a device does wrong on purpose. */
export interface DeviceLies {
  readonly origin?: string
  readonly host?: string
  readonly challenge?: string
  readonly type?: string
  readonly verified?: boolean
  readonly present?: boolean
  readonly userHandle?: string
  readonly counter?: number
  readonly id?: string
  readonly signedBy?: KeyObject
}

interface Party {
  readonly host: string
  readonly origin: string
}

/** A device with one passkey, made of keys and bytes (WebAuthn §6): tells the truth unless told to lie. */
export class TestDevice {
  readonly id = randomBytes(16).toString('base64url')
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #party: Party
  counter = 0

  constructor(party: Party) {
    this.#party = party
  }

  /** The COSE key, base64url, as it would be kept. */
  get publicKey(): string {
    return this.#coseKey().toString('base64url')
  }

  /** What the browser sends after `navigator.credentials.create`. */
  create(challenge: string, lies: DeviceLies = {}): string {
    const id = Buffer.from(this.id, 'base64url')
    const idLength = Buffer.alloc(2)
    idLength.writeUInt16BE(id.length)
    // A model's number of zeros says nothing of the make.
    const attested = Buffer.concat([Buffer.alloc(16), idLength, id, this.#coseKey()])
    const authData = Buffer.concat([this.#authData({ ...lies, attested: true }), attested])
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      ...[cborText('fmt'), cborText('none')],
      ...[cborText('attStmt'), Buffer.from([0xa0])],
      ...[cborText('authData'), cborBytes(authData)],
    ])
    return this.#answer({ attestationObject, transports: ['internal'] }, 'webauthn.create', {
      ...lies,
      challenge: lies.challenge ?? challenge,
    })
  }

  /** What the browser sends after `navigator.credentials.get`. */
  get(challenge: string, personId: string, lies: DeviceLies = {}): string {
    const authenticatorData = this.#authData(lies)
    const facts = { ...lies, challenge: lies.challenge ?? challenge }
    const client = this.#clientData('webauthn.get', facts)
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(client).digest()])
    const signature = sign('sha256', signed, lies.signedBy ?? this.#keys.privateKey)
    const userHandle = Buffer.from(lies.userHandle ?? personId)
    return this.#answer({ authenticatorData, signature, userHandle }, 'webauthn.get', facts)
  }

  #answer(parts: object, type: string, lies: DeviceLies): string {
    const id = lies.id ?? this.id
    const encoded = Object.entries(parts).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? value.toString('base64url') : value,
    ])
    const clientDataJSON = this.#clientData(type, lies).toString('base64url')
    const response = { ...Object.fromEntries(encoded), clientDataJSON }
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      response,
      clientExtensionResults: {},
    })
  }

  #clientData(type: string, { challenge, origin, type: other }: DeviceLies): Buffer {
    const facts = { type: other ?? type, challenge, origin: origin ?? this.#party.origin }
    return Buffer.from(JSON.stringify({ ...facts, crossOrigin: false }))
  }

  #authData(lies: DeviceLies & { readonly attested?: boolean }): Buffer {
    const { present = true, verified = true, attested = false } = lies
    const flags = (present ? 1 : 0) | (verified ? 4 : 0) | (attested ? 64 : 0)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(lies.counter ?? this.counter)
    const host = createHash('sha256')
      .update(lies.host ?? this.#party.host)
      .digest()
    return Buffer.concat([host, Buffer.from([flags]), counter])
  }

  // RFC 9052 §7, RFC 9053 §7.1.1: EC2, ES256, P-256.
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const [at, up] = [x, y].map((part) => cborBytes(Buffer.from(part, 'base64url')))
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21])
    return Buffer.concat([head, at ?? head, Buffer.from([0x22]), up ?? head])
  }
}

// RFC 8949 §3.1, as long as the texts and bytes of these tests.
function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)])
}

function cborBytes(bytes: Buffer): Buffer {
  const head = bytes.length < 24 ? [0x40 | bytes.length] : [0x58, bytes.length]
  return Buffer.concat([Buffer.from(head), bytes])
}
