import { useEffect } from 'preact/hooks'
import { followRoute } from '../state/follow-route.ts'
import { refreshWhenSeen } from '../state/refresh-when-seen.ts'
import { path } from '../state/route.ts'
import { texts } from '../texts/texts.ts'
import { AccountTray } from '../upload/tray/account-tray.tsx'
import { EntryList } from './browser/entry-list.tsx'
import { Header } from './browser/header.tsx'
import { StatusBar } from './browser/status-bar.tsx'
import { Toolbar } from './browser/toolbar.tsx'
import { useKeyboard } from './browser/use-keyboard.ts'
import { Viewer } from './viewer/viewer.tsx'

/** The frame of the page: what is always there, around the folder that is shown. */
export function Shell() {
  useEffect(followRoute, [])
  useEffect(refreshWhenSeen, [])
  useKeyboard()
  return (
    <div class="shell">
      <Header />
      <main>
        <h1 class="unseen">{path.value.at(-1) ?? texts.home}</h1>
        <Toolbar />
        <EntryList />
        <StatusBar />
      </main>
      <AccountTray />
      <Viewer />
    </div>
  )
}
