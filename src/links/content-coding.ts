import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { fieldValues, listMembers, type RawHeaders } from '../http/headers.ts'

/** A content coding that can be undone and done again (RFC 9110 §8.4.1, RFC 8878, RFC 7932). */
export type Coding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd'

const codings: ReadonlyMap<string, Coding> = new Map([
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/** The coding of a body; undefined for one that is not known here, and for several on top of each other. */
export function codingOf(headers: RawHeaders): Coding | undefined {
  const members = listMembers(fieldValues(headers, 'content-encoding'))
  const [only = 'identity'] = members
  return members.length > 1 ? undefined : codings.get(only.toLowerCase())
}

/** An Accept-Encoding that leaves out what could not be read here; `*` could mean anything (RFC 9110 §12.5.3). */
export function readableCodings(value: string): string {
  const kept = listMembers([value]).filter((member) => {
    const [name = ''] = member.split(';')
    return codings.has(name.trim().toLowerCase())
  })
  return kept.join(', ') || 'identity'
}

export interface Coder {
  readonly decoder: Transform
  readonly encoder: Transform & Pick<zlib.Gzip, 'flush'>
  /** What makes the encoder give out all it has. */
  readonly flushKind: number
}

// Steps per chunk: fewer than with the 16 KiB of zlib's own default.
const chunkSize = 64 * 1024
// RFC 9659: what browsers accept of zstd over HTTP, 8 MiB.
const zstdWindowLogMax = 23
// Windows of 256 KiB: what a page gains from larger ones is small against megabytes of memory for each of them.
const encoderWindowLog = 18
// Measured on 4.8 MB of HTML: 4 % more than zlib's default 6 at 1.6 times its speed (22.9 %, 78 MB/s); brotli 4 makes less of
// it at about that speed (19.5 %, 90 MB/s), zstd 3 is twice as fast (20.7 %, 173 MB/s).
const gzipLevel = 4
const brotliQuality = 4
const zstdLevel = 3

/** Both directions of a coding. `first` is the body's first byte, which tells the two formats called deflate apart. */
export function createCoder(coding: Exclude<Coding, 'identity'>, first: number): Coder {
  const { constants } = zlib
  if (coding === 'br') {
    return {
      decoder: zlib.createBrotliDecompress({ chunkSize }),
      encoder: zlib.createBrotliCompress({
        params: {
          [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
          [constants.BROTLI_PARAM_LGWIN]: encoderWindowLog,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        },
      }),
      flushKind: constants.BROTLI_OPERATION_FLUSH,
    }
  }
  if (coding === 'zstd') {
    return {
      decoder: zlib.createZstdDecompress({
        chunkSize,
        params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLogMax },
      }),
      encoder: zlib.createZstdCompress({
        params: {
          [constants.ZSTD_c_compressionLevel]: zstdLevel,
          [constants.ZSTD_c_windowLog]: encoderWindowLog,
        },
      }),
      flushKind: constants.ZSTD_e_flush,
    }
  }
  const flushKind = constants.Z_SYNC_FLUSH
  const level = gzipLevel
  if (coding === 'gzip') {
    return {
      decoder: zlib.createGunzip({ chunkSize }),
      encoder: zlib.createGzip({ level }),
      flushKind,
    }
  }
  // RFC 9110 §8.4.1.2: some send deflate without the zlib wrapper, whose first byte says that it is one.
  const wrapped = (first & 0x0f) === 8
  return wrapped
    ? {
        decoder: zlib.createInflate({ chunkSize }),
        encoder: zlib.createDeflate({ level }),
        flushKind,
      }
    : {
        decoder: zlib.createInflateRaw({ chunkSize }),
        encoder: zlib.createDeflateRaw({ level }),
        flushKind,
      }
}
