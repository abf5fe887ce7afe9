import { render } from 'preact'
import { App } from './components/app.tsx'
import { GuestPage } from './guest/guest-page.tsx'
import { rememberPreferences } from './state/preferences.ts'
import { removeBeforeLeaving } from './state/removal.ts'
import { followAddress } from './state/route.ts'
import { keepSorted } from './state/shown.ts'
import { language } from './texts/texts.ts'

/** The URL of the share link that was opened, if it was one. */
const [link] = /^\/s\/[^/]+/.exec(location.pathname) ?? []
const root = document.getElementById('app')
document.documentElement.lang = language
followAddress()
rememberPreferences()
keepSorted()
removeBeforeLeaving()
if (root !== null) render(link === undefined ? <App /> : <GuestPage base={link} />, root)
