import {
  type AsnType,
  BaseBlock,
  Constructed,
  fromBER,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
} from 'asn1js'

/** Bytes that are not the structure they should be. */
export class Asn1Error extends Error {}

/** The one value that `bytes` are (BER: files in the field use indefinite lengths). Throws Asn1Error. */
export function parseAsn1(bytes: Uint8Array): AsnType {
  const copy = new Uint8Array(bytes)
  const { offset, result } = fromBER(copy.buffer)
  if (offset < 0 || result.error !== '') throw new Asn1Error(result.error || 'no ASN.1')
  return result
}

/** Whether `bytes` are one SEQUENCE. */
export function holdsSequence(bytes: Uint8Array): boolean {
  const { offset, result } = fromBER(new Uint8Array(bytes).buffer)
  return offset >= 0 && isSequence(result)
}

export function isSequence(value: AsnType): boolean {
  return value instanceof Sequence
}

/** The parts of a SEQUENCE or of an explicitly tagged value. */
export function partsOf(value: AsnType | undefined): readonly AsnType[] {
  if (value instanceof Sequence || value instanceof Constructed) {
    return value.valueBlock.value as AsnType[]
  }
  throw new Asn1Error('a sequence is missing')
}

export function oidOf(value: AsnType | undefined): string {
  if (value instanceof ObjectIdentifier) return value.valueBlock.toString()
  throw new Asn1Error('an object identifier is missing')
}

/** Bytes of an OCTET STRING, also of one in pieces, and of one under an implicit tag. */
export function octetsOf(value: AsnType | undefined): Buffer {
  if (value instanceof OctetString) return Buffer.from(value.getValue())
  if (value instanceof Primitive) return Buffer.from(value.valueBlock.valueHexView)
  if (value instanceof Constructed) return Buffer.concat(partsOf(value).map(octetsOf))
  throw new Asn1Error('an octet string is missing')
}

/** A small whole number. */
export function numberOf(value: AsnType | undefined): number {
  if (value instanceof Integer && !value.valueBlock.isHexOnly) return value.valueBlock.valueDec
  throw new Asn1Error('a number is missing')
}

/** The DER or BER that the value came from. */
export function bytesOf(value: AsnType | undefined): Buffer {
  if (value instanceof BaseBlock) return Buffer.from(value.valueBeforeDecodeView)
  throw new Asn1Error('a value is missing')
}
