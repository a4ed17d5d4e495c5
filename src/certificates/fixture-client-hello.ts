/** What a ClientHello is to say; bytes as they are, however wrong. */
export interface HelloWish {
  /** The server_name extension's names, each with its type. */
  readonly serverNames?: readonly { readonly type: number; readonly name: Uint8Array }[]
  readonly alpn?: readonly string[]
  /** Splits the handshake message into records of this many bytes. */
  readonly recordBytes?: number
}

/** A TLS 1.2 ClientHello that OpenSSL goes along with, as bytes on the wire (RFC 5246 §7.4.1.2, RFC 6066 §3). */
export function writeClientHello(wish: HelloWish): Buffer {
  const { serverNames, alpn, recordBytes = 16_384 } = wish
  const extensions = [
    extension(0x000a, vector16([0x00, 0x17])), // supported_groups: P-256
    extension(0x000b, vector8([0x00])), // ec_point_formats: uncompressed
    extension(0x000d, vector16([0x04, 0x03])), // signature_algorithms: ECDSA with SHA-256
  ]
  if (serverNames) {
    const list = serverNames.map(({ type, name }) =>
      Buffer.concat([Buffer.from([type]), vector16(name)]),
    )
    extensions.push(extension(0x0000, vector16(Buffer.concat(list))))
  }
  if (alpn) {
    const list = alpn.map((protocol) => vector8(Buffer.from(protocol)))
    extensions.push(extension(0x0010, vector16(Buffer.concat(list))))
  }
  const body = Buffer.concat([
    Buffer.from([0x03, 0x03]),
    Buffer.alloc(32, 7), // random
    vector8([]), // session id
    vector16([0xc0, 0x2b]), // ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    vector8([0x00]), // no compression
    vector16(Buffer.concat(extensions)),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  length[0] = 0x01
  return toRecords(Buffer.concat([length, body]), recordBytes)
}

function toRecords(message: Buffer, recordBytes: number): Buffer {
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += recordBytes) {
    const fragment = message.subarray(at, at + recordBytes)
    records.push(Buffer.from([0x16, 0x03, 0x01]), vector16(fragment))
  }
  return Buffer.concat(records)
}

function extension(type: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 0xff]), vector16(data)])
}

function vector8(bytes: Uint8Array | readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([bytes.length]), Buffer.from(bytes)])
}

function vector16(bytes: Uint8Array | readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), Buffer.from(bytes)])
}
