// The portal's own host has a session like any published application's, and the same addresses for it.

/** Ends the session here and at the identity provider. */
export const signOutUrl = '/.sallyport/sign-out'

/** Signs in in a window of its own, which tells its opener and closes. */
export const popupSignInUrl = `/.sallyport/sign-in?popup=${encodeURIComponent(location.origin)}`
