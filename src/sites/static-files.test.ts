import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StaticFiles } from './static-files.ts'

async function makeBuild() {
  const root = await mkdtemp(join(tmpdir(), 'sallyport-portal-'))
  const folder = join(root, 'portal')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(root, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'assets', 'main-1a.js'), 'plain')
  await writeFile(join(folder, 'assets', 'main-1a.js.br'), 'brotli')
  await symlink(join(root, 'secret.txt'), join(folder, 'assets', 'link.txt'))
  return { folder, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}

const none: ReadonlySet<string> = new Set()

test('no path leads out of the folder, not even by a link [G5]', async () => {
  await using build = await makeBuild()
  const files = new StaticFiles(build.folder, '/index.html')
  assert.equal(await files.ready(), true)
  for (const path of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '//secret.txt',
    '/assets/link.txt',
    '\\..\\secret.txt',
    '/assets',
    '/assets/',
    '',
    '/constructor',
    '/assets/main-1a.js\0.html',
  ]) {
    assert.equal(await files.find(path, none), undefined, path)
  }
})

test('a file is sent as it is, or in an encoding that is there and accepted [G5]', async () => {
  await using build = await makeBuild()
  const files = new StaticFiles(build.folder, '/index.html')
  await files.ready()
  const plain = await files.find('/assets/main-1a.js', new Set(['gzip']))
  assert.equal(plain?.bytes.toString(), 'plain')
  assert.equal(plain.type, 'text/javascript; charset=utf-8')
  assert.equal(plain.encoding, undefined)
  const packed = await files.find('/assets/main-1a.js', new Set(['gzip', 'br']))
  assert.equal(packed?.bytes.toString(), 'brotli')
  assert.equal(packed.encoding, 'br')
})

test('a build that comes later, or again, is seen [G5]', async () => {
  await using build = await makeBuild()
  await rm(join(build.folder, 'index.html'))
  const files = new StaticFiles(build.folder, '/index.html')
  assert.equal(await files.ready(), false)
  const page = join(build.folder, 'index.html')
  await writeFile(page, 'first')
  assert.equal(await files.ready(), true)
  assert.equal((await files.find('/index.html', none))?.bytes.toString(), 'first')
  await writeFile(page, 'second')
  await utimes(page, 1, 1)
  await files.ready()
  assert.equal((await files.find('/index.html', none))?.bytes.toString(), 'second')
})
