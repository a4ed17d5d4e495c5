/** What ends a whole connection, with the code for its GOAWAY (RFC 9113 §5.4.1). */
export class Http2Error extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'Http2Error'
    this.code = code
  }
}
