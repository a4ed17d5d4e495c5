import assert from 'node:assert/strict'
import type { BrowserContext, Page } from 'playwright-core'
import { accessibilityProblems, saveScreenshot } from './browser.ts'
import { ensurePortal } from './portal-build.ts'
import { fillSignIn, startWorld, type World, type WorldUser } from './world.ts'

/** The portal at a real edge, in Chromium, with somebody signed in. Disposing checks that no page broke its policy. */
export interface PortalStage extends AsyncDisposable {
  readonly world: World
  readonly profile: BrowserContext
  readonly page: Page
  /** `https://portal.contoso.localhost:<port>` */
  readonly origin: string
  /** Goes to a page of the portal and waits until its heading and all that it reads are there. */
  open(path: string): Promise<void>
}

/** Starts the demo and signs its administrator, or somebody else, in at the portal. */
export async function openPortal(user?: WorldUser): Promise<PortalStage> {
  await ensurePortal()
  const world = await startWorld()
  const profile = await world.profile()
  const page = await profile.newPage()
  const origin = world.external('portal').replace(/\/$/, '')
  const complaints = watch(page, origin)
  await page.goto(`${origin}/`)
  await fillSignIn(page, user ?? world.administrator)
  await page.waitForURL(`${origin}/**`)
  return {
    world,
    profile,
    page,
    origin,
    async open(path) {
      await page.goto(origin + path)
      await settled(page)
    },
    async [Symbol.asyncDispose]() {
      await profile.close()
      await world[Symbol.asyncDispose]()
      assert.deepEqual(complaints, [])
    },
  }
}

/** Resolves when the page has its heading, and no part of it is still waiting for an answer. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await page.locator('main:not(:has(.waiting))').waitFor()
}

/** Everything that must not happen: broken policies, requests to other hosts, errors nobody caught. */
function watch(page: Page, origin: string): string[] {
  const complaints: string[] = []
  const isOwn = (url: string): boolean => {
    return /^(?:data|blob|about):/.test(url) || new URL(url).hostname.endsWith('.contoso.localhost')
  }
  page.on('console', (message) => {
    if (/Content Security Policy|violates/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const fromPortal = request.frame().url().startsWith(origin)
    const { hostname } = new URL(origin)
    const own = new URL(request.url()).hostname === hostname || request.isNavigationRequest()
    if (!isOwn(request.url()) || (fromPortal && !own && !/^data:/.test(request.url()))) {
      complaints.push(`a request to ${request.url()}`)
    }
  })
  return complaints
}

const looks = [
  ['light', 'light', { colorScheme: 'light', forcedColors: 'none' }],
  ['dark', 'dark', { colorScheme: 'dark', forcedColors: 'none' }],
  ['forced', 'contrast', { colorScheme: 'dark', forcedColors: 'active' }],
] as const
const sizes = [
  ['desk', { width: 1280, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const

// Fluent's focus traps end in elements that pass the focus on at once; nobody ever stays on one.
const focusTraps = '[data-tabster-dummy]'

/**
 * Holds the page against axe in light, dark and forced colours, at a desk and on a phone, where nothing may stick out to
 * the right; saves a picture of each. In brief: three of the six, for a page whose parts others have already.
 */
export async function checkLooks(page: Page, name: string, extent?: 'brief'): Promise<void> {
  // A page behind another one is drawn once a second.
  await page.bringToFront()
  for (const [size, viewport] of sizes) {
    await page.setViewportSize(viewport)
    for (const [look, theme, media] of looks) {
      if (extent === 'brief' && !briefly.includes(`${size}-${look}`)) continue
      await page.emulateMedia({ ...media, reducedMotion: 'reduce' })
      await page.locator(`html[data-theme=${theme}]`).waitFor()
      await page.evaluate(animationsEnd)
      await saveScreenshot(page, `portal-${name}-${size}-${look}`)
      assert.deepEqual(await accessibilityProblems(page, focusTraps), [], `${name} ${size} ${look}`)
    }
    const overhang = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.ok(Number(overhang) <= 0, `${name} sticks out by ${overhang} px (${size})`)
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
  await page.setViewportSize(sizes[0][1])
}

// What fades in has not got its colours yet. Spinners never end, and how long a message stays is an animation, too.
const animationsEnd = `Promise.all(document.getAnimations()
  .filter((each) => each.effect?.getComputedTiming().endTime < 3_000)
  .map((each) => each.finished.catch(() => {}))).then(() => {})`

const briefly: readonly string[] = ['desk-light', 'desk-forced', 'phone-dark']
