import { asciiOf, foreignCharacter, type Reading, readEscaped } from './reading.ts'

// Of the 2,231 named references (HTML §named-character-references) those that mean something in ASCII.
const named: ReadonlyMap<string, string> = new Map([
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['excl', '!'],
  ['quot', '"'],
  ['QUOT', '"'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['amp', '&'],
  ['AMP', '&'],
  ['apos', "'"],
  ['lpar', '('],
  ['rpar', ')'],
  ['ast', '*'],
  ['midast', '*'],
  ['plus', '+'],
  ['comma', ','],
  ['period', '.'],
  ['sol', '/'],
  ['colon', ':'],
  ['semi', ';'],
  ['lt', '<'],
  ['LT', '<'],
  ['equals', '='],
  ['gt', '>'],
  ['GT', '>'],
  ['quest', '?'],
  ['commat', '@'],
  ['lsqb', '['],
  ['lbrack', '['],
  ['bsol', '\\'],
  ['rsqb', ']'],
  ['rbrack', ']'],
  ['Hat', '^'],
  ['lowbar', '_'],
  ['UnderBar', '_'],
  ['grave', '`'],
  ['DiacriticalGrave', '`'],
  ['lcub', '{'],
  ['lbrace', '{'],
  ['verbar', '|'],
  ['vert', '|'],
  ['VerticalLine', '|'],
  ['rcub', '}'],
  ['rbrace', '}'],
  ['fjlig', 'fj'],
  ['nvlt', `<${foreignCharacter}`],
  ['nvgt', `>${foreignCharacter}`],
  ['bne', `=${foreignCharacter}`],
])

// These count without a semicolon, too, but in attributes not where `=`, a letter or a digit follows.
const reference =
  /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([a-zA-Z]+);|(amp|AMP|lt|LT|gt|GT|quot|QUOT)(?![0-9a-zA-Z=]))/g

/** An attribute's value with its character references resolved (HTML §character-reference-state). */
export function readAttribute(written: string): Reading {
  if (!written.includes('&')) return { text: written, places: undefined }
  return readEscaped(written, reference, ([, hexadecimal, decimal, closed, open]) => {
    if (hexadecimal !== undefined) return asciiOf(Number.parseInt(hexadecimal, 16))
    if (decimal !== undefined) return asciiOf(Number.parseInt(decimal, 10))
    return named.get((closed ?? open) as string)
  })
}

/** Text as it can stand in an attribute's value, whatever its quotes. */
export function escapeAttribute(text: string): string {
  return special.test(text)
    ? text.replaceAll(/[&"'<>`]/g, (each) => `&#${each.charCodeAt(0)};`)
    : text
}

const special = /[&"'<>`]/
