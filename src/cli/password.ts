import { randomInt } from 'node:crypto'

// Without letters and digits that look alike: it is read to somebody once.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 4
const groupLength = 5

/** A first password that can be said on the telephone: 20 signs of 31, which is 99 bits. */
export function randomPassword(): string {
  const group = (): string =>
    Array.from({ length: groupLength }, () => letters[randomInt(letters.length)]).join('')
  return Array.from({ length: groups }, group).join('-')
}
