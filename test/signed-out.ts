import type { BrowserContext, Page } from 'playwright-core'
import { Editor } from './editor.ts'
import { signIn, startWorld, type World } from './world.ts'

/** A world with applications that people write in, for journeys of pages whose session ends under them. */
export interface Editors extends AsyncDisposable {
  readonly world: World
  /** Two hosts: the page is at `edit`, and saves at `store`. */
  readonly editor: Editor
  readonly edit: string
  readonly store: string
  /** The same, which keeps forms. */
  readonly keeping: Editor
  readonly keptEdit: string
  /** Two registrable domains. */
  readonly far: { readonly edit: string; readonly store: string }
}

export async function startEditors(): Promise<Editors> {
  const world = await startWorld()
  const [editor, keeping, distant] = [new Editor(), new Editor(), new Editor()]
  const { edit, store } = await editor.publish(world, 'note')
  const kept = await keeping.publish(world, 'kept', { isFormPostPreserved: true })
  const far = await distant.publish(world, 'far', {}, 'northwind')
  return {
    world,
    editor,
    edit: `${edit}edit`,
    store,
    keeping,
    keptEdit: `${kept.edit}edit`,
    far,
    async [Symbol.asyncDispose]() {
      for (const one of [editor, keeping, distant, world]) await one[Symbol.asyncDispose]()
    },
  }
}

/** A page in the middle of an edit, whose session an administrator has just ended. */
export async function editSignedOut(editors: Editors, profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  await signIn(page, editors.edit, editors.world.alice)
  await page.getByLabel('Text').fill('two hours of work')
  await signOutAlice(editors, profile)
  editors.editor.arrivals.length = 0
  return page
}

/** The sign-in that a form sent too late has led to, in an application that keeps forms. */
export async function formSignedOut(
  editors: Editors,
  profile: BrowserContext,
  encoding: string,
): Promise<Page> {
  const page = await profile.newPage()
  await signIn(page, editors.keptEdit, editors.world.alice)
  await page.getByLabel('Text').fill('two hours of work')
  await page.evaluate(`document.forms[0].enctype='${encoding}'`)
  await signOutAlice(editors, profile)
  // What the page does by itself meanwhile changes nothing.
  await page.evaluate("fetch('/poll')")
  editors.keeping.arrivals.length = 0
  await page.getByRole('button', { name: 'Send as a form' }).click()
  return page
}

/** Ends her sessions as an administrator does; the provider is to ask for the password again, too. */
export async function signOutAlice({ world }: Editors, profile: BrowserContext): Promise<void> {
  const path = `/users/${world.alice.userPrincipalName}/revokeSignInSessions`
  await world.graph.call('POST', path)
  await profile.clearCookies({ domain: /^login\./ })
}

/** What the page opens when `act` is done, in a window of its own. */
export async function popup(page: Page, act: () => Promise<void>): Promise<Page> {
  const [opened] = await Promise.all([page.waitForEvent('popup'), act()])
  return opened
}

/** The link of the dialog that session.js shows. */
export async function clickSignIn(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Sign in again' }).click()
}
