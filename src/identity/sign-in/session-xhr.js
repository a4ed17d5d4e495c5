// Served as /.sallyport/session-xhr.js, behind session.js and written by its rules (session-script.ts).
const Native = XMLHttpRequest
const types = ['readystatechange', 'load', 'loadend']

// What the edge said, where the page has asked for a kind of answer that can be read at once.
const codeOf = ({ responseType, response }) => {
  try {
    const text = responseType === 'arraybuffer' ? new TextDecoder().decode(response) : response
    return (responseType === 'json' ? response : JSON.parse(text)).error.code
  } catch {
    return ''
  }
}

window.XMLHttpRequest = class XMLHttpRequest extends Native {
  #call = []
  #fields = []
  #body
  #over = false

  // Before anybody else listens, so that the answer can be kept from them.
  constructor() {
    super()
    for (const type of types) super.addEventListener(type, (event) => this.#hear(event))
  }

  open(...call) {
    this.#call = call
    this.#fields = []
    // One that the page waits for in place cannot wait for a person.
    this.#over = call[2] === false
    super.open(...call)
  }

  setRequestHeader(name, value) {
    super.setRequestHeader(name, value)
    this.#fields.push([name, value])
  }

  send(body) {
    this.#body = body
    super.send(body)
  }

  #hear(event) {
    const isFirst = !this.#over && this.readyState === 4 && this.status === 401
    if (!isFirst || codeOf(this) !== 'signed-out') return
    event.stopImmediatePropagation()
    if (event.type === 'loadend') this.#repeat()
  }

  async #repeat() {
    this.#over = true
    const isSignedIn = await window.sallyport?.again(new URL(this.responseURL).origin)
    // Given up meanwhile.
    if (this.readyState !== 4) return
    if (!isSignedIn) {
      for (const type of types) this.dispatchEvent(new ProgressEvent(type))
      return
    }
    super.open(...this.#call)
    for (const [name, value] of this.#fields) super.setRequestHeader(name, value)
    super.send(this.#body)
  }
}
